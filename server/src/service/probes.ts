// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What can be measured of the way to an address. Each call has a node of its own, of a key that
 * nobody else has, so that what programs receive is not touched.
 */
import { type Address, type Node, type Service, type Stop, stopsOf } from "@inet256/client";
import type { Identities } from "../identity/index.js";
import { type PingMachine, type PingOptions, type PingResult, pings } from "./pings.js";
import type { RouteExplanation } from "./routes.js";

/** How to trace. */
export interface TraceOptions {
  /** Pings for each stop. */
  readonly count: number;
  /** Milliseconds until a ping is given up. */
  readonly timeoutMs: number;
}

/** Somebody on a way, and how far off. */
export interface TracedStop extends Stop {
  /** The fastest round trip; undefined: nothing came back. */
  readonly rttMicros: number | undefined;
}

/** The measurements. */
export interface Probes {
  /**
   * Pings an address, until all is told or the caller stops asking. Throws NodeError
   * NO_SUCH_ADDRESS or UNREACHABLE before the first, and the signal's reason.
   */
  ping(address: Address, options: PingOptions, signal: AbortSignal): AsyncIterable<PingResult>;
  /**
   * Pings what is known of the way to an address, and tells of each stop with the fastest of its
   * round trips. Throws as `ping`.
   */
  trace(address: Address, options: TraceOptions, signal: AbortSignal): AsyncIterable<TracedStop>;
}

/** What probing needs of the service. */
export interface ProbesOptions extends PingMachine {
  readonly identities: Pick<Identities, "generate">;
  readonly open: Service["open"];
  /** Rejects unless the network knows the address. */
  searchExactly(address: Address, signal: AbortSignal): Promise<unknown>;
  explain(address: Address, options: { readonly signal: AbortSignal }): Promise<RouteExplanation>;
}

/** Of the pings of a trace: their bytes, and the milliseconds from one to the next. */
const TRACE_PINGS = { sizeBytes: 64, intervalMs: 20 };

/** Probes over a service. */
export function createProbes(options: ProbesOptions): Probes {
  const { identities, open, searchExactly, explain } = options;

  async function* withNode<T>(use: (node: Node) => AsyncIterable<T>): AsyncGenerator<T> {
    const key = identities.generate();
    const node = await open(key).finally(() => key.wipe());
    try {
      yield* use(node);
    } finally {
      await node.close();
    }
  }
  const fastest = async (results: AsyncIterable<PingResult>): Promise<number | undefined> => {
    let best = Number.POSITIVE_INFINITY;
    for await (const { rttMicros = best } of results) best = Math.min(best, rttMicros);
    return best === Number.POSITIVE_INFINITY ? undefined : best;
  };

  return {
    async *ping(address, pingOptions, signal) {
      await searchExactly(address, signal);
      yield* withNode((node) => pings(node, address, pingOptions, options, signal));
    },
    async *trace(address, wish, signal) {
      await searchExactly(address, signal);
      const way = await explain(address, { signal });
      const pingOptions = { ...TRACE_PINGS, ...wish };
      yield* withNode(async function* (node) {
        for (const stop of stopsOf(address, way)) {
          const results = pings(node, stop.address, pingOptions, options, signal);
          yield { ...stop, rttMicros: await fastest(results) };
        }
      });
    },
  };
}
