// SPDX-License-Identifier: GPL-3.0-or-later

// What a daemon writes to one stream, with a client that reads only when told.

import { create } from "@bufbuild/protobuf";
import type { NodeErrorReason } from "@inet256/client";
import { MAX_STREAM_MESSAGE_BYTES, reasonOfNumber } from "@inet256/client/grpc";
import { OpenResponseSchema } from "@inet256/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STREAM_PENDING_BYTES } from "../../../server/src/api/constants.js";
import { createStreamWriter } from "../../../server/src/api/stream-writer.js";
import { type Budget, createBudget } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { createFakeCall } from "./fake-call.js";

const ENOUGH = 64 * 1024 * 1024;
const source = Buffer.alloc(32, 7);

function setUp(budget: Budget = createBudget(ENOUGH)) {
  const call = createFakeCall();
  const time = createVirtualClock();
  const seen = { rooms: 0, lost: 0, overruns: 0, lostInInbox: 0 };
  const writer = createStreamWriter({
    write: call.write,
    budget,
    turns: time.turns,
    onRoom: () => {
      seen.rooms += 1;
    },
    onLost: () => {
      seen.lost += 1;
    },
    onOverrun: () => {
      seen.overruns += 1;
      writer.finish();
    },
    lost: () => seen.lostInInbox,
  });
  /** Hands over a message from the middle of a packet that is overwritten at once. */
  const deliver = (text: string): boolean => {
    const packet = Buffer.concat([Buffer.from("ab"), source, Buffer.from(text), Buffer.from("cd")]);
    const taken = writer.deliver(packet, 2, packet, 34, packet.length - 2);
    packet.fill(0xee);
    return taken;
  };
  const texts = (): string[] =>
    call.written.flatMap(({ datagrams }) =>
      datagrams.map(({ payload }) => Buffer.from(payload).toString()),
    );
  return { call, time, seen, writer, budget, deliver, texts };
}

describe("failures that find no memory", () => {
  it("end the stream, for an outcome is never kept silent, and cost nothing more", () => {
    const budget = createBudget(1000);
    const { call, time, writer, seen } = setUp(budget);
    for (let number = 1; number <= 50; number++) writer.failed(number, "BAD_ADDRESS");
    writer.accepted(50);
    time.endTurn();
    expect(seen.overruns).toBe(0);
    for (let number = 51; number <= 1000; number++) writer.failed(number, "BAD_ADDRESS");
    writer.accepted(1000);
    time.endTurn();
    expect(seen.overruns).toBe(1);
    expect(call.written.flatMap(({ failed }) => failed).length).toBe(50);
    expect(budget.used()).toBeLessThanOrEqual(1000);
  });
});

describe("an outcome that was not said", () => {
  it("is not covered by an acceptance either", () => {
    const budget = createBudget(1_000);
    const { call, time, writer, deliver, seen } = setUp(budget);
    writer.accepted(5);
    time.endTurn();
    deliver("gathered");
    for (let number = 6; number <= 500; number++) writer.failed(number, "NO_SUCH_ADDRESS");
    writer.accepted(500);
    time.endTurn();
    writer.accepted(501);
    writer.finish();
    time.endTurn();
    expect(seen.overruns).toBe(1);
    const through = call.written.map(({ acceptedThrough }) => Number(acceptedThrough));
    expect(Math.max(...through)).toBe(5);
    call.read();
    writer.gone();
    expect(budget.used()).toBe(0);
  });

  it("is never that messages were lost: a client that lacks memory keeps its stream", () => {
    const budget = createBudget(1_000);
    const { call, time, writer, seen } = setUp(budget);
    budget.take(1_000);
    seen.lostInInbox = 7;
    writer.accepted(1);
    time.endTurn();
    expect(seen.overruns).toBe(0);
    expect(call.written.map(({ lost }) => Number(lost))).toEqual([7, 0]);
    expect(call.written.at(-1)?.acceptedThrough).toBe(1n);
  });
});

const KIB_60 = "x".repeat(60 * 1024);

describe("datagrams", () => {
  it("are gathered during a turn and written at its end, in one message, in order", () => {
    const { call, time, deliver, texts } = setUp();
    for (const text of ["", "one", "two"]) expect(deliver(text)).toBe(true);
    expect(call.written).toEqual([]);
    time.endTurn();
    expect(call.written.length).toBe(1);
    expect(texts()).toEqual(["", "one", "two"]);
    expect(call.written[0]?.datagrams.every(({ address }) => source.equals(address))).toBe(true);
    time.endTurn();
    expect(call.written.length).toBe(1);
  });

  it("are cut into messages of at most 256 KiB, with the acceptance behind them", () => {
    const { call, time, writer, deliver, texts } = setUp();
    const sizes = [65_535, 65_535, 65_535, 65_535, 65_535, 1, 0, 65_535];
    for (const size of sizes) deliver("y".repeat(size));
    writer.accepted(Number.MAX_SAFE_INTEGER);
    time.endTurn();
    expect(texts().map(({ length }) => length)).toEqual(sizes);
    expect(call.written.map(({ datagrams }) => datagrams.length)).toEqual([3, 5]);
    expect(call.written.map(({ acceptedThrough }) => acceptedThrough)).toEqual([
      0n,
      BigInt(Number.MAX_SAFE_INTEGER),
    ]);
  });

  it("fill a message to the last byte, and no further", () => {
    // Of every size around the limit of what still fits beside three large ones.
    for (let size = 65_300; size <= 65_535; size++) {
      const { call, time, writer, deliver } = setUp();
      for (let i = 0; i < 3; i++) deliver("y".repeat(65_535));
      deliver("z".repeat(size));
      writer.accepted(2 ** 45);
      time.endTurn();
      expect(call.unread).toBeLessThanOrEqual(2 * MAX_STREAM_MESSAGE_BYTES);
      const large = call.written.map(({ datagrams }) =>
        datagrams.reduce((sum, { payload }) => sum + payload.length + 32, 0),
      );
      expect(Math.max(...large)).toBeLessThanOrEqual(MAX_STREAM_MESSAGE_BYTES - 11);
    }
  });
});

describe("memory that is used again", () => {
  it("is never two streams' at the same time", () => {
    const streams = [setUp(), setUp(), setUp()];
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 4; i++) {
        for (const [k, { deliver }] of streams.entries())
          deliver(`${k}${round}${i}`.repeat(12_000));
      }
      for (const [k, { time, call, texts }] of streams.entries()) {
        time.endTurn();
        call.read();
        const last = texts().slice(-4);
        expect(last).toEqual([0, 1, 2, 3].map((i) => `${k}${round}${i}`.repeat(12_000)));
      }
    }
  });
});

describe("a client that does not read", () => {
  it("gets no more than the bound; then nothing is taken until it reads", () => {
    const { call, time, seen, budget, deliver } = setUp();
    let taken = 0;
    while (deliver(KIB_60)) {
      taken += 1;
      if (taken % 3 === 0) time.endTurn();
      expect(taken).toBeLessThan(100);
    }
    time.endTurn();
    expect(call.unread).toBeGreaterThanOrEqual(STREAM_PENDING_BYTES);
    expect(call.unread).toBeLessThanOrEqual(STREAM_PENDING_BYTES + MAX_STREAM_MESSAGE_BYTES);
    expect(budget.used()).toBeGreaterThanOrEqual(call.unread);
    expect(budget.used()).toBeLessThanOrEqual(2 * STREAM_PENDING_BYTES);
    expect(deliver("y")).toBe(false);
    expect(seen).toEqual({ rooms: 0, lost: 0, overruns: 0, lostInInbox: 0 });
    call.read(1);
    expect(seen.rooms).toBe(1);
    expect(deliver("y")).toBe(true);
  });

  it("is told of room once for each time it was refused", () => {
    const { call, time, seen, deliver } = setUp();
    while (deliver(KIB_60)) time.endTurn();
    deliver("again");
    deliver("and again");
    call.read();
    expect(seen.rooms).toBe(1);
    deliver("x");
    time.endTurn();
    call.read();
    expect(seen.rooms).toBe(1);
  });

  it("is not asked for more while there is still too much on its way", () => {
    const { call, time, seen, deliver } = setUp();
    deliver("a short one first");
    time.endTurn();
    while (deliver(KIB_60)) time.endTurn();
    call.read(1);
    expect(call.unread).toBeGreaterThanOrEqual(STREAM_PENDING_BYTES);
    expect(seen.rooms).toBe(0);
    call.read(2);
    expect(seen.rooms).toBe(1);
  });

  it("is not read either while it is congested, and is read again when it has read", () => {
    const { call, time, seen, writer, deliver } = setUp();
    expect(writer.congested()).toBe(false);
    for (let i = 0; i < 36; i++) {
      deliver(KIB_60);
      time.endTurn();
    }
    expect(writer.congested()).toBe(true);
    expect(seen.rooms).toBe(0);
    call.read(10);
    expect([seen.rooms, writer.congested()]).toEqual([1, false]);
  });

  it("is congested by failures and acceptances alone", () => {
    const { call, time, seen, writer } = setUp();
    let number = 0;
    for (let round = 0; !writer.congested(); round++) {
      for (let i = 0; i < 5_000; i++) writer.failed(++number, "BAD_ADDRESS");
      writer.accepted(number);
      time.endTurn();
      expect(round).toBeLessThan(200);
    }
    expect(number).toBeGreaterThan(100_000);
    expect(seen.rooms).toBe(0);
    call.read();
    expect(seen.rooms).toBe(1);
  });
});

describe("the budget", () => {
  it("covers what is gathered and what is on its way, and gets everything back", () => {
    const { call, time, budget, deliver } = setUp();
    for (let i = 0; i < 20; i++) deliver("x".repeat(3_000));
    expect(budget.used()).toBeGreaterThanOrEqual(60_000);
    time.endTurn();
    expect(budget.used()).toBeGreaterThanOrEqual(60_000);
    call.read();
    expect(budget.used()).toBe(0);
  });

  it("that is empty loses the message, counted, when nothing would ever wake the stream", () => {
    const budget = createBudget(10_000);
    const { seen, deliver, texts, time } = setUp(budget);
    budget.take(10_000);
    expect(deliver("x")).toBe(true);
    expect(seen).toMatchObject({ lost: 1, rooms: 0 });
    time.endTurn();
    expect(texts()).toEqual([]);
    budget.give(10_000);
    expect(deliver("y")).toBe(true);
    time.endTurn();
    expect(texts()).toEqual(["y"]);
  });

  it("that is empty leaves the message to the inbox while anything is on its way", () => {
    for (const when of ["written", "gathered"] as const) {
      const budget = createBudget(10_000);
      const { call, seen, deliver, texts, time } = setUp(budget);
      expect(deliver("first")).toBe(true);
      if (when === "written") time.endTurn();
      const others = 10_000 - budget.used();
      budget.take(others);
      expect(deliver("x".repeat(5_000)), when).toBe(false);
      time.endTurn();
      expect(seen).toMatchObject({ lost: 0, rooms: 0 });
      budget.give(others);
      call.read();
      expect(seen).toMatchObject({ lost: 0, rooms: 1 });
      expect(deliver("second")).toBe(true);
      time.endTurn();
      expect(texts()).toEqual(["first", "second"]);
    }
  });

  it("goes on covering what is on its way when the stream is over, until it is read or gone", () => {
    for (const end of ["read", "gone"] as const) {
      const { call, time, budget, writer, deliver, texts } = setUp();
      for (let i = 0; i < 10; i++) deliver(KIB_60);
      time.endTurn();
      deliver("gathered");
      writer.finish();
      expect(texts().at(-1)).toBe("gathered");
      expect(budget.used(), "a client that reads nothing holds this memory").toBeGreaterThanOrEqual(
        call.unread,
      );
      call.read(1);
      expect(budget.used()).toBeGreaterThanOrEqual(call.unread);
      if (end === "read") call.read();
      else writer.gone();
      expect(budget.used()).toBe(0);
      // Late words of a stream that is gone change nothing.
      call.read();
      expect(budget.used()).toBe(0);
      writer.gone();
      expect(budget.used()).toBe(0);
    }
  });
});

describe("acceptances and failures", () => {
  it("go with the datagrams of the turn, or alone", () => {
    const { call, time, writer, deliver } = setUp();
    writer.accepted(5);
    time.endTurn();
    deliver("x");
    writer.accepted(6);
    writer.accepted(9);
    time.endTurn();
    const all = call.written.map(({ datagrams, acceptedThrough }) => [
      datagrams.length,
      Number(acceptedThrough),
    ]);
    expect(all).toEqual([
      [0, 5],
      [1, 9],
    ]);
    expect(call.written.length).toBe(2);
    writer.accepted(9);
    time.endTurn();
    expect(call.written.length).toBe(2);
  });

  it("never come in the wrong order: a failure stands before the acceptance that covers it", () => {
    const { call, time, writer, deliver } = setUp();
    for (let i = 1; i <= 10_000; i++) writer.failed(i, "NO_SUCH_ADDRESS");
    deliver("x");
    writer.accepted(10_000);
    time.endTurn();
    const failed = call.written.flatMap((message) => message.failed);
    expect(failed.map(({ number }) => Number(number))).toEqual(
      Array.from({ length: 10_000 }, (_, i) => i + 1),
    );
    expect(new Set(failed.map(({ reason }) => reasonOfNumber(reason)))).toEqual(
      new Set<NodeErrorReason>(["NO_SUCH_ADDRESS"]),
    );
    const accepting = call.written.findIndex(({ acceptedThrough }) => acceptedThrough > 0n);
    const lastFailing = call.written.findLastIndex((message) => message.failed.length > 0);
    expect(accepting).toBeGreaterThanOrEqual(lastFailing);
    expect(call.unread / call.waiting).toBeLessThan(MAX_STREAM_MESSAGE_BYTES);
  });

  it("say how many were lost in the inbox, when that changes", () => {
    const { call, time, seen, writer, deliver } = setUp();
    deliver("a");
    time.endTurn();
    seen.lostInInbox = 3;
    deliver("b");
    time.endTurn();
    writer.accepted(1);
    time.endTurn();
    seen.lostInInbox = 4;
    writer.accepted(2);
    time.endTurn();
    expect(call.written.map(({ lost }) => Number(lost)).filter((lost) => lost > 0)).toEqual([3, 4]);
  });
});

describe("the first message", () => {
  it("is written at once, and alone", () => {
    const { call, writer } = setUp();
    writer.opened(create(OpenResponseSchema, { session: "s", mtu: 65_535 }));
    expect(call.written.map(({ opened }) => opened?.session)).toEqual(["s"]);
  });
});

describe("finish", () => {
  it("writes what is gathered, the last acceptance and the last failures, then nothing", () => {
    const { call, time, writer, deliver, texts } = setUp();
    deliver("last");
    writer.failed(1, "BAD_ADDRESS");
    writer.accepted(2);
    writer.finish();
    expect(texts()).toEqual(["last"]);
    expect(call.written.flatMap(({ failed }) => failed).length).toBe(1);
    expect(call.written.at(-1)?.acceptedThrough).toBe(2n);
    const { length } = call.written;
    expect(deliver("late")).toBe(false);
    writer.accepted(3);
    writer.failed(3, "BAD_ADDRESS");
    time.endTurn();
    writer.finish();
    expect(call.written.length).toBe(length);
  });

  it("wakes nobody any more", () => {
    const { call, time, seen, writer, deliver } = setUp();
    while (deliver(KIB_60)) time.endTurn();
    writer.finish();
    call.read();
    expect(seen.rooms).toBe(0);
  });
});

describe("any sequence", () => {
  const act = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("deliver" as const),
        size: fc.oneof(fc.nat(100), fc.nat(65_535), fc.constant(65_535)),
        times: fc.integer({ min: 1, max: 12 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), n: fc.nat(8) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("accept" as const), n: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("fail" as const), n: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("congested" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("others" as const), n: fc.nat(4_000_000) }),
    },
  );

  it("keeps every bound, loses only what it counts, gets stuck never, gives all back", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), fc.boolean(), (acts, tight) => {
        const limit = tight ? 1_500_000 : ENOUGH;
        const budget = createBudget(limit);
        const { call, time, seen, writer, deliver, texts } = setUp(budget);
        let others = 0;
        let number = 0;
        let accepted = 0;
        let name = 0;
        let asleep = false;
        let roomsSeen = 0;
        const expected: string[] = [];
        const failed: number[] = [];
        for (const a of acts) {
          if (a.do === "deliver") {
            for (let i = 0; i < a.times; i++) {
              const text = String(name++).padEnd(a.size, ".");
              const lost = seen.lost;
              const taken = deliver(text);
              if (taken && seen.lost === lost) expected.push(text);
              if (!taken) asleep = true;
              else if (asleep) expect(seen.rooms).toBeGreaterThan(roomsSeen);
            }
          } else if (a.do === "turn") time.endTurn();
          else if (a.do === "read") call.read(a.n);
          else if (a.do === "accept") {
            number += a.n;
            accepted = number;
            writer.accepted(accepted);
          } else if (a.do === "fail") {
            for (let i = 0; i < a.n; i++) {
              writer.failed(++number, "BAD_ADDRESS");
              failed.push(number);
            }
          } else if (a.do === "congested") {
            expect(writer.congested()).toBe(call.unread >= STREAM_PENDING_BYTES);
          } else {
            budget.give(others);
            others = budget.take(a.n) ? a.n : 0;
          }
          if (seen.rooms > roomsSeen) asleep = false;
          roomsSeen = seen.rooms;
          expect(budget.used()).toBeLessThanOrEqual(limit);
          // One batch may be on top of the bound, and one is being gathered.
          const most = STREAM_PENDING_BYTES + 2 * MAX_STREAM_MESSAGE_BYTES + 200_000;
          expect(call.unread).toBeLessThanOrEqual(most);
        }
        budget.give(others);
        if (seen.overruns > 0) {
          expect(seen.overruns).toBe(1);
          writer.gone();
          expect(budget.used()).toBe(0);
          return;
        }
        // Whatever happened: a client that reads gets everything, and is asked to take more.
        for (let i = 0; i < 3; i++) {
          time.endTurn();
          call.read();
        }
        if (asleep) expect(seen.rooms).toBeGreaterThan(0);
        expect(deliver("last words")).toBe(true);
        accepted = number;
        writer.accepted(accepted);
        time.endTurn();
        call.read();
        expect(texts()).toEqual([...expected, "last words"]);
        expect(
          Number(call.written.findLast((m) => m.acceptedThrough > 0n)?.acceptedThrough ?? 0),
        ).toBe(accepted);
        let through = 0;
        const heard: number[] = [];
        for (const message of call.written) {
          for (const failure of message.failed) {
            expect(Number(failure.number)).toBeGreaterThan(through);
            heard.push(Number(failure.number));
          }
          if (message.acceptedThrough === 0n) continue;
          expect(Number(message.acceptedThrough)).toBeGreaterThan(through);
          through = Number(message.acceptedThrough);
        }
        expect(heard).toEqual(failed);
        expect(budget.used()).toBe(0);
        writer.finish();
        expect(budget.used()).toBe(0);
      }),
      { numRuns: 250 },
    );
  });
});
