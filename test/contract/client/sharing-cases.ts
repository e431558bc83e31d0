// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, type Node } from "@inet256/client";
import { expect, it } from "vitest";
import type { Harness } from "./contract.js";
import { bytes, DEADLINE_MS, next, nextOf, rejects, sendAll, words } from "./support.js";

/** One key, open several times. */
export function sharingCases(harness: Harness): void {
  const shared = async (): Promise<{
    readonly one: Node;
    readonly two: Node;
    readonly sender: Node;
  }> => {
    const { service, elsewhere } = harness();
    const key = generateKey();
    return {
      one: await service.open(key),
      two: await elsewhere.open(key),
      sender: await service.open(generateKey()),
    };
  };

  it("gives each message to exactly one opening, in turn", async () => {
    const { one, two, sender } = await shared();
    const texts = words("shared", 40);
    await sendAll(sender, one.address, texts);
    const [ofOne, ofTwo] = await Promise.all([nextOf(one, 20), nextOf(two, 20)]);
    expect([...ofOne, ...ofTwo].sort()).toEqual([...texts].sort());
    for (const own of [ofOne, ofTwo]) {
      const places = own.map((text) => texts.indexOf(text));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
    // And nobody has any left: what comes next is new to both.
    await sendAll(sender, one.address, ["new", "new"]);
    expect([await next(one), await next(two)]).toEqual(["new", "new"]);
  });

  it("has one address for all, and sends from each", async () => {
    const { one, two, sender } = await shared();
    expect(one.address.equals(two.address)).toBe(true);
    for (const node of [one, two]) {
      await node.send(sender.address, bytes("from one of us"));
      const { source } = await sender.receive({ signal: AbortSignal.timeout(DEADLINE_MS) });
      expect(source.equals(one.address)).toBe(true);
    }
  });

  it("leaves everything to those who stay when one closes", async () => {
    const { one, two, sender } = await shared();
    await one.close();
    await sendAll(sender, two.address, words("for two", 10));
    expect(await nextOf(two, 10)).toEqual(words("for two", 10));
    await rejects(one.receive(), "NODE_CLOSED");
    await two.close();
    await rejects(sender.send(two.address, bytes("gone")), "NO_SUCH_ADDRESS");
  });

  it("is counted within one program too", async () => {
    const { service } = harness();
    const key = generateKey();
    const nodes = [await service.open(key), await service.open(key), await service.open(key)];
    const sender = await service.open(generateKey());
    for (const node of nodes) {
      await sender.send(key.address, bytes("somebody?"));
      await node.close();
      await node.close();
    }
    await rejects(sender.send(key.address, bytes("nobody")), "NO_SUCH_ADDRESS");
  });

  it("ends everywhere when it is dropped, whoever drops it", async () => {
    const { elsewhere, service } = harness();
    for (const by of ["service", "elsewhere", "node"] as const) {
      const key = generateKey();
      const one = await service.open(key);
      const two = await elsewhere.open(key);
      const waiting = [
        rejects(one.receive(), "NODE_DROPPED"),
        rejects(two.receive(), "NODE_DROPPED"),
      ];
      if (by === "node") await one.drop();
      else await harness()[by].drop(key);
      await Promise.all(waiting);
      for (const node of [one, two]) {
        await rejects(node.send(key.address, bytes("anybody?")), "NODE_DROPPED");
        await rejects(node.receive(), "NODE_DROPPED");
        await rejects(node.room(), "NODE_DROPPED");
        await rejects(node.findAddress(key.address.bytes, 8), "NODE_DROPPED");
        await rejects(node.lookupPublicKey(key.address), "NODE_DROPPED");
        await rejects(node.drop(), "NODE_DROPPED");
        expect(node.trySend(key.address, bytes("anybody?"))).toBe(false);
        expect(node.sendBatch([{ to: key.address, payload: bytes("anybody?") }])).toBe(0);
        await node.close();
      }
    }
  });
}
