// SPDX-License-Identifier: GPL-3.0-or-later

// What the channel of a pair tells: messages that came, and the ends and beginnings of sessions.

import type { ChannelOwner, Established } from "../channel/index.js";
import type { Network } from "../network/index.js";
import { CLOSE, KIND, MAX_MESSAGE_BYTES, REFUSED_MS, REMEMBER_MS } from "./constants.js";
import type { SessionCounters } from "./counters.js";
import { isWaiting, type Pair, type SessionSource } from "./pair.js";
import type { Pairs } from "./pairs.js";
import type { SessionsSink } from "./sessions.js";

/** What all owners share. */
export interface OwnerOptions {
  readonly pairs: Pairs;
  readonly network: Pick<Network, "doubt">;
  readonly counters: SessionCounters;
  readonly sink: SessionsSink;
}

/** Sessions of the peer's present incarnation that may be alive at once (S9), less one. */
const OTHER_SESSIONS = 2;

/** The owner of this pair's channel. */
export function createChannelOwner(
  pair: Pair,
  { pairs, counters, network, sink }: OwnerOptions,
): ChannelOwner<SessionSource> {
  const { outgoing, early } = pairs;
  function established(session: Established<SessionSource>, nowMs: number): void {
    const others = session.newIncarnation ? [] : pair.indices.slice(-OTHER_SESSIONS);
    pair.indices = [...others, session.index];
    pair.heardMs = nowMs;
    pair.establishedMs = nowMs;
    if (session.role === "initiator") early.begin(pair, session.index, nowMs);
    pairs.all.touch(pair, nowMs);
    outgoing.flush(pair, nowMs);
  }
  function confirmed(nowMs: number): void {
    for (const datagram of early.take(pair)) outgoing.transmit(pair, datagram, nowMs);
  }
  /** The peer ends the session, and with it all others of its present incarnation. */
  function closed(index: number, reason: number, nowMs: number): void {
    // One of an earlier incarnation came late: the peer has been opened again since.
    if (!pair.indices.includes(index)) {
      counters.staleCloses += 1;
      return;
    }
    counters.closesReceived += 1;
    pair.channel?.drop();
    if (reason === CLOSE.refused) {
      counters.refusals += 1;
      pair.refusedUntilMs = nowMs + REFUSED_MS;
      pairs.giveUp(pair, nowMs);
    } else if (isWaiting(pair)) outgoing.goOn(pair, nowMs);
  }
  /** Every session has ended. A channel takes kilobytes: it is made again when it is needed. */
  function down(nowMs: number): void {
    early.take(pair);
    if (isWaiting(pair) || nowMs - pair.establishedMs < REMEMBER_MS) return;
    pair.channel?.close();
    pair.channel = undefined;
  }
  return {
    transmit: (datagram, _to, nowMs) => outgoing.transmit(pair, datagram, nowMs),
    received(buffer, at, length, _from, index, _counter, nowMs) {
      pair.heardMs = nowMs;
      if (pair.early?.index === index) confirmed(nowMs);
      const kind = length === 0 ? -1 : buffer[at];
      if (kind === KIND.message && length - 1 <= MAX_MESSAGE_BYTES) {
        pairs.all.touch(pair, nowMs);
        counters.received += 1;
        sink.message(pair.member.address, pair.remote, buffer, at + 1, length - 1, nowMs);
      } else if (kind === KIND.close && length >= 2) closed(index, buffer[at + 1] ?? 0, nowMs);
      else if (kind !== KIND.keepalive) counters.droppedKind += 1;
    },
    established,
    ready: (nowMs) => outgoing.flush(pair, nowMs),
    suspected: (nowMs) => network.doubt(pair.remote, nowMs),
    down,
  };
}
