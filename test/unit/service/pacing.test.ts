// SPDX-License-Identifier: GPL-3.0-or-later

// The pace of a program in the daemon's process that sends faster than it goes out.

import { describe, expect, it } from "vitest";
import { PATIENCE_MS } from "../../../server/src/service/index.js";
import { addressOf, keyOf } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";

const bytes = (of: string): Uint8Array => Buffer.from(of);

async function scene() {
  const house = createServiceHouse();
  const node = await house.service.open(keyOf(1));
  const away = addressOf(9);
  house.remote.outcome = "crowded";
  const relieve = (): void => house.nodes.sessionsSink.relieved(addressOf(1).bytes, 0);
  return { ...house, node, away, relieve };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  return (await Promise.race([promise.catch(() => {}), Promise.resolve(pending)])) !== pending;
}

describe("an in-process node that sends in rows", () => {
  it("is told to wait once what it sent piles up, and goes on at relief", async () => {
    const { node, away, relieve, remote } = await scene();
    expect(node.trySend(away, bytes("first"))).toBe(true);
    expect(node.trySend(away, bytes("second"))).toBe(false);
    expect(node.sendBatch([{ to: away, payload: bytes("third") }])).toBe(0);
    const room = node.room();
    expect(await isSettled(room)).toBe(false);
    remote.outcome = "accepted";
    relieve();
    await room;
    expect(node.trySend(away, bytes("fourth"))).toBe(true);
    expect(remote.sent.map(({ text }) => text)).toEqual(["first", "fourth"]);
  });

  it("goes on without relief after a while, and a payload is its caller's meanwhile", async () => {
    const { node, away, clock, remote } = await scene();
    node.trySend(away, bytes("first"));
    const payload = bytes("second");
    const sending = node.send(away, payload);
    payload.fill(0x20);
    expect(await isSettled(sending)).toBe(false);
    clock.advance(PATIENCE_MS);
    await sending;
    expect(remote.sent.map(({ text }) => text)).toEqual(["first", "second"]);
  });

  it("gives up waiting with the caller's signal, and with the node", async () => {
    const { node, away, deadlines } = await scene();
    node.trySend(away, bytes("first"));
    const controller = new AbortController();
    const given = node.send(away, bytes("never"), { signal: controller.signal });
    const waiting = node.room();
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await node.close();
    await expect(waiting).rejects.toMatchObject({ reason: "NODE_CLOSED" });
    expect(deadlines.size()).toBe(0);
  });
});
