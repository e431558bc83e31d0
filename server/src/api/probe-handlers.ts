// SPDX-License-Identifier: GPL-3.0-or-later

import type { Implementation } from "@inet256/client/grpc";
/** The calls of AdminService that measure. Translation only. */
import { AdminService, TraceRole } from "@inet256/proto";
import {
  type DaemonService,
  type PingOptions,
  type PingResult,
  SMALLEST_PING_BYTES,
  type TracedStop,
} from "../service/index.js";
import { duration } from "./duration.js";
import { millisIn, numberIn, type Range } from "./ranges.js";
import { addressOf } from "./request-address.js";
import type { StreamMaker } from "./streaming.js";

const COUNT: Range = { name: "count", least: 1, most: 1000, usual: 4 };
const STOP_COUNT: Range = { name: "count", least: 1, most: 100, usual: 3 };
const SIZE: Range = { name: "size", least: SMALLEST_PING_BYTES, most: 65_535, usual: 64 };
const INTERVAL: Range = { name: "interval", least: 10, most: 60_000, usual: 1000 };
const TIMEOUT: Range = { name: "timeout", least: 1, most: 60_000, usual: 2000 };

const ROLES: Readonly<Record<TracedStop["role"], TraceRole>> = {
  "next-hop": TraceRole.NEXT_HOP,
  router: TraceRole.ROUTER,
  node: TraceRole.NODE,
};

/** Makes the handlers. */
export function createProbeHandlers(
  service: Pick<DaemonService, "ping" | "trace">,
  streaming: StreamMaker,
): Pick<Implementation<typeof AdminService>, "ping" | "trace"> {
  const { method } = AdminService;
  return {
    ping: streaming(method.ping, async function* (request, signal) {
      const options: PingOptions = {
        count: numberIn(request.count, COUNT),
        sizeBytes: numberIn(request.size, SIZE),
        intervalMs: millisIn(request.interval, INTERVAL),
        timeoutMs: millisIn(request.timeout, TIMEOUT),
      };
      for await (const result of service.ping(addressOf(request), options, signal)) {
        yield { number: result.number, ...rttOf(result) };
      }
    }),
    trace: streaming(method.trace, async function* (request, signal) {
      const options = {
        count: numberIn(request.count, STOP_COUNT),
        timeoutMs: millisIn(request.timeout, TIMEOUT),
      };
      for await (const stop of service.trace(addressOf(request), options, signal)) {
        const { role, address, hops = 0 } = stop;
        yield {
          role: ROLES[role],
          address: address.bytes,
          addressText: address.toString(),
          hops,
          ...rttOf(stop),
        };
      }
    }),
  };
}

function rttOf({ rttMicros }: Pick<PingResult, "rttMicros">) {
  return rttMicros === undefined ? {} : { rtt: duration(rttMicros) };
}
