// SPDX-License-Identifier: GPL-3.0-or-later

import type { TransportSink } from "../transport/index.js";

/** A sink for transports that are opened before there is anybody to hear them. */
export interface RelaySink {
  readonly sink: TransportSink;
  /** Who hears from now on; undefined: nobody. */
  relayTo(target: TransportSink | undefined): void;
}

/** Nobody hears. */
export function createRelaySink(): RelaySink {
  let target: TransportSink | undefined;
  return {
    sink: {
      received: (buffer, at, length, from, nowMs) =>
        target?.received(buffer, at, length, from, nowMs),
      receivedAll: (nowMs) => target?.receivedAll(nowMs),
      unreachable: (to, nowMs) => target?.unreachable(to, nowMs),
      failed: (to, nowMs) => target?.failed(to, nowMs),
      writable: (nowMs) => target?.writable(nowMs),
    },
    relayTo(next) {
      target = next;
    },
  };
}
