// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, type Node } from "@inet256/client";
import { expect, it } from "vitest";
import type { Harness } from "./contract.js";
import { bytes, next, nextOf, rejects, words } from "./support.js";

/** Closing and dropping. */
export function endingCases(harness: Harness): void {
  it("of a closed node makes every call say NODE_CLOSED", async () => {
    const { service } = harness();
    const node = await service.open(generateKey());
    const waiting = rejects(node.receive(), "NODE_CLOSED");
    await node.close();
    await waiting;
    await rejects(node.send(node.address, bytes("late")), "NODE_CLOSED");
    await rejects(node.receive(), "NODE_CLOSED");
    await rejects(node.room(), "NODE_CLOSED");
    await rejects(node.findAddress(node.address.bytes, 8), "NODE_CLOSED");
    await rejects(node.lookupPublicKey(node.address), "NODE_CLOSED");
    await rejects(node.drop(), "NODE_CLOSED");
    expect(node.trySend(node.address, bytes("late"))).toBe(false);
    expect(node.sendBatch([{ to: node.address, payload: bytes("late") }])).toBe(0);
  });

  it("by close may be said again, and by several at once", async () => {
    const { service } = harness();
    const node = await service.open(generateKey());
    await Promise.all([node.close(), node.close(), node.close()]);
    await node.close();
  });

  it("by close sends what was handed over before, and says what became of it", async () => {
    const { service, elsewhere } = harness();
    const receiver = await elsewhere.open(generateKey());
    for (let round = 0; round < 5; round++) {
      const node = await service.open(generateKey());
      const texts = words(`round ${round}`, 50);
      const sends = Promise.allSettled(
        texts.map((text) => node.send(receiver.address, bytes(text))),
      );
      await node.close();
      expect(await nextOf(receiver, 50)).toEqual(texts);
      const statuses = (await sends).map(({ status }) => status);
      expect(statuses).toEqual(new Array(50).fill("fulfilled"));
    }
  });

  it("by close sends what trySend took", async () => {
    const { service, elsewhere } = harness();
    const receiver = await elsewhere.open(generateKey());
    const node = await service.open(generateKey());
    for (const text of words("tried", 20)) node.trySend(receiver.address, bytes(text));
    await node.close();
    expect(await nextOf(receiver, 20)).toEqual(words("tried", 20));
  });

  it("by drop of what is not open succeeds", async () => {
    const { service, elsewhere } = harness();
    const key = generateKey();
    await service.drop(key);
    await elsewhere.open(key);
    await service.drop(key);
    await service.drop(key);
  });

  it("by drop leaves the key to the caller", async () => {
    const key = generateKey();
    await harness().service.drop(key);
    expect(key.serialize().length).toBe(81);
  });

  it("of one node leaves others alone", async () => {
    const { service } = harness();
    const nodes: Node[] = [];
    for (let i = 0; i < 6; i++) nodes.push(await service.open(generateKey()));
    await nodes[0]?.close();
    await nodes[1]?.drop();
    const [from, to] = [nodes[2], nodes[3]];
    if (from === undefined || to === undefined) throw new Error("unreachable");
    await from.send(to.address, bytes("still here"));
    expect(await next(to)).toBe("still here");
  });
}
