// SPDX-License-Identifier: GPL-3.0-or-later

/** AdminService: what an operator asks. Translation only. */
import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import type { Implementation } from "@inet256/client/grpc";
import { AdminService } from "@inet256/proto";
import type { DaemonService } from "../service/index.js";
import type { UnaryMaker } from "./unary.js";

/** What the API knows beside the service. */
export interface ApiStatus {
  readonly endpoints: readonly string[];
  readonly clients: number;
  readonly streams: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** Makes the handlers. */
export function createAdminHandlers(
  service: DaemonService,
  version: string,
  unary: UnaryMaker,
  api: () => ApiStatus,
): Implementation<typeof AdminService> {
  return {
    getStatus: unary(AdminService.method.getStatus, () => {
      const status = service.status();
      const { endpoints, clients, streams, counters } = api();
      const seconds = Math.floor(status.uptimeMs / 1000);
      return {
        address: status.address.bytes,
        addressText: status.address.toString(),
        publicKey: status.publicKey.serialize(),
        version,
        uptime: create(DurationSchema, {
          seconds: BigInt(seconds),
          nanos: Math.floor((status.uptimeMs - seconds * 1000) * 1e6),
        }),
        endpoints: [...endpoints],
        nodes: status.nodes,
        clients,
        streams,
        queuedBytes: BigInt(status.queuedBytes),
        counters: Object.entries({ ...status.counters, ...counters })
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => ({ name, value: BigInt(value) })),
      };
    }),
  };
}
