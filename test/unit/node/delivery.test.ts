// SPDX-License-Identifier: GPL-3.0-or-later

// Messages between nodes of one daemon: who gets which, in which order, and what is counted.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MTU, PING_MAGIC } from "../../../server/src/node/index.js";
import { addressOf, createHouse, createMemory, drain, OWN, send } from "./local-nodes.js";

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

describe("a message", () => {
  it("comes with its true sender, whole, from 0 bytes to the MTU, also to oneself", () => {
    const { open } = createHouse();
    const [a, b] = [open(1), open(2)];
    const [atA, atB] = [createMemory(), createMemory()];
    a.read(atA.reader);
    b.read(atB.reader);
    const texts = ["", "x", "y".repeat(1_400), "z".repeat(MTU)];
    for (const text of texts) expect(send(a, addressOf(2), text)).toBeUndefined();
    expect(send(a, addressOf(1), "to myself")).toBeUndefined();
    const from = Buffer.from(addressOf(1).bytes).toString("hex");
    expect(atB.got).toEqual(texts.map((text) => ({ source: from, text })));
    expect(atA.got).toEqual([{ source: from, text: "to myself" }]);
  });

  it("is refused beyond the MTU, and when nobody has the address; both are counted", () => {
    const { nodes, open } = createHouse();
    const a = open(1);
    expect(send(a, addressOf(1), "x".repeat(MTU + 1))).toBe("MESSAGE_TOO_LARGE");
    expect(send(a, addressOf(9), "x")).toBe("NO_SUCH_ADDRESS");
    expect(send(a, addressOf(9), "x".repeat(MTU + 1))).toBe("MESSAGE_TOO_LARGE");
    expect(nodes.counters).toMatchObject({ tooLarge: 2, noSuchAddress: 1, delivered: 0 });
    expect(a.waiting()).toBe(0);
  });

  it("goes where it should when the destination changes with every message", () => {
    const { open } = createHouse();
    const sender = open(1);
    const memories = [2, 3, 4].map((i) => {
      const memory = createMemory();
      open(i).read(memory.reader);
      return memory;
    });
    for (let i = 0; i < 30; i++) send(sender, addressOf(2 + (i % 3)), String(i));
    for (const [k, memory] of memories.entries()) {
      expect(memory.texts).toEqual(range(0, 29).filter((_, i) => i % 3 === k));
    }
  });
});

describe("the daemon's own node", () => {
  it("answers pings to their sender, byte for byte, and nothing else", () => {
    const { nodes, open } = createHouse();
    const [a, b] = [open(1), open(2)];
    const [atA, atB] = [createMemory(), createMemory()];
    a.read(atA.reader);
    b.read(atB.reader);
    const magic = Buffer.from(PING_MAGIC).toString();
    expect(magic).toBe("inet256p");
    const pings = [magic, `${magic} and more`, magic + "x".repeat(1_000)];
    const others = ["", "inet256", "inet256q", ` ${magic}`, "INET256P", "p"];
    for (const text of [...others, ...pings]) {
      expect(send(a, addressOf(OWN), text)).toBeUndefined();
    }
    const own = Buffer.from(addressOf(OWN).bytes).toString("hex");
    expect(atA.got).toEqual(pings.map((text) => ({ source: own, text })));
    expect(atB.got).toEqual([]);
    expect(nodes.counters).toMatchObject({ notPings: others.length, delivered: pings.length });
  });

  it("answers into the inbox of a sender that does not read yet", () => {
    const { open } = createHouse();
    const a = open(1);
    send(a, addressOf(OWN), "inet256p 1");
    expect(drain(a)).toEqual(["inet256p 1"]);
  });
});

describe("sharing", () => {
  it("goes round-robin over the openings, each message to one of them", () => {
    const { open } = createHouse();
    const sender = open(1);
    const memories = [0, 1, 2].map(() => {
      const memory = createMemory();
      open(2).read(memory.reader);
      return memory;
    });
    for (let i = 0; i < 300; i++) send(sender, addressOf(2), String(i));
    expect(memories.map(({ texts }) => texts.length)).toEqual([100, 100, 100]);
    const all = memories.flatMap(({ texts }) => texts);
    expect(new Set(all).size).toBe(300);
    for (const { texts } of memories) {
      expect([...texts].sort((a, b) => Number(a) - Number(b))).toEqual(texts);
    }
  });

  it("passes over those that are full, until they are ready again", () => {
    const { nodes, open } = createHouse();
    const sender = open(1);
    const [slow, quick] = [createMemory(2), createMemory()];
    const slowOpening = open(2);
    slowOpening.read(slow.reader);
    open(2).read(quick.reader);
    for (let i = 0; i < 20; i++) send(sender, addressOf(2), String(i));
    expect([slow.texts.length, quick.texts.length]).toEqual([2, 18]);
    slow.room = 100;
    for (let i = 20; i < 30; i++) send(sender, addressOf(2), String(i));
    expect([slow.texts.length, quick.texts.length]).toEqual([2, 28]);
    slowOpening.ready();
    for (let i = 30; i < 40; i++) send(sender, addressOf(2), String(i));
    expect([slow.texts.length, quick.texts.length]).toEqual([7, 33]);
    expect(nodes.counters).toMatchObject({ delivered: 40, inboxLost: 0 });
  });

  it("waits in the inbox when all are full, and reaches the first that is ready, in order", () => {
    const { open } = createHouse();
    const sender = open(1);
    const [a, b] = [createMemory(1), createMemory(1)];
    const openings = [open(2), open(2)];
    openings[0]?.read(a.reader);
    openings[1]?.read(b.reader);
    for (let i = 0; i < 10; i++) send(sender, addressOf(2), String(i));
    expect(openings[0]?.waiting()).toBe(8);
    b.room = 3;
    openings[1]?.ready();
    // What comes now stands behind what waits, although there is no room for either.
    send(sender, addressOf(2), "10");
    expect(openings[0]?.waiting()).toBe(6);
    a.room = 100;
    openings[0]?.ready();
    expect([...a.texts].slice(1)).toEqual(range(5, 10));
    expect([...b.texts].slice(1)).toEqual(["2", "3", "4"]);
  });

  it("goes on without one that has closed, also between two messages", () => {
    const { open } = createHouse();
    const sender = open(1);
    const memories = [0, 1, 2].map(() => createMemory());
    const openings = memories.map(({ reader }) => {
      const opening = open(2);
      opening.read(reader);
      return opening;
    });
    for (let i = 0; i < 9; i++) send(sender, addressOf(2), String(i));
    openings[1]?.close();
    for (let i = 9; i < 15; i++) send(sender, addressOf(2), String(i));
    expect(memories.map(({ texts }) => texts.length)).toEqual([6, 3, 6]);
    openings[0]?.close();
    send(sender, addressOf(2), "15");
    expect(memories[2]?.texts.at(-1)).toBe("15");
  });
});

describe("the inbox", () => {
  it("keeps what comes before anybody reads, and hands it to the first reader, in order", () => {
    const { open } = createHouse();
    const [sender, receiver] = [open(1), open(2)];
    for (let i = 0; i < 50; i++) send(sender, addressOf(2), String(i));
    expect(receiver.waiting()).toBe(50);
    const memory = createMemory();
    receiver.read(memory.reader);
    send(sender, addressOf(2), "50");
    expect(memory.texts).toEqual(range(0, 50));
    expect(receiver.waiting()).toBe(0);
  });

  it("keeps order when the reader has room again in the middle", () => {
    const { open } = createHouse();
    const [sender, receiver] = [open(1), open(2)];
    const memory = createMemory(2);
    receiver.read(memory.reader);
    for (let i = 0; i < 5; i++) send(sender, addressOf(2), String(i));
    memory.room = 100;
    // Room, but nobody said so: what comes must not overtake what waits.
    send(sender, addressOf(2), "5");
    expect(memory.texts).toEqual(["0", "1"]);
    receiver.ready();
    expect(memory.texts).toEqual(range(0, 5));
  });

  it("is bounded: the oldest are lost, counted at the node and in all", () => {
    const { nodes, budget, open } = createHouse({ inboxBytes: 10 * (10 + 36) });
    const [sender, receiver] = [open(1), open(2)];
    for (let i = 0; i < 25; i++) send(sender, addressOf(2), String(i).padStart(10));
    expect([receiver.waiting(), receiver.lost()]).toEqual([10, 15]);
    expect(nodes.counters).toMatchObject({ delivered: 25, inboxLost: 15 });
    expect(budget.used()).toBeLessThanOrEqual(460);
    expect(drain(receiver).map(Number)).toEqual(range(15, 24).map(Number));
    expect(open(2).lost(), "seen by every opening").toBe(15);
  });

  it("keeps to the budget of all nodes", () => {
    const { nodes, budget, open } = createHouse({ budgetBytes: 5_000 });
    const sender = open(1);
    const receivers = [2, 3, 4].map((i) => open(i));
    for (let i = 0; i < 100; i++) send(sender, addressOf(2 + (i % 3)), "x".repeat(100));
    expect(budget.used()).toBeLessThanOrEqual(5_000);
    const waiting = receivers.reduce((sum, { waiting }) => sum + waiting(), 0);
    expect(waiting).toBeGreaterThan(25);
    expect(waiting + nodes.counters.inboxLost).toBe(100);
    for (const receiver of receivers) drain(receiver);
    expect(budget.used()).toBe(0);
  });

  it("has the size its opener wishes, and the greatest wish of several counts", () => {
    const { open } = createHouse({ inboxBytes: 100 });
    const sender = open(1);
    const fill = (): void => {
      for (let i = 0; i < 50; i++) send(sender, addressOf(2), "x".repeat(64));
    };
    const first = open(2, { inboxBytes: 500 });
    fill();
    expect(first.waiting()).toBe(5);
    const second = open(2, { inboxBytes: 1_000 });
    fill();
    expect(first.waiting()).toBe(10);
    open(2, { inboxBytes: 200 });
    open(2);
    second.close();
    drain(first);
    fill();
    expect(first.waiting()).toBe(10);
  });

  it("stays with the node while anybody has it open", () => {
    const { open } = createHouse();
    const sender = open(1);
    const [first, second] = [open(2), open(2)];
    send(sender, addressOf(2), "waits");
    first.close();
    expect(drain(second)).toEqual(["waits"]);
  });
});

describe("relief", () => {
  it("tells a sender that was held back once, when the reader has taken all that waits", () => {
    const { open } = createHouse();
    const [sender, receiver] = [open(1), open(2)];
    const memory = createMemory(1);
    receiver.read(memory.reader);
    let heard = 0;
    const hear = (): void => {
      heard += 1;
    };
    send(sender, addressOf(2), "0");
    expect(sender.crowding()).toBe(false);
    for (let i = 1; i < 5; i++) send(sender, addressOf(2), String(i));
    expect(sender.crowding()).toBe(true);
    sender.onRelief(hear);
    memory.room = 2;
    receiver.ready();
    expect([heard, sender.crowding()]).toEqual([0, true]);
    memory.room = 100;
    receiver.ready();
    expect([heard, sender.crowding()]).toEqual([1, false]);
    receiver.ready();
    expect(heard).toBe(1);
  });

  it("comes too when the reader leaves, is dropped, or is no more than an inbox", () => {
    for (const end of ["close", "drop"] as const) {
      const { nodes, open } = createHouse();
      const [sender, receiver] = [open(1), open(2)];
      receiver.read(createMemory(0).reader);
      send(sender, addressOf(2), "x");
      let heard = 0;
      sender.onRelief(() => {
        heard += 1;
      });
      if (end === "close") receiver.close();
      else nodes.drop(addressOf(2));
      expect([heard, sender.crowding()], end).toEqual([1, false]);
    }
    const { open } = createHouse();
    const [sender, receiver] = [open(1), open(2)];
    open(2);
    receiver.read(createMemory(0).reader);
    send(sender, addressOf(2), "x");
    let heard = 0;
    sender.onRelief(() => {
      heard += 1;
    });
    // The node stays, without a reader: nobody is there to be waited for.
    receiver.close();
    expect([heard, sender.crowding()]).toEqual([1, false]);
    send(sender, addressOf(2), "x");
    expect(sender.crowding()).toBe(false);
  });

  it("is not told to one that took it back", () => {
    const { open } = createHouse();
    const [sender, receiver] = [open(1), open(2)];
    const memory = createMemory(0);
    receiver.read(memory.reader);
    send(sender, addressOf(2), "x");
    let heard = 0;
    const hear = (): void => {
      heard += 1;
    };
    sender.onRelief(hear);
    sender.forgetRelief(hear);
    memory.room = 1;
    receiver.ready();
    expect(heard).toBe(0);
  });
});

describe("against an obvious twin", () => {
  const reader = fc.nat(2);
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), n: fc.nat(8) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("room" as const), reader, n: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), reader }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("open" as const), reader }) },
  );

  it("hands every message to at most one reader, in order, and accounts for all of them", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const bound = 20 * (4 + 36);
        const { nodes, budget, open } = createHouse({ inboxBytes: bound });
        const sender = open(1);
        const hold = open(2);
        const places: {
          memory: ReturnType<typeof createMemory>;
          opening?: ReturnType<typeof open>;
        }[] = [];
        const all: ReturnType<typeof createMemory>[] = [];
        let sent = 0;
        for (const a of acts) {
          if (a.do === "send") {
            for (let i = 0; i < a.n; i++) {
              send(sender, addressOf(2), String(sent).padStart(4, "0"));
              sent += 1;
            }
            continue;
          }
          const place = places[a.reader];
          if (a.do === "room" && place?.opening !== undefined) {
            place.memory.room = a.n;
            place.opening.ready();
          } else if (a.do === "close") {
            place?.opening?.close();
            delete places[a.reader];
          } else if (a.do === "open" && place === undefined) {
            const memory = createMemory(0);
            const opening = open(2);
            opening.read(memory.reader);
            places[a.reader] = { memory, opening };
            all.push(memory);
          }
          // While anything waits, no reader has room.
          const roomy = places.some((p) => p !== undefined && p.memory.room > 0);
          if (hold.waiting() > 0) expect(roomy).toBe(false);
        }
        const texts = all.flatMap((memory) => memory.texts);
        expect(new Set(texts).size).toBe(texts.length);
        for (const memory of all) expect([...memory.texts].sort()).toEqual(memory.texts);
        const rest = hold.waiting();
        expect(texts.length + rest + hold.lost()).toBe(sent);
        expect(nodes.counters).toMatchObject({ delivered: sent, inboxLost: hold.lost() });
        expect(budget.used()).toBeLessThanOrEqual(bound);
        for (const p of places) p?.opening?.close();
        const waiting = drain(hold);
        expect([...waiting].sort()).toEqual(waiting);
        // What still waits is younger than all that was handed over.
        if (texts.length > 0 && waiting[0] !== undefined) {
          expect([...texts].sort().at(-1)?.localeCompare(waiting[0])).toBe(-1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
