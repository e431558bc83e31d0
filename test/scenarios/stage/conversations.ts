// SPDX-License-Identifier: GPL-3.0-or-later

// What nodes send to each other, all of it in one ledger: rows of messages, and streams that go on
// while other things happen. Says of each what arrived, and how long nothing did.

import { createLedger, type Ledger, type LedgerReport } from "../../sim/message-ledger.js";
import type { Stage } from "./stage.js";

/** Messages from one node to another that are looked at together. */
export interface Conversation {
  readonly from: string;
  readonly to: string;
  /** Messages, arrivals, and refusals by their reason. */
  sent: number;
  arrived: number;
  readonly refused: Map<string, number>;
  /** Milliseconds on the way, of those that arrived, in the order of arrival. */
  readonly latenciesMs: number[];
  lastArrivalMs: number;
  /** The longest time without an arrival since `silenceMs` was reset. */
  silenceMs: number;
}

/** A stream that goes on. */
export interface Stream {
  readonly conversation: Conversation;
  /** Its longest silence in the last step of the scenario that has ended. */
  lastSilenceMs: number;
  /** Says what was sent and what arrived since the last call, and begins to measure anew. */
  look(): { readonly sent: number; readonly arrived: number };
  /** Ends it. */
  stop(): void;
}

/** How messages are sent. */
export interface Pace {
  readonly bytes: number;
  readonly everyMs: number;
}

/** All that is sent. */
export interface Conversations {
  begin(from: string, to: string): Conversation;
  /** Sends one message; from the newest opening, or the one at this daemon. Its number, or -1. */
  send(conversation: Conversation, bytes: number, at?: string): number;
  stream(from: string, to: string, pace: Pace): Stream;
  readonly streams: readonly Stream[];
  /** The row, or the stream that was ended, of late. */
  readonly last: Conversation | undefined;
  has(id: number): boolean;
  report(): LedgerReport;
}

const MOST_MESSAGES = 200_000;

/** Nothing has been sent. */
export function createConversations(stage: Stage): Conversations {
  const ledger: Ledger = createLedger(MOST_MESSAGES);
  const streams: Stream[] = [];
  const sentOf = new Map<number, { readonly atMs: number; readonly conversation: Conversation }>();
  const { world } = stage.lab;
  ledger.onArrival = (id) => {
    const sent = sentOf.get(id);
    if (sent === undefined) return;
    const { conversation, atMs } = sent;
    conversation.arrived += 1;
    conversation.latenciesMs.push(world.nowMs - atMs);
    noteSilence(conversation, world.nowMs);
    conversation.lastArrivalMs = world.nowMs;
  };
  /** Nodes are enrolled anew each time: they may have been opened again since. */
  const numberOf = (name: string, at?: string): number | undefined => {
    const opening = stage.people.opening(name, at);
    return opening === undefined ? undefined : ledger.enrol(opening);
  };
  const refuse = ({ refused }: Conversation, why: string): number => {
    refused.set(why, (refused.get(why) ?? 0) + 1);
    return -1;
  };
  /** Where somebody is does not matter for sending to him: he may be gone. */
  const known = new Map<string, number>();
  let last: Conversation | undefined;
  const self: Conversations = {
    begin(from, to) {
      last = {
        from,
        to,
        sent: 0,
        arrived: 0,
        refused: new Map(),
        latenciesMs: [],
        lastArrivalMs: world.nowMs,
        silenceMs: 0,
      };
      return last;
    },
    send(conversation, bytes, at) {
      const to = numberOf(conversation.to) ?? known.get(conversation.to);
      const from = numberOf(conversation.from, at);
      if (to !== undefined) known.set(conversation.to, to);
      if (from === undefined) return refuse(conversation, "its daemon is down");
      if (to === undefined) return refuse(conversation, "there was nobody yet");
      // An arrival on the spot, at the same daemon, must find it.
      const id = ledger.sent;
      sentOf.set(id, { atMs: world.nowMs, conversation });
      conversation.sent += 1;
      if (ledger.send(from, to, bytes) === id) return id;
      sentOf.delete(id);
      conversation.sent -= 1;
      return refuse(conversation, ledger.refusal ?? "unknown");
    },
    stream(from, to, { bytes, everyMs }) {
      const conversation = self.begin(from, to);
      let cancel = (): void => {};
      const tick = (): void => {
        self.send(conversation, bytes);
        cancel = world.after(everyMs, tick);
      };
      tick();
      const looked = { sent: 0, arrived: 0 };
      const stream: Stream = {
        conversation,
        lastSilenceMs: 0,
        look() {
          noteSilence(conversation, world.nowMs);
          const { sent, arrived, silenceMs } = conversation;
          const since = { sent: sent - looked.sent, arrived: arrived - looked.arrived };
          stream.lastSilenceMs = silenceMs;
          conversation.silenceMs = 0;
          Object.assign(looked, { sent, arrived });
          return since;
        },
        stop() {
          cancel();
          last = conversation;
          streams.splice(streams.indexOf(stream), 1);
        },
      };
      streams.push(stream);
      return stream;
    },
    streams,
    get last() {
      return last;
    },
    has: (id) => ledger.has(id),
    report: () => ledger.report(),
  };
  return self;
}

/** Takes the time since the last arrival for a silence. */
function noteSilence(conversation: Conversation, nowMs: number): void {
  const { lastArrivalMs, silenceMs } = conversation;
  conversation.silenceMs = Math.max(silenceMs, nowMs - lastArrivalMs);
}
