// SPDX-License-Identifier: GPL-3.0-or-later

/** The standard health service: what is served is serving, from the start to the shutdown. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import type { Implementation } from "@inet256/client/grpc";
import { health } from "@inet256/proto";

const ServingStatus = health.HealthCheckResponse_ServingStatus;

type Watcher = ServerWritableStream<
  health.HealthCheckRequest,
  MessageInitShape<typeof health.HealthCheckResponseSchema>
>;

/** The health service, and how to say that nothing is served any more. */
export interface Health {
  readonly implementation: Implementation<typeof health.Health>;
  /** Tells everybody who watches, and ends their streams. */
  stop(): void;
}

/** Health of the services with these names, and of the server as a whole (""). */
export function createHealth(names: readonly string[]): Health {
  const known = new Set(["", ...names]);
  const watchers = new Set<Watcher>();
  let serving = true;
  const statusOf = (service: string): health.HealthCheckResponse_ServingStatus => {
    if (!known.has(service)) return ServingStatus.SERVICE_UNKNOWN;
    return serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  };
  return {
    implementation: {
      check(call, done) {
        const { service } = call.request;
        if (known.has(service)) done(null, { status: statusOf(service) });
        else done({ code: status.NOT_FOUND, details: "unknown service" });
      },
      watch(call) {
        watchers.add(call);
        call.on("cancelled", () => watchers.delete(call));
        call.write({ status: statusOf(call.request.service) });
      },
    },
    stop() {
      serving = false;
      for (const watcher of watchers) {
        watcher.write({ status: statusOf(watcher.request.service) });
        watcher.end();
      }
      watchers.clear();
    },
  };
}
