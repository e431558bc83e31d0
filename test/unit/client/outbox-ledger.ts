// SPDX-License-Identifier: GPL-3.0-or-later

// The slow, obvious twin of an outbox: a list of all messages ever taken, and what must have become
// of each. It knows nothing of batches and windows; it looks at every message each time, and fails
// as soon as one is written twice, out of order, or beyond a bound.

import {
  encodedDatagramBytes,
  MAX_STREAM_MESSAGE_BYTES,
  MAX_UNACCEPTED_BYTES,
} from "@inet256/client/grpc";
import { expect } from "vitest";
import { UNWRITTEN_BYTES, WAITING_BYTES } from "../../../clients/ts/src/constants.js";
import type { Outcome } from "./outbox-harness.js";

interface Entry {
  readonly id: number;
  readonly bytes: number;
  /** Whether somebody waits to hear of it. */
  readonly awaited: boolean;
  /** "unwritten" until it is on a stream; "lost" when it will never be. */
  place: "unwritten" | "written" | "lost";
  /** What its send must say. */
  outcome: Outcome;
}

/** A ledger of messages. */
export function createLedger() {
  const entries: Entry[] = [];
  let stream: Entry[] | undefined;
  let acceptedThrough = 0;
  let refuse: Outcome | undefined;
  let closed = false;

  const unwritten = (): readonly Entry[] => entries.filter(({ place }) => place === "unwritten");
  const sum = (some: readonly Entry[]): number =>
    some.reduce((total, { bytes }) => total + bytes, 0);
  const settle = (entry: Entry, outcome: Outcome): void => {
    if (entry.outcome === "pending") entry.outcome = outcome;
  };
  const loseUnwritten = (outcome: Outcome): void => {
    for (const entry of unwritten()) {
      entry.place = "lost";
      settle(entry, outcome);
    }
  };

  return {
    entries,
    /** Why nothing more is taken; undefined while it is. */
    refuses: (): Outcome | undefined => refuse,
    connected: (): boolean => stream !== undefined,
    /** Numbers of the stream that may still be accepted. */
    unaccepted: (): number => (stream === undefined ? 0 : stream.length - acceptedThrough),
    /** How trySend may answer. */
    tried(id: number, length: number, answer: boolean): void {
      const bytes = encodedDatagramBytes(length);
      const waiting = unwritten();
      const mustTake = waiting.length === 0 || sum(waiting) + bytes <= UNWRITTEN_BYTES;
      const handedOver = sum(waiting.filter(({ awaited }) => !awaited));
      const mayTake = handedOver === 0 || handedOver + bytes <= UNWRITTEN_BYTES;
      if (refuse !== undefined) expect(answer).toBe(false);
      else if (mustTake) expect(answer).toBe(true);
      else if (!mayTake) expect(answer).toBe(false);
      if (answer)
        entries.push({ id, bytes, awaited: false, place: "unwritten", outcome: "pending" });
    },
    /** How send may answer at once; `answer` is what it says in the same turn. */
    sent(id: number, length: number, answer: Outcome): void {
      const bytes = encodedDatagramBytes(length);
      const ahead = sum(unwritten());
      if (refuse !== undefined) expect(answer).toBe(refuse);
      else if (ahead + bytes <= WAITING_BYTES) expect(answer).toBe("pending");
      else if (ahead + bytes > WAITING_BYTES + UNWRITTEN_BYTES) expect(answer).toBe("LIMIT_BYTES");
      const place = answer === "pending" ? "unwritten" : "lost";
      entries.push({ id, bytes, awaited: true, place, outcome: answer });
    },
    aborted(id: number): void {
      const entry = entries.find((other) => other.id === id);
      if (entry !== undefined) settle(entry, "aborted");
    },
    /** A stream message was written. */
    wrote(ids: readonly number[], bytes: number): void {
      if (stream === undefined) throw new Error("written without a stream");
      expect(bytes).toBeLessThanOrEqual(MAX_STREAM_MESSAGE_BYTES);
      const before = sum(stream.slice(acceptedThrough));
      for (const id of ids) {
        const entry = entries.find((other) => other.id === id);
        if (entry?.place !== "unwritten") throw new Error(`${id} is ${entry?.place}, and written`);
        // Whoever gave up may have left the line; all others keep their place in it.
        const first = unwritten().find(({ outcome }) => outcome !== "aborted");
        if (entry.outcome !== "aborted") expect(first?.id).toBe(id);
        entry.place = "written";
        stream.push(entry);
      }
      // A batch of which a part was accepted still counts whole.
      if (before > 0) expect(before + bytes).toBeLessThanOrEqual(MAX_UNACCEPTED_BYTES);
    },
    accepted(through: number): void {
      for (const entry of stream?.slice(0, through) ?? []) settle(entry, "accepted");
      acceptedThrough = Math.max(acceptedThrough, through);
    },
    acceptedThrough: (): number => acceptedThrough,
    refused(number: number, outcome: Outcome): void {
      const entry = stream?.[number - 1];
      if (entry !== undefined) settle(entry, outcome);
    },
    connect(): void {
      stream = [];
      acceptedThrough = 0;
      if (!closed) refuse = undefined;
    },
    disconnect(): void {
      for (const entry of stream ?? []) settle(entry, "OUTCOME_UNKNOWN");
      stream = undefined;
    },
    giveUp(outcome: Outcome): void {
      refuse = outcome;
      loseUnwritten(outcome);
    },
    finish(outcome: Outcome): void {
      closed = true;
      refuse = outcome;
      if (stream === undefined) loseUnwritten(outcome);
    },
    end(outcome: Outcome): void {
      closed = true;
      refuse = outcome;
      for (const entry of stream ?? []) settle(entry, "OUTCOME_UNKNOWN");
      stream = undefined;
      loseUnwritten(outcome);
    },
    /** Bounds that hold at any time, and what every send must say by now. */
    check(outcome: (id: number) => Outcome | undefined): void {
      expect(sum(unwritten())).toBeLessThanOrEqual(UNWRITTEN_BYTES + WAITING_BYTES + 65_600);
      for (const entry of entries) {
        if (entry.awaited) expect([entry.id, outcome(entry.id)]).toEqual([entry.id, entry.outcome]);
      }
    },
  };
}

/** The twin of an outbox. */
export type Ledger = ReturnType<typeof createLedger>;
