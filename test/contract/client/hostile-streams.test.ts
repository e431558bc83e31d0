// SPDX-License-Identifier: GPL-3.0-or-later

// The gRPC client against daemons whose streams bring nonsense, stall, or break.

import { NodeError } from "@inet256/client";
import { Reason } from "@inet256/proto";
import { describe, expect, it, vi } from "vitest";
import { until } from "../../support/until.js";
import { createFakeWorld } from "./fake-world.js";
import { bytes, rejects } from "./support.js";

const world = createFakeWorld();

describe("an open stream", () => {
  it.each([
    ["garbage", Buffer.from("ffffff", "hex")],
    ["a datagram without an address", Buffer.from("1203120161", "hex")],
    ["a datagram with half an address", Buffer.from(`12120a10${"07".repeat(16)}`, "hex")],
    ["a message beyond every limit", Buffer.alloc(1024 * 1024, 0x12)],
  ])("that brings %s is broken off and opened anew", async (_, message) => {
    const node = await world.open();
    world.stream.sendBytes(message);
    await until("the node is open again", () => world.seen("reopened") === 1);
    expect(world.seen("disconnected")).toBe(1);
    await node.send(node.address, bytes("still here"));
    expect(world.daemon.received().map(String)).toEqual([String(bytes("still here"))]);
  });

  it.each(["end", "cut"] as const)("that meets its %s is opened anew", async (how) => {
    const node = await world.open();
    world.stream[how]();
    await until("the node is open again", () => world.seen("reopened") === 1);
    await node.send(node.address, bytes("still here"));
    expect(world.stream.received.length).toBe(1);
  });

  it("takes what another encoder writes", async () => {
    const node = await world.open();
    const payload = Buffer.from("6869", "hex");
    // The payload before the address, and an unknown field behind.
    const datagram = Buffer.concat([
      Buffer.from("12026869", "hex"),
      Buffer.from("0a20", "hex"),
      node.address.bytes,
      Buffer.from("f80101", "hex"),
    ]);
    world.stream.sendBytes(Buffer.concat([Buffer.of(0x12, datagram.length), datagram]));
    const received = await node.receive();
    expect(Buffer.compare(received.payload, payload)).toBe(0);
    expect(received.source.equals(node.address)).toBe(true);
  });

  it("tells of refusals that nobody waits for, and of losses", async () => {
    const node = await world.open({
      onDatagrams: (stream) => {
        stream.send({
          failed: [
            { number: 1n, reason: Reason.UNREACHABLE },
            { number: 77n, reason: 99 as Reason },
          ],
          lost: 12n,
        });
        stream.send({ acceptedThrough: BigInt(stream.received.length) });
      },
    });
    node.trySend(node.address, bytes("to be refused"));
    await node.send(node.address, bytes("to be accepted"));
    expect(world.events).toEqual([
      { type: "refused", node: node.address, reason: "UNREACHABLE" },
      { type: "refused", node: node.address, reason: "INTERNAL" },
      { type: "lost", node: node.address, at: "daemon", total: 12 },
    ]);
  });

  it.each([
    "NODE_DROPPED",
    "DISPLACED",
    "KEY_IN_USE_BY_DAEMON",
    "BAD_KEY",
    "UNAUTHENTICATED",
  ] as const)("that ends with %s is the node's end", async (reason) => {
    const node = await world.open();
    const waiting = rejects(node.receive(), reason);
    world.stream.fail(new NodeError(reason, "that is all"));
    await waiting;
    await rejects(node.send(node.address, bytes("late")), reason);
    expect(world.events).toMatchObject([{ type: "ended", error: { reason } }]);
    expect(world.daemon.streams.length).toBe(1);
  });

  it("that is refused on reopening is tried again until it is not", async () => {
    let openings = 0;
    const node = await world.open({
      onOpen(stream) {
        openings += 1;
        if (openings === 1 || openings > 3) stream.open();
        else stream.fail(new NodeError("LIMIT_RATE", "later"));
      },
    });
    world.stream.fail(new NodeError("UNAVAILABLE", "going away"));
    await until("the stream is gone", () => world.seen("disconnected") === 1);
    const sending = node.send(node.address, bytes("meanwhile"));
    await until("the node is open again", () => world.seen("reopened") === 1);
    await sending;
    expect([openings, world.daemon.received().length]).toEqual([4, 1]);
  });

  it("that is not accepted from lets close end within its time", async () => {
    const node = await world.open({ onDatagrams() {} });
    const sends = Promise.allSettled(
      Array.from({ length: 40 }, () => node.send(node.address, new Uint8Array(65_535))),
    );
    await until("the window is full", () => world.daemon.received().length >= 12);
    const began = performance.now();
    await node.close();
    expect(performance.now() - began).toBeLessThan(4_000);
    const reasons = (await sends).map((end) =>
      end.status === "rejected" ? end.reason.reason : "",
    );
    const written = world.daemon.received().length;
    expect(reasons).toEqual([
      ...new Array(written).fill("OUTCOME_UNKNOWN"),
      ...new Array(40 - written).fill("NODE_CLOSED"),
    ]);
  });

  it("that is away lets close end at once", async () => {
    const node = await world.open();
    await world.daemon.stop();
    await until("the stream is gone", () => world.seen("disconnected") === 1);
    const sending = rejects(node.send(node.address, bytes("meanwhile")), "NODE_CLOSED");
    await Promise.all([node.close(), sending]);
    await rejects(node.receive(), "NODE_CLOSED");
  });

  it("that is away for ten seconds fails what waits, and what comes, with UNAVAILABLE", async () => {
    const node = await world.open();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await world.daemon.stop();
      await until("the stream is gone", () => world.seen("disconnected") === 1);
      const waiting = node.send(node.address, bytes("meanwhile"));
      const told = rejects(waiting, "UNAVAILABLE");
      const room = node.room();
      vi.advanceTimersByTime(9_999);
      await expect(room).resolves.toBeUndefined();
      expect(node.trySend(node.address, bytes("meanwhile"))).toBe(true);
      vi.advanceTimersByTime(1);
      await told;
      await rejects(node.send(node.address, bytes("later")), "UNAVAILABLE");
      await rejects(node.room(), "UNAVAILABLE");
      expect(node.trySend(node.address, bytes("later"))).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it("that is being reopened when the node is closed is not left open", async () => {
    let openings = 0;
    const node = await world.open({
      onOpen(stream) {
        openings += 1;
        if (openings === 1) stream.open();
      },
    });
    world.stream.fail(new NodeError("UNAVAILABLE", "going away"));
    await until("it asks again", () => openings === 2);
    await node.close();
    await until("that stream is over too", () => world.stream.over);
    expect(world.seen("reopened")).toBe(0);
  });
});
