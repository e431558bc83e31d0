// SPDX-License-Identifier: GPL-3.0-or-later

// The gRPC client against daemons that answer an opening wrongly or never. It trusts, but looks.

import { generateKey, NodeError, type NodeErrorReason } from "@inet256/client";
import { describe, expect, it } from "vitest";
import type { Behaviour } from "../../support/fake-daemon.js";
import { until } from "../../support/until.js";
import { createFakeWorld } from "./fake-world.js";
import { rejects } from "./support.js";

const world = createFakeWorld();

describe("an opening that is never answered", () => {
  it("is given up with the signal's reason, and the daemon hears of it", async () => {
    let over = 0;
    const asking = await world.connectTo({ onOpen() {}, onOver: () => (over += 1) });
    const controller = new AbortController();
    const opening = asking.open(generateKey(), { signal: controller.signal });
    await until("the daemon was asked", () => world.daemon.streams.length === 1);
    controller.abort("enough");
    await expect(opening).rejects.toBe("enough");
    await until("the daemon heard", () => over === 1);
    expect(world.events).toEqual([]);
  });

  it("ends when the client is closed", async () => {
    let over = 0;
    const asking = await world.connectTo({ onOpen() {}, onOver: () => (over += 1) });
    const opening = rejects(asking.open(generateKey()), "NODE_CLOSED");
    await until("the daemon was asked", () => world.daemon.streams.length === 1);
    await asking.close();
    await opening;
    await until("the daemon heard", () => over === 1);
  });
});

describe("an opening that is answered wrongly", () => {
  const answers: [string, Behaviour["onOpen"], NodeErrorReason][] = [
    ["by garbage", (stream) => stream.sendBytes(Buffer.from("garbage!")), "INTERNAL"],
    ["by nothing", (stream) => stream.sendBytes(Buffer.alloc(0)), "INTERNAL"],
    ["by datagrams", (stream) => stream.send({ acceptedThrough: 1n }), "INTERNAL"],
    [
      "for another address",
      (stream) => stream.open({ address: generateKey().address.bytes }),
      "INTERNAL",
    ],
    [
      "for half an address",
      (stream) => stream.open({ address: stream.key.address.bytes.subarray(16) }),
      "INTERNAL",
    ],
    ["by the end", (stream) => stream.end(), "UNAVAILABLE"],
    ["by a cut", (stream) => stream.cut(), "UNAVAILABLE"],
    [
      "by an error",
      (stream) => stream.fail(new NodeError("LIMIT_NODES", "too many")),
      "LIMIT_NODES",
    ],
  ];
  it.each(answers)("%s rejects", async (_, onOpen, reason) => {
    const asking = await world.connectTo(onOpen === undefined ? {} : { onOpen });
    await rejects(asking.open(generateKey()), reason);
    await until(
      "its stream is over",
      () => world.daemon.streams.every(({ over }) => over) === true,
    );
    // It failed once and for all: nothing is tried again behind the program's back.
    expect([world.daemon.streams.length, world.events]).toEqual([1, []]);
  });

  it("for another public key keeps the key's own", async () => {
    const key = generateKey();
    const publicKey = generateKey().publicKey.serialize();
    const asking = await world.connectTo({ onOpen: (stream) => stream.open({ publicKey }) });
    const node = await asking.open(key);
    expect(node.publicKey.equals(key.publicKey)).toBe(true);
  });
});
