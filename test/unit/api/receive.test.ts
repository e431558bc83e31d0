// SPDX-License-Identifier: GPL-3.0-or-later

// Receive: asking for messages without a stream, on a virtual clock with turns that end when told.

import { NodeError } from "@inet256/client";
import type { ReceivedDatagram } from "@inet256/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_RECEIVE_ANSWER_BYTES,
  MAX_WAITING_RECEIVES,
} from "../../../server/src/api/constants.js";
import { createReceive, type ReceiveWish } from "../../../server/src/api/receive.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { addressOf, createHouse, send } from "../node/local-nodes.js";

type Answer = readonly string[] | { readonly reason: string };

/** A call of Receive, and its answer once there is one. */
interface Call {
  answer: Answer | undefined;
  readonly cancel: () => void;
}

const texts = (datagrams: readonly ReceivedDatagram[]): string[] =>
  datagrams.map(({ payload }) => Buffer.from(payload).toString());

function setUp() {
  const house = createHouse();
  const time = createVirtualClock();
  const deadlines = createDeadlines(time, time.timer);
  const [sender, opening] = [house.open(1), house.open(2)];
  const receive = createReceive(opening, { clock: time, deadlines, turns: time.turns });
  const call = (wish: Partial<Omit<ReceiveWish, "signal">> = {}): Call => {
    const controller = new AbortController();
    const made: Call = { answer: undefined, cancel: () => controller.abort() };
    receive({ most: 1, waitMs: undefined, ...wish, signal: controller.signal }).then(
      (datagrams) => {
        made.answer = texts(datagrams);
      },
      (error: unknown) => {
        if (!(error instanceof NodeError)) throw error;
        made.answer = { reason: error.reason };
      },
    );
    return made;
  };
  const say = (...all: string[]): void => {
    for (const text of all) expect(send(sender, addressOf(2), text)).toBeUndefined();
  };
  /** Ends the turn, and lets promises settle. */
  const settle = async (): Promise<void> => {
    time.endTurn();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...house, time, deadlines, sender, opening, receive, call, say, settle };
}

describe("a call of Receive", () => {
  it("answers at once with what waits, in order, up to as many as it wants", async () => {
    const { call, say, settle, opening } = setUp();
    say("1", "2", "3", "4");
    const [one, two, rest] = [call(), call({ most: 2 }), call({ most: 100 })];
    await settle();
    expect([one.answer, two.answer, rest.answer]).toEqual([["1"], ["2", "3"], ["4"]]);
    expect(opening.waiting()).toBe(0);
  });

  it("answers nothing when it would not wait and there is nothing", async () => {
    const { call, settle, deadlines } = setUp();
    const made = call({ waitMs: 0 });
    await settle();
    expect(made.answer).toEqual([]);
    expect(deadlines.size()).toBe(0);
  });

  it("waits for the first, and takes what comes in the same turn", async () => {
    const { call, say, settle, deadlines } = setUp();
    const made = call({ most: 3, waitMs: 1_000 });
    await settle();
    expect(made.answer).toBeUndefined();
    say("1", "2");
    expect(made.answer).toBeUndefined();
    say("3", "4");
    await settle();
    expect(made.answer).toEqual(["1", "2", "3"]);
    expect(deadlines.size()).toBe(0);
    const next = call();
    await settle();
    expect(next.answer).toEqual(["4"]);
  });

  it("gives up with an empty answer when its time has passed, and not before", async () => {
    const { call, settle, time, say } = setUp();
    const made = call({ waitMs: 1_500 });
    time.advance(1_499);
    await settle();
    expect(made.answer).toBeUndefined();
    time.advance(1);
    await settle();
    expect(made.answer).toEqual([]);
    // What comes later is not lost to it.
    say("late");
    const next = call();
    await settle();
    expect(next.answer).toEqual(["late"]);
  });

  it("has the true sender, as bytes and as text", async () => {
    const { receive, say } = setUp();
    say("hello");
    const [datagram] = await receive({
      most: 1,
      waitMs: 0,
      signal: new AbortController().signal,
    });
    expect(datagram?.addressText).toBe(addressOf(1).toString());
    expect(Buffer.from(datagram?.address ?? []).equals(addressOf(1).bytes)).toBe(true);
  });

  it("is answered with copies: what is reused later does not change them", async () => {
    const { receive, say, nodes, sender } = setUp();
    const { signal } = new AbortController();
    // Through the inbox, whose memory is wiped, and to one that waits, from the sender's memory.
    say("from the inbox");
    const first = await receive({ most: 1, waitMs: 0, signal });
    const waiting = receive({ most: 1, waitMs: undefined, signal });
    const packet = Buffer.concat([addressOf(2).bytes, Buffer.from("straight")]);
    sender.transmit(packet, 0, packet, 32, packet.length);
    packet.fill(0x21);
    nodes.drop(addressOf(2));
    expect(texts(first)).toEqual(["from the inbox"]);
    await expect(waiting).rejects.toThrow("dropped");
    const again = setUp();
    const straight = again.receive({ most: 1, waitMs: undefined, signal });
    const buffer = Buffer.concat([addressOf(2).bytes, Buffer.from("straight")]);
    again.sender.transmit(buffer, 0, buffer, 32, buffer.length);
    buffer.fill(0x21);
    again.time.endTurn();
    expect(texts(await straight)).toEqual(["straight"]);
  });

  it("keeps an answer within 256 KiB, and leaves the rest for the next", async () => {
    const { call, say, settle } = setUp();
    const large = "x".repeat(65_535);
    for (let i = 0; i < 6; i++) say(large);
    const [first, second] = [call({ most: 100 }), call({ most: 100 })];
    await settle();
    const lengths = [first.answer, second.answer].map((answer) =>
      Array.isArray(answer) ? answer.length : -1,
    );
    expect(lengths).toEqual([3, 3]);
    expect(3 * (large.length + 96)).toBeLessThanOrEqual(MAX_RECEIVE_ANSWER_BYTES);
  });
});

describe("several that wait", () => {
  it("each get different messages, the first that asked first", async () => {
    const { call, say, settle } = setUp();
    const calls = [call(), call({ most: 2 }), call()];
    say("1", "2", "3", "4", "5");
    await settle();
    expect(calls.map(({ answer }) => answer)).toEqual([["1"], ["2", "3"], ["4"]]);
    const rest = call({ most: 9, waitMs: 0 });
    await settle();
    expect(rest.answer).toEqual(["5"]);
  });

  it("are at most 16", async () => {
    const { call, say, settle } = setUp();
    const calls = Array.from({ length: MAX_WAITING_RECEIVES }, () => call());
    const tooMany = call();
    await settle();
    expect(tooMany.answer).toEqual({ reason: "LIMIT_RATE" });
    say("1");
    await settle();
    expect(calls[0]?.answer).toEqual(["1"]);
    const next = call({ waitMs: 0 });
    await settle();
    expect(next.answer).toEqual([]);
  });
});

describe("a caller that goes away", () => {
  it("loses nothing that it had not been given", async () => {
    const { call, say, settle, deadlines } = setUp();
    const [gone, stays] = [call({ waitMs: 5_000 }), call({ waitMs: 5_000 })];
    gone.cancel();
    await settle();
    expect(gone.answer).toEqual([]);
    expect(deadlines.size()).toBe(1);
    say("1");
    await settle();
    expect(stays.answer).toEqual(["1"]);
    expect(deadlines.size()).toBe(0);
  });

  it("is answered at once when it has gone before", async () => {
    const { receive, time } = setUp();
    expect(await receive({ most: 1, waitMs: undefined, signal: AbortSignal.abort() })).toEqual([]);
    expect(time.tasks).toBe(0);
  });
});

describe("the end of the node while calls wait", () => {
  it("ends them with the reason: dropped", async () => {
    const { call, settle, nodes, deadlines } = setUp();
    const calls = [call(), call({ waitMs: 10_000 })];
    nodes.drop(addressOf(2));
    await settle();
    expect(calls.map(({ answer }) => answer)).toEqual([
      { reason: "NODE_DROPPED" },
      { reason: "NODE_DROPPED" },
    ]);
    expect(deadlines.size()).toBe(0);
  });

  it("ends them with the reason: closed by another call of the same session", async () => {
    const { call, settle, opening } = setUp();
    const made = call();
    opening.close();
    await settle();
    expect(made.answer).toEqual({ reason: "NODE_CLOSED" });
  });

  it("spends what was given in the turn of the drop on nobody", async () => {
    const { call, say, settle, nodes } = setUp();
    const made = call();
    say("1");
    nodes.drop(addressOf(2));
    await settle();
    expect(made.answer).toEqual({ reason: "NODE_DROPPED" });
  });
});

describe("any sequence", () => {
  it("gives every message to one call at most, in order, and forgets none", async () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant("say" as const), n: fc.nat(5) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant("call" as const),
          most: fc.integer({ min: 1, max: 4 }),
          waitMs: fc.constantFrom(undefined, 0, 10, 50),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), n: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("advance" as const), n: fc.nat(30) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const { call, say, settle, time, opening } = setUp();
        const calls: Call[] = [];
        let said = 0;
        for (const a of acts) {
          if (a.do === "say") {
            for (let i = 0; i < a.n; i++) say(String(said++).padStart(3, "0"));
          } else if (a.do === "call") calls.push(call({ most: a.most, waitMs: a.waitMs }));
          else if (a.do === "cancel") calls[a.n]?.cancel();
          else if (a.do === "advance") time.advance(a.n);
          else await settle();
        }
        await settle();
        time.advance(1_000);
        for (const { cancel } of calls) cancel();
        const rest = call({ most: 1_000, waitMs: 0 });
        await settle();
        const answers = [...calls, rest].map(({ answer }) => answer);
        const got: string[] = [];
        for (const answer of answers) {
          expect(answer).toBeDefined();
          if (!Array.isArray(answer)) continue;
          expect([...answer].sort()).toEqual(answer);
          got.push(...answer);
        }
        expect(got.sort()).toEqual(
          Array.from({ length: said }, (_, i) => String(i).padStart(3, "0")),
        );
        expect(opening.waiting()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
