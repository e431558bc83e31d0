// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What became of the datagrams that were sent: acknowledgements come in here, and paths learn from
 * them their round trip, their rate, their loss and their MTU.
 */
import { FLIGHT_DATAGRAMS, RECEIVING_SESSIONS } from "./constants.js";
import type { AckFields } from "./frames/ack-frame.js";
import { noteAlive, type Path, silentMs } from "./path.js";
import type { Paths } from "./paths.js";
import {
  createSentDatagrams,
  GREETS,
  IDLE,
  PROBE,
  type SentDatagrams,
  type SentSink,
  TWICE,
} from "./sent-datagrams.js";

/** Datagrams under way, of all sessions. */
export interface Delivery {
  sent(
    index: number,
    counter: number,
    path: Path,
    bytes: number,
    kind: number,
    nowMs: number,
  ): void;
  /**
   * Takes an acknowledgement that came by a path. Acknowledgements go back the way that the latest
   * datagram came, so those that come by another path say nothing about the way there and back;
   * unless the address is not proven: somebody may be copying what comes by the right one.
   * Whether HELLO was in one of what is acknowledged for the first time.
   */
  acknowledge(ack: Readonly<AckFields>, from: Path, nowMs: number): boolean;
  /** Tells the paths what is lost by now. */
  findLost(nowMs: number): void;
  /** Datagrams of the latest session of which nothing is known. */
  open(): number;
  /** Whether as many are under way as can be remembered. */
  full(): boolean;
  /** Forgets all: the peer that got them is gone. */
  reset(): void;
  /** Datagrams given up as lost, since the start. */
  lost(): number;
}

/** An acknowledgement that claims to have waited longer is not believed. */
const LONGEST_ACK_DELAY_MS = 100;
/** Milliseconds between two searches for what is lost. */
const SEARCH_MS = 5;

/** What the paths learn from each datagram. */
function createSink(paths: Paths, totals: { lost: number }) {
  const newest = { path: -1, sentMs: -1, greets: false };
  const source: { path: Path | undefined } = { path: undefined };
  const answers = (path: Path): boolean => path === source.path || source.path?.proven === false;
  const sink: SentSink = {
    acknowledged(id, bytes, kind, sentMs, delivered, deliveredMs, nowMs) {
      if ((kind & GREETS) !== 0) newest.greets = true;
      const path = paths.byId(id);
      if (path === undefined) return;
      if ((kind & PROBE) !== 0) {
        path.mtu.probeArrived(bytes, nowMs);
        return;
      }
      if ((kind & TWICE) !== 0) {
        path.flight.released(bytes);
        return;
      }
      path.flight.acknowledged(bytes, delivered, deliveredMs, (kind & IDLE) !== 0, nowMs);
      path.mtu.arrived(bytes);
      path.loss.note(false);
      if (sentMs > path.acknowledgedSentMs) path.acknowledgedSentMs = sentMs;
      if (!answers(path)) return;
      noteAlive(path, nowMs);
      if (sentMs >= newest.sentMs) {
        newest.path = id;
        newest.sentMs = sentMs;
      }
    },
    patienceMs(id, sentMs) {
      const rtt = paths.byId(id)?.rtt;
      if (rtt === undefined) return 0;
      // One of the same instant counts: what is sent in one run arrives in one.
      const overtaken = (paths.byId(id)?.acknowledgedSentMs ?? -1) >= sentMs;
      return overtaken ? rtt.reorderedMs() : rtt.lostMs();
    },
    lost(id, bytes, kind, sentMs, nowMs) {
      const path = paths.byId(id);
      if (path === undefined) return;
      if ((kind & PROBE) !== 0) {
        path.mtu.probeLost(bytes, nowMs);
        return;
      }
      if ((kind & TWICE) !== 0) {
        path.flight.released(bytes);
        return;
      }
      path.flight.lost(bytes);
      totals.lost += 1;
      path.loss.note(true);
      path.mtu.lost(bytes);
      if (path.silentSinceMs < 0 && sentMs > path.aliveMs) path.silentSinceMs = sentMs;
      if (silentMs(path, nowMs) >= path.rtt.lostMs()) path.flight.collapse();
    },
    forgotten(id, bytes, kind) {
      const path = paths.byId(id);
      if ((kind & PROBE) !== 0) path?.mtu.probeForgotten();
      else path?.flight.released(bytes);
    },
  };
  return { sink, newest, source };
}

/** Nothing under way. */
export function createDelivery(paths: Paths): Delivery {
  const totals = { lost: 0 };
  const { sink, newest, source } = createSink(paths, totals);
  const state = { searchedMs: 0 };
  let sessions: SentDatagrams[] = [];
  let latest: SentDatagrams | undefined;

  const sessionOf = (index: number): SentDatagrams => {
    const known = sessions.find((session) => session.index() === index);
    if (known !== undefined) return known;
    const oldest = sessions.length < RECEIVING_SESSIONS ? undefined : sessions.shift();
    oldest?.reset(index);
    const session = oldest ?? createSentDatagrams(index, sink);
    sessions.push(session);
    return session;
  };
  const findLost = (nowMs: number): void => {
    state.searchedMs = nowMs;
    for (const session of sessions) if (session.open() > 0) session.findLost(nowMs);
  };

  return {
    sent(index, counter, path, bytes, kind, nowMs) {
      if (latest?.index() !== index) latest = sessionOf(index);
      const { flight } = path;
      if ((kind & PROBE) === 0) flight.sent(bytes, nowMs);
      latest.add(counter, path.id, bytes, kind, flight.delivered(), flight.deliveredMs(), nowMs);
    },
    acknowledge(ack, from, nowMs) {
      const session = sessions.find((known) => known.index() === ack.index);
      if (session === undefined) return false;
      source.path = from;
      newest.path = -1;
      newest.sentMs = -1;
      newest.greets = false;
      const largestMs = session.acknowledge(ack, nowMs);
      // The delay is that of the largest; only if that is news is the round trip known.
      if (largestMs > paths.againMs && newest.sentMs === largestMs) {
        const delayMs = Math.min(ack.delayMicros / 1000, LONGEST_ACK_DELAY_MS);
        const tookMs = nowMs - largestMs;
        paths.byId(newest.path)?.rtt.sample(tookMs > delayMs ? tookMs - delayMs : tookMs, nowMs);
      }
      if (nowMs - state.searchedMs >= SEARCH_MS) findLost(nowMs);
      return newest.greets;
    },
    findLost,
    open() {
      let open = 0;
      for (const session of sessions) open += session.open();
      return open;
    },
    full() {
      return latest !== undefined && latest.open() >= FLIGHT_DATAGRAMS;
    },
    reset() {
      for (const session of sessions) session.reset(-1);
      sessions = [];
      latest = undefined;
    },
    lost() {
      return totals.lost;
    },
  };
}
