// SPDX-License-Identifier: GPL-3.0-or-later

// Messages to remote identities and from them: what is said of those that do not go, and who gets
// those that come.

import { describe, expect, it } from "vitest";
import { MTU } from "../../../server/src/node/index.js";
import { addressOf, createHouse, createMemory, drain, OWN, send } from "./local-nodes.js";

const nameOf = (number: number): string => Buffer.from(addressOf(number).bytes).toString("hex");
/** An identity that is not here. */
const FAR = 77;

describe("a message to a remote identity", () => {
  it("is handed to the sessions, from the node that sends it", () => {
    const { nodes, open, remote } = createHouse();
    remote.outcome = "accepted";
    const [a, b] = [open(1), open(2)];
    const texts = ["", "x", "y".repeat(MTU)];
    for (const text of texts) expect(send(a, addressOf(FAR), text)).toBeUndefined();
    expect(send(b, addressOf(78), "z")).toBeUndefined();
    expect(remote.sent).toEqual([
      ...texts.map((text) => ({ from: nameOf(1), to: nameOf(FAR), text })),
      { from: nameOf(2), to: nameOf(78), text: "z" },
    ]);
    expect(nodes.counters).toMatchObject({ delivered: 0, noSuchAddress: 0, displaced: 0 });
  });

  it("comes from the same array every time, by which sessions know the node again", () => {
    const { open, remote } = createHouse();
    const sources = new Set<Uint8Array>();
    const { send: inner } = remote.sessions;
    Object.assign(remote.sessions, {
      send(...message: Parameters<typeof inner>) {
        sources.add(message[0]);
        return inner(...message);
      },
    });
    const [first, second] = [open(1), open(1)];
    for (const opening of [first, second, first]) send(opening, addressOf(FAR), "x");
    expect(sources.size).toBe(1);
  });

  it("is refused by what became of it, and counted", () => {
    const { nodes, open, remote } = createHouse();
    const a = open(1);
    remote.outcome = "unknown";
    expect(send(a, addressOf(FAR), "x")).toBe("NO_SUCH_ADDRESS");
    remote.outcome = "displaced";
    for (let i = 0; i < 3; i++) expect(send(a, addressOf(FAR), "x")).toBe("DISPLACED");
    expect(nodes.counters).toMatchObject({ noSuchAddress: 1, displaced: 3, displacements: 0 });
    expect(a.crowding()).toBe(false);
  });

  it("does not go there when it is too long, or the node is open here, or is the daemon", () => {
    const { open, remote } = createHouse();
    remote.outcome = "accepted";
    const a = open(1);
    expect(send(a, addressOf(FAR), "x".repeat(MTU + 1))).toBe("MESSAGE_TOO_LARGE");
    send(a, addressOf(1), "to myself");
    send(a, addressOf(OWN), "inet256p");
    send(a, addressOf(OWN), "no ping");
    expect(remote.sent).toEqual([]);
    // Whoever was here and is not any more may be elsewhere.
    const b = open(2);
    send(a, addressOf(2), "here");
    b.close();
    send(a, addressOf(2), "there");
    expect(remote.sent.map(({ text }) => text)).toEqual(["there"]);
    const again = open(2);
    send(a, addressOf(2), "here again");
    expect(drain(again)).toEqual(["here again"]);
  });

  it("of an opening that has ended goes nowhere", () => {
    const { open, remote } = createHouse();
    remote.outcome = "accepted";
    const [a, other] = [open(1), open(1)];
    a.close();
    expect(send(a, addressOf(FAR), "x")).toBe("NODE_CLOSED");
    expect(remote.sent).toEqual([]);
    expect(send(other, addressOf(FAR), "x")).toBeUndefined();
  });
});

describe("a message from a remote identity", () => {
  /** Lets one come, from the middle of a buffer that is overwritten at once. */
  function come(house: ReturnType<typeof createHouse>, from: number, to: number, text: string) {
    const buffer = Buffer.from(`head${text}tail`);
    const [source, destination] = [addressOf(from), addressOf(to)].map(({ bytes }) =>
      bytes.slice(),
    );
    if (source === undefined || destination === undefined) throw new Error("unreachable");
    const length = Buffer.byteLength(text);
    house.nodes.sessionsSink.message(destination, source, buffer, 4, length, 1_000);
    for (const bytes of [buffer, source, destination]) bytes.fill(0xee);
  }

  it("is handed to its node alone, whole, with its source", () => {
    const house = createHouse();
    const [atA, atB] = [createMemory(), createMemory()];
    house.open(1).read(atA.reader);
    house.open(2).read(atB.reader);
    const texts = ["", "x", "y".repeat(MTU)];
    for (const text of texts) come(house, FAR, 1, text);
    expect(atA.got).toEqual(texts.map((text) => ({ source: nameOf(FAR), text })));
    expect(atB.got).toEqual([]);
    expect(house.nodes.counters).toMatchObject({ delivered: 3, notPings: 0 });
  });

  it("waits in the inbox until somebody reads, inside its bound", () => {
    const house = createHouse({ inboxBytes: 5 * (1 + 36) });
    const receiver = house.open(1);
    for (let i = 0; i < 9; i++) come(house, FAR, 1, String(i));
    expect([receiver.waiting(), receiver.lost()]).toEqual([5, 4]);
    expect(drain(receiver)).toEqual(["4", "5", "6", "7", "8"]);
    expect(house.budget.used()).toBe(0);
  });

  it("to the daemon's own node goes back byte for byte if it is a ping, and is counted if not", () => {
    const house = createHouse();
    house.remote.outcome = "accepted";
    const pings = ["inet256p", "inet256p and more", `inet256p${"z".repeat(MTU - 8)}`];
    const others = ["", "inet256", "INET256P", " inet256p"];
    for (const text of [...others, ...pings]) come(house, FAR, OWN, text);
    expect(house.remote.sent).toEqual(
      pings.map((text) => ({ from: nameOf(OWN), to: nameOf(FAR), text })),
    );
    expect(house.nodes.counters).toMatchObject({ notPings: others.length, delivered: 0 });
  });

  it("to nobody is nobody's", () => {
    const house = createHouse();
    house.remote.outcome = "accepted";
    const memory = createMemory();
    house.open(1).read(memory.reader);
    for (const text of ["inet256p", "x"]) come(house, FAR, 3, text);
    expect([memory.got, house.remote.sent]).toEqual([[], []]);
    expect(house.nodes.counters).toMatchObject({ notPings: 0, delivered: 0 });
  });

  it("of something given up changes nothing, and a displacement is counted", () => {
    const { nodes, open } = createHouse();
    const { sessionsSink } = nodes;
    const a = open(1);
    sessionsSink.gaveUp(addressOf(1).bytes, addressOf(FAR).bytes, 3, 1_000);
    sessionsSink.displaced(addressOf(1).bytes, 1_000);
    expect(nodes.counters).toMatchObject({ displacements: 1, displaced: 0 });
    expect(a.ended()).toBeUndefined();
  });
});
