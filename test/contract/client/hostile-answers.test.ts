// SPDX-License-Identifier: GPL-3.0-or-later

// The gRPC client against daemons that answer its questions wrongly or never, or are not there.

import { Address, connect, generateKey, type Node, NodeError } from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import { describe, expect, it } from "vitest";
import type { Behaviour } from "../../support/fake-daemon.js";
import { until } from "../../support/until.js";
import { createFakeWorld } from "./fake-world.js";
import { bytes, rejects } from "./support.js";

const world = createFakeWorld();

describe("a lookup", () => {
  const openWith = (unary: NonNullable<Behaviour["unary"]>): Promise<Node> => world.open({ unary });

  it("that is answered wrongly is a fault of the daemon", async () => {
    const node = await openWith({
      findAddress: (call, done) => {
        const address = call.request.nbits === 8 ? bytes("short") : generateKey().address.bytes;
        done(null, { address });
      },
      lookupPublicKey: (call, done) => {
        const wrong =
          call.request.address[0] === 0 ? bytes("no key") : generateKey().publicKey.serialize();
        done(null, { publicKey: wrong });
      },
    });
    await rejects(node.findAddress(node.address.bytes, 8), "INTERNAL");
    await rejects(node.findAddress(node.address.bytes, 256), "INTERNAL");
    await rejects(node.lookupPublicKey(node.address), "INTERNAL");
    await rejects(node.lookupPublicKey(Address.NO_ONE), "INTERNAL");
  });

  it("that is never answered is given up with the signal's reason, and the daemon hears of it", async () => {
    let [asked, cancelled] = [0, 0];
    const never = (call: { on(event: "cancelled", heard: () => void): unknown }): void => {
      asked += 1;
      call.on("cancelled", () => {
        cancelled += 1;
      });
    };
    const node = await openWith({ findAddress: never, lookupPublicKey: never });
    for (const call of [
      (signal: AbortSignal) => node.findAddress(node.address.bytes, 8, { signal }),
      (signal: AbortSignal) => node.lookupPublicKey(node.address, { signal }),
    ]) {
      const before = asked;
      const controller = new AbortController();
      const answer = call(controller.signal);
      await until("the daemon was asked", () => asked > before);
      controller.abort("enough");
      await expect(answer).rejects.toBe("enough");
    }
    await until("the daemon has heard", () => cancelled === 2);
  });

  it("that is never answered ends with the node's client", async () => {
    let asked = 0;
    const never = (): void => {
      asked += 1;
    };
    const asking = await world.connectTo({
      unary: { findAddress: never, drop: never },
      admin: { getStatus: never },
    });
    const node = await asking.open(generateKey());
    const calls = [
      rejects(node.findAddress(node.address.bytes, 8), "NODE_CLOSED"),
      rejects(asking.drop(generateKey()), "NODE_CLOSED"),
      rejects(asking.status(), "NODE_CLOSED"),
    ];
    await until("the daemon was asked", () => asked === 3);
    await asking.close();
    await Promise.all(calls);
  });

  it("shows the session of the stream, and of the next one after a break", async () => {
    const sessions: unknown[] = [];
    const node = await openWith({
      findAddress(call, done) {
        sessions.push(call.metadata.get("inet256-session")[0]);
        done(statusOfError(new NodeError("NO_SUCH_ADDRESS", "none")));
      },
    });
    await rejects(node.findAddress(node.address.bytes, 8), "NO_SUCH_ADDRESS");
    world.daemon.streams[0]?.fail(new NodeError("UNAVAILABLE", "going away"));
    await until("the stream is gone", () => world.seen("disconnected") === 1);
    await rejects(node.findAddress(node.address.bytes, 8), "NO_SUCH_ADDRESS");
    expect(sessions).toEqual(["1".padStart(64, "0"), "2".padStart(64, "0")]);
  });
});

describe("a status", () => {
  it("that is answered wrongly is a fault of the daemon", async () => {
    const asking = await world.connectTo({
      admin: { getStatus: (_, done) => done(null, { address: bytes("short") }) },
    });
    await rejects(asking.status(), "INTERNAL");
  });
});

describe("an explanation", () => {
  it("that is answered wrongly is a fault of the daemon", async () => {
    const asking = await world.connectTo({
      admin: { explainRoute: (_, done) => done(null, { router: bytes("short") }) },
    });
    await rejects(asking.explain(generateKey().address), "INTERNAL");
  });

  it("that is never answered is given up with the signal's reason", async () => {
    let asked = 0;
    const asking = await world.connectTo({
      admin: {
        explainRoute: () => {
          asked += 1;
        },
      },
    });
    const controller = new AbortController();
    const answer = asking.explain(generateKey().address, { signal: controller.signal });
    await until("the daemon was asked", () => asked > 0);
    controller.abort("enough");
    await expect(answer).rejects.toBe("enough");
  });

  it("of what is no address is not asked for", async () => {
    const asking = await world.connectTo({});
    await rejects(asking.explain("an address" as never), "BAD_ADDRESS");
  });
});

describe("where no daemon is", () => {
  it("says where it was expected", async () => {
    const nowhere = connect("unix:///nowhere/inet256.sock");
    const calls = [
      nowhere.open(generateKey()),
      nowhere.drop(generateKey()),
      nowhere.status(),
      nowhere.explain(generateKey().address),
    ];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        reason: "UNAVAILABLE",
        message: expect.stringContaining("unix:///nowhere/inet256.sock"),
      });
    }
    await nowhere.close();
    await rejects(nowhere.open(generateKey()), "NODE_CLOSED");
    await rejects(nowhere.drop(generateKey()), "NODE_CLOSED");
    await rejects(nowhere.status(), "NODE_CLOSED");
  });
});
