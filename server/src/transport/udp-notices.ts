// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a transport has to tell that is not a datagram, told at the end of the turn: never within a
 * call of `send`, and each address once a turn. Guards that an address that fails by the thousand
 * costs one call.
 */
import type { Clock, Turns } from "../core/index.js";
import type { TransportAddress, TransportSink } from "./transport.js";

/** Addresses remembered in a turn; of more, the newest are not told. */
const MOST_NOTICES = 256;

/** Collects until the end of the turn. */
export interface UdpNotices {
  unreachable(to: TransportAddress): void;
  failed(to: TransportAddress): void;
  writable(): void;
  /** Forgets everything, and whatever comes. */
  stop(): void;
}

/** Tells the sink. */
export function createUdpNotices(sink: TransportSink, clock: Clock, turns: Turns): UdpNotices {
  const unreachable = new Set<TransportAddress>();
  const failed = new Set<TransportAddress>();
  let writable = false;
  let asked = false;
  let stopped = false;

  const tell = (): void => {
    asked = false;
    if (stopped) return;
    const nowMs = clock.monotonicMs();
    const lost = [...unreachable];
    const gone = [...failed];
    const room = writable;
    unreachable.clear();
    failed.clear();
    writable = false;
    for (const to of lost) if (!stopped) sink.unreachable(to, nowMs);
    for (const to of gone) if (!stopped) sink.failed(to, nowMs);
    if (room && !stopped) sink.writable(nowMs);
  };
  const ask = (): void => {
    if (asked || stopped) return;
    asked = true;
    turns.atEnd(tell);
  };
  const add = (to: TransportAddress, among: Set<TransportAddress>): void => {
    if (among.size >= MOST_NOTICES) return;
    among.add(to);
    ask();
  };
  return {
    unreachable: (to) => add(to, unreachable),
    failed: (to) => add(to, failed),
    writable() {
      writable = true;
      ask();
    },
    stop() {
      stopped = true;
      unreachable.clear();
      failed.clear();
    },
  };
}
