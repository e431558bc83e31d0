// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, MTU } from "@inet256/client";
import { expect, it } from "vitest";
import type { Harness } from "./contract.js";
import { bytes, next, rejects, sendAll, words } from "./support.js";

/** Opening nodes, and what does not outlive them. */
export function openingCases(harness: Harness): void {
  it("gives a node with the key's address, its public key and the MTU", async () => {
    const key = generateKey();
    const node = await harness().service.open(key);
    expect(node.address.equals(key.address)).toBe(true);
    expect(node.publicKey.equals(key.publicKey)).toBe(true);
    expect([node.mtu, MTU]).toEqual([65_535, 65_535]);
  });

  it("leaves the key to the caller, who may wipe it at once", async () => {
    const key = generateKey();
    const before = key.serialize();
    const opening = harness().service.open(key);
    expect(Buffer.compare(key.serialize(), before)).toBe(0);
    key.wipe();
    const node = await opening;
    await node.send(node.address, bytes("hello"));
    expect(await next(node)).toBe("hello");
  });

  it("can be reached from the moment it resolves", async () => {
    const { service, elsewhere } = harness();
    const sender = await elsewhere.open(generateKey());
    for (let round = 0; round < 20; round++) {
      const node = await service.open(generateKey());
      await sender.send(node.address, bytes(`round ${round}`));
      expect(await next(node)).toBe(`round ${round}`);
      await node.close();
    }
  });

  it("succeeds at once after close and after drop", async () => {
    const { service } = harness();
    const key = generateKey();
    for (let round = 0; round < 10; round++) {
      const node = await service.open(key);
      await (round % 2 === 0 ? node.close() : node.drop());
    }
    const node = await service.open(key);
    await node.send(node.address, bytes("still here"));
    expect(await next(node)).toBe("still here");
  });

  it("inbox-does-not-survive-reopen", async () => {
    const { service, elsewhere } = harness();
    const sender = await elsewhere.open(generateKey());
    const key = generateKey();
    for (const end of ["close", "drop", "drop from elsewhere"] as const) {
      const node = await service.open(key);
      await sendAll(sender, node.address, words(`before ${end}`, 5));
      if (end === "drop from elsewhere") await elsewhere.drop(key);
      else await node[end]();
      const again = await service.open(key);
      await sender.send(again.address, bytes(`after ${end}`));
      expect(await next(again)).toBe(`after ${end}`);
      await again.close();
    }
  });

  it("of the daemon's own key is refused, and so is dropping it", async () => {
    const { service, daemonKey, daemonAddress } = harness();
    await rejects(service.open(daemonKey), "KEY_IN_USE_BY_DAEMON");
    await rejects(service.drop(daemonKey), "KEY_IN_USE_BY_DAEMON");
    const node = await service.open(generateKey());
    const found = await node.lookupPublicKey(daemonAddress);
    expect(found.equals(daemonKey.publicKey)).toBe(true);
  });

  it("with an unknown option is refused, and so is one that cannot be honoured", async () => {
    const { service } = harness();
    const key = generateKey();
    for (const options of [{ mtu: 1_000 }, { inboxBytes: 2 ** 32 - 1 }, { inboxBytes: 0 }]) {
      await rejects(service.open(key, options), "UNSUPPORTED_OPTION");
    }
    const node = await service.open(key, { inboxBytes: 1_000_000 });
    await node.send(node.address, bytes("fine"));
    expect(await next(node)).toBe("fine");
  });

  it("with a signal that has aborted rejects with its reason and opens nothing", async () => {
    const { service, elsewhere } = harness();
    const key = generateKey();
    const signal = AbortSignal.abort("never mind");
    await expect(service.open(key, { signal })).rejects.toBe("never mind");
    const other = await elsewhere.open(generateKey());
    await rejects(other.send(key.address, bytes("anybody?")), "NO_SUCH_ADDRESS");
  });

  it("outlives the signal it was opened with", async () => {
    const { service } = harness();
    const controller = new AbortController();
    const node = await service.open(generateKey(), { signal: controller.signal });
    controller.abort("too late");
    await node.send(node.address, bytes("alive"));
    expect(await next(node)).toBe("alive");
  });
}
