// SPDX-License-Identifier: GPL-3.0-or-later

// Opening, sharing, closing and dropping nodes: who exists when, and what is left afterwards.

import type { PrivateKey } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import type { Refusal } from "../../../server/src/node/index.js";
import {
  addressOf,
  createHouse,
  createMemory,
  drain,
  foundBy,
  keyOf,
  OWN,
  send,
} from "./local-nodes.js";

/** That the key's secret is gone. */
function expectWiped(key: PrivateKey): void {
  expect(() => key.serialize()).toThrow("wiped");
}

const wish = { inboxBytes: undefined };

describe("opening", () => {
  it("gives an opening with the address and the public key of the key", () => {
    const { nodes, open } = createHouse();
    const opening = open(1);
    expect(opening.address.equals(addressOf(1))).toBe(true);
    expect(opening.publicKey.equals(keyOf(1).publicKey)).toBe(true);
    expect([opening.ended(), opening.waiting(), opening.lost(), nodes.size()]).toEqual([
      undefined,
      0,
      0,
      1,
    ]);
  });

  it("shares an open node, counted: it goes with its last opening", () => {
    const { nodes, open } = createHouse();
    const [a, b, c] = [open(1), open(1), open(1)];
    expect(nodes.size()).toBe(1);
    a.close();
    c.close();
    expect([nodes.size(), a.ended(), b.ended(), c.ended()]).toEqual([
      1,
      "NODE_CLOSED",
      undefined,
      "NODE_CLOSED",
    ]);
    expect(foundBy(nodes, addressOf(1).bytes)?.address.equals(addressOf(1))).toBe(true);
    // Closing twice counts once.
    a.close();
    expect(nodes.size()).toBe(1);
    b.close();
    expect(nodes.size()).toBe(0);
    expect(foundBy(nodes, addressOf(1).bytes)).toBeUndefined();
  });

  it("can be done again at once after close and after drop", () => {
    const { nodes, open } = createHouse();
    for (let round = 0; round < 3; round++) {
      open(1).close();
      open(1);
      expect(nodes.drop(addressOf(1))).toBe(true);
    }
    expect(nodes.size()).toBe(0);
    expect(open(1).ended()).toBeUndefined();
  });

  it("refuses the daemon's own key, and wipes what it was given", () => {
    const { nodes } = createHouse();
    const key = keyOf(OWN);
    expect(nodes.open(key, wish)).toBe("KEY_IN_USE_BY_DAEMON");
    expectWiped(key);
    expect(nodes.size()).toBe(0);
  });

  it("refuses one node more than the limit, but shares at the limit", () => {
    const { nodes, open } = createHouse({ limit: 2 });
    open(1);
    const last = open(2);
    const key = keyOf(3);
    expect(nodes.open(key, wish)).toBe("LIMIT_NODES");
    expectWiped(key);
    expect(open(2).ended()).toBeUndefined();
    expect(nodes.size()).toBe(2);
    last.close();
    expect(nodes.open(keyOf(3), wish)).toBe("LIMIT_NODES");
    nodes.drop(addressOf(2));
    expect(typeof nodes.open(keyOf(3), wish)).toBe("object");
  });
});

describe("keys", () => {
  it("keeps the first opener's key while the node is open, and wipes it at the last close", () => {
    const { nodes } = createHouse();
    const [first, second] = [keyOf(1), keyOf(1)];
    const [a, b] = [nodes.open(first, wish), nodes.open(second, wish)];
    if (typeof a === "string" || typeof b === "string") throw new Error("refused");
    expectWiped(second);
    a.close();
    expect(() => first.serialize()).not.toThrow();
    b.close();
    expectWiped(first);
  });

  it("wipes the key at a drop, and at the stop of the daemon", () => {
    for (const end of ["drop", "stop"] as const) {
      const { nodes } = createHouse();
      const key = keyOf(1);
      nodes.open(key, wish);
      if (end === "drop") nodes.drop(addressOf(1));
      else nodes.stop();
      expectWiped(key);
    }
  });
});

describe("nothing survives the last close", () => {
  it("forgets what was unread, at a close and at a drop", () => {
    for (const end of ["close", "drop"] as const) {
      const { nodes, budget, open } = createHouse();
      const sender = open(1);
      const receiver = open(2);
      send(sender, addressOf(2), "for the first life");
      expect(receiver.waiting()).toBe(1);
      expect(budget.used()).toBeGreaterThan(0);
      if (end === "close") receiver.close();
      else nodes.drop(addressOf(2));
      expect(budget.used()).toBe(0);
      const again = open(2);
      expect([again.waiting(), again.lost(), drain(again)]).toEqual([0, 0, []]);
      const memory = createMemory();
      again.read(memory.reader);
      expect(memory.texts).toEqual([]);
      send(sender, addressOf(2), "for the second");
      expect(memory.texts).toEqual(["for the second"]);
    }
  });

  it("does not send the next life's messages to a reader of the last one", () => {
    const { nodes, open } = createHouse();
    const sender = open(1);
    const [before, after] = [createMemory(), createMemory()];
    open(2).read(before.reader);
    send(sender, addressOf(2), "one");
    nodes.drop(addressOf(2));
    // The sender's memory of its last destination must not outlive the destination.
    expect(send(sender, addressOf(2), "two")).toBe("NO_SUCH_ADDRESS");
    open(2).read(after.reader);
    expect(send(sender, addressOf(2), "three")).toBeUndefined();
    expect([before.texts, after.texts]).toEqual([["one"], ["three"]]);
  });
});

describe("the end of an opening", () => {
  it("refuses everything with its reason, and says nothing more", () => {
    for (const [reason, end] of [
      ["NODE_CLOSED", "close"],
      ["NODE_DROPPED", "drop"],
      ["NODE_CLOSED", "stop"],
    ] as const) {
      const { nodes, open } = createHouse();
      const sender = open(1);
      const opening = open(2);
      const memory = createMemory();
      opening.read(memory.reader);
      if (end === "close") opening.close();
      else if (end === "drop") nodes.drop(addressOf(2));
      else nodes.stop();
      expect(opening.ended(), end).toBe(reason);
      expect(send(opening, addressOf(1), "x")).toBe(reason);
      expect(send(opening, addressOf(2), "x")).toBe(reason);
      opening.ready();
      opening.read(memory.reader);
      opening.drain(memory.reader);
      opening.close();
      expect(opening.ended(), "the first reason stands").toBe(reason);
      if (end !== "stop") expect(send(sender, addressOf(2), "x")).toBe("NO_SUCH_ADDRESS");
      expect(memory.texts).toEqual([]);
    }
  });

  it("tells every opening of a dropped node once, and the node is gone when they hear it", () => {
    const { nodes, open } = createHouse();
    const heard: (readonly [string, Refusal, number])[] = [];
    for (const name of ["a", "b"]) {
      open(1).onEnd((reason) => heard.push([name, reason, nodes.size()]));
    }
    const other = open(2);
    other.onEnd(() => heard.push(["other", "NODE_DROPPED", -1]));
    expect(nodes.drop(addressOf(1))).toBe(true);
    expect(nodes.drop(addressOf(1))).toBe(false);
    expect(heard).toEqual([
      ["a", "NODE_DROPPED", 1],
      ["b", "NODE_DROPPED", 1],
    ]);
    expect(other.ended()).toBeUndefined();
  });

  it("tells an opening that is closed too, once, and no other of the node", () => {
    const { nodes, open } = createHouse();
    const heard: (readonly [string, Refusal])[] = [];
    const [a, b] = [open(1), open(1)];
    a.onEnd((reason) => heard.push(["a", reason]));
    b.onEnd((reason) => heard.push(["b", reason]));
    a.close();
    a.close();
    expect(heard).toEqual([["a", "NODE_CLOSED"]]);
    nodes.drop(addressOf(1));
    expect(heard).toEqual([
      ["a", "NODE_CLOSED"],
      ["b", "NODE_DROPPED"],
    ]);
  });

  it("lets whoever hears of a drop open the node again at once", () => {
    const { nodes, open } = createHouse();
    let again: ReturnType<typeof open> | undefined;
    open(1).onEnd(() => {
      again = open(1);
    });
    const late = open(1);
    nodes.drop(addressOf(1));
    expect([again?.ended(), late.ended(), nodes.size()]).toEqual([undefined, "NODE_DROPPED", 1]);
    const memory = createMemory();
    again?.read(memory.reader);
    send(open(2), addressOf(1), "to the new life");
    expect(memory.texts).toEqual(["to the new life"]);
  });

  it("stops every node, and tells all", () => {
    const { nodes, open } = createHouse();
    let heard = 0;
    for (let i = 1; i <= 20; i++) {
      open(i).onEnd((reason) => {
        expect(reason).toBe("NODE_CLOSED");
        heard += 1;
      });
    }
    nodes.stop();
    expect([heard, nodes.size()]).toEqual([20, 0]);
  });
});
