// SPDX-License-Identifier: GPL-3.0-or-later

// A node inside the daemon's process. What every implementation of Node must do is in the contract
// suite; here is what is particular to this one: it waits for nothing, and shares no memory.

import { Address, type Node, NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { addressOf, createMemory, keyOf, OWN, send } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";

const text = (payload: Uint8Array): string => Buffer.from(payload).toString();
const bytes = (of: string): Uint8Array => Buffer.from(of);

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "none";
  } catch (error) {
    return error instanceof NodeError ? error.reason : String(error);
  }
}

async function pair() {
  const house = createServiceHouse();
  const a = await house.service.open(keyOf(1));
  const b = await house.service.open(keyOf(2));
  return { ...house, a, b };
}

describe("an in-process node", () => {
  it("has the address, the key and the MTU", async () => {
    const { a } = await pair();
    expect(a.address.equals(addressOf(1))).toBe(true);
    expect(a.publicKey.equals(keyOf(1).publicKey)).toBe(true);
    expect(a.mtu).toBe(65_535);
  });

  it("copies a message once: neither the sender's buffer nor the receiver's is shared", async () => {
    const { a, b } = await pair();
    const payload = Buffer.from("as it was");
    await a.send(b.address, payload);
    payload.fill(0x20);
    const first = await b.receive();
    expect(text(first.payload)).toBe("as it was");
    expect(first.source.equals(a.address)).toBe(true);
    first.payload.fill(0);
    a.trySend(b.address, bytes("x"));
    expect(text((await b.receive()).payload)).toBe("x");
  });

  it("talks to nodes of the API below it, both ways", async () => {
    const { a, open } = await pair();
    const opening = open(3);
    const memory = createMemory();
    opening.read(memory.reader);
    await a.send(addressOf(3), bytes("down"));
    send(opening, a.address, "up");
    expect(memory.texts).toEqual(["down"]);
    expect(text((await a.receive()).payload)).toBe("up");
  });

  it("pings the daemon", async () => {
    const { a } = await pair();
    await a.send(addressOf(OWN), bytes("inet256p?"));
    const { source, payload } = await a.receive();
    expect([source.equals(addressOf(OWN)), text(payload)]).toEqual([true, "inet256p?"]);
  });

  it("keeps a bounded number of unread bytes, and loses the oldest", async () => {
    const house = createServiceHouse();
    const a = await house.service.open(keyOf(1));
    const b = await house.service.open(keyOf(2), { inboxBytes: 10_000 });
    for (let i = 0; i < 100; i++) a.trySend(b.address, bytes(String(i).padStart(800)));
    const last = text((await b.receive()).payload);
    expect(Number(last)).toBe(90);
  });

  it("sends many, and stops at the first that is refused for good", async () => {
    const { a, b } = await pair();
    const batch = ["1", "2", "3"].map((of) => ({ to: b.address, payload: bytes(of) }));
    expect(a.sendBatch(batch)).toBe(3);
    for (const wanted of ["1", "2", "3"]) expect(text((await b.receive()).payload)).toBe(wanted);
    await a.close();
    expect(a.sendBatch(batch)).toBe(0);
    expect(a.trySend(b.address, bytes("4"))).toBe(false);
  });

  it("answers every call with the reason of its end", async () => {
    for (const [reason, end] of [
      ["NODE_CLOSED", (node: Node) => node.close()],
      ["NODE_DROPPED", (node: Node) => node.drop()],
    ] as const) {
      const { a, b, nodes } = await pair();
      const waiting = a.receive();
      const reading = (async () => {
        for await (const batch of a.batches()) void batch;
        return "ended";
      })();
      await end(a);
      expect(await reasonOf(waiting)).toBe(reason);
      if (reason === "NODE_CLOSED") expect(await reading).toBe("ended");
      else expect(await reasonOf(reading)).toBe(reason);
      const { bytes: prefix } = b.address;
      for (const call of [
        a.send(b.address, bytes("x")),
        a.receive(),
        a.room(),
        a.findAddress(prefix, 256),
        a.lookupPublicKey(b.address),
        a.drop(),
      ]) {
        expect(await reasonOf(call)).toBe(reason);
      }
      await a.close();
      expect(nodes.size()).toBe(1);
    }
  });

  it("ends when another drops it, and when the daemon stops", async () => {
    const { a, b, nodes, service } = await pair();
    const [atA, atB] = [a.receive(), b.receive()];
    await service.drop(keyOf(1));
    expect(await reasonOf(atA)).toBe("NODE_DROPPED");
    nodes.stop();
    expect(await reasonOf(atB)).toBe("NODE_CLOSED");
  });

  it("checks what it is given", async () => {
    const { a } = await pair();
    const none = undefined as unknown as Address;
    const words = "words" as unknown as Uint8Array;
    expect(await reasonOf(a.send(none, bytes("x")))).toBe("BAD_ADDRESS");
    expect(await reasonOf(a.send(a.address, words))).toBe("BAD_REQUEST");
    expect(await reasonOf(a.send(a.address, new Uint8Array(65_536)))).toBe("MESSAGE_TOO_LARGE");
    expect(await reasonOf(a.send(Address.fromBytes(new Uint8Array(32)), bytes("x")))).toBe(
      "NO_SUCH_ADDRESS",
    );
    expect(() => a.trySend(a.address, new Uint8Array(65_536))).toThrow("65535");
    expect(() => a.sendBatch([{ to: none, payload: bytes("x") }])).toThrow("Address");
  });

  it("gives up with the caller's reason", async () => {
    const { a } = await pair();
    const signal = AbortSignal.abort("enough");
    expect(await reasonOf(a.send(a.address, bytes("x"), { signal }))).toBe("enough");
    expect(await reasonOf(a.room({ signal }))).toBe("enough");
    expect(await reasonOf(a.receive({ signal }))).toBe("enough");
    const controller = new AbortController();
    const waiting = a.receive({ signal: controller.signal });
    controller.abort("later");
    expect(await reasonOf(waiting)).toBe("later");
    await a.send(a.address, bytes("still works"));
    expect(text((await a.receive()).payload)).toBe("still works");
  });
});
