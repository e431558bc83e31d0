// SPDX-License-Identifier: GPL-3.0-or-later

// The gRPC client against daemons that answer wrongly, late or never. It trusts, but looks.

import {
  Address,
  type Client,
  type ClientEvent,
  connect,
  generateKey,
  type Node,
  NodeError,
  type NodeErrorReason,
} from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import { Reason } from "@inet256/proto";
import { afterEach, describe, expect, it } from "vitest";
import { type Behaviour, type FakeDaemon, startFakeDaemon } from "../../support/fake-daemon.js";
import { until } from "../../support/until.js";
import { bytes, rejects } from "./support.js";

let daemon: FakeDaemon | undefined;
let client: Client | undefined;
const events: ClientEvent[] = [];

afterEach(async () => {
  await client?.close();
  await daemon?.stop();
  daemon = undefined;
  client = undefined;
  events.length = 0;
});

async function connectTo(behaviour: Behaviour): Promise<Client> {
  daemon = await startFakeDaemon(behaviour);
  client = connect(daemon.endpoint, { onEvent: (event) => events.push(event) });
  return client;
}

function seen(type: ClientEvent["type"]): readonly ClientEvent[] {
  return events.filter((event) => event.type === type);
}

describe("an opening that is never answered", () => {
  it("is given up with the signal's reason, and the daemon hears of it", async () => {
    let over = 0;
    const asking = await connectTo({ onOpen() {}, onOver: () => (over += 1) });
    const controller = new AbortController();
    const opening = asking.open(generateKey(), { signal: controller.signal });
    await until("the daemon was asked", () => daemon?.streams.length === 1);
    controller.abort("enough");
    await expect(opening).rejects.toBe("enough");
    await until("the daemon heard", () => over === 1);
    expect(events).toEqual([]);
  });

  it("ends when the client is closed", async () => {
    let over = 0;
    const asking = await connectTo({ onOpen() {}, onOver: () => (over += 1) });
    const opening = rejects(asking.open(generateKey()), "NODE_CLOSED");
    await until("the daemon was asked", () => daemon?.streams.length === 1);
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
    const asking = await connectTo(onOpen === undefined ? {} : { onOpen });
    await rejects(asking.open(generateKey()), reason);
    await until("its stream is over", () => daemon?.streams.every(({ over }) => over) === true);
    // It failed once and for all: nothing is tried again behind the program's back.
    expect([daemon?.streams.length, events]).toEqual([1, []]);
  });

  it("for another public key keeps the key's own", async () => {
    const key = generateKey();
    const publicKey = generateKey().publicKey.serialize();
    const asking = await connectTo({ onOpen: (stream) => stream.open({ publicKey }) });
    const node = await asking.open(key);
    expect(node.publicKey.equals(key.publicKey)).toBe(true);
  });
});

describe("an open stream", () => {
  const opened = async (behaviour: Behaviour = {}): Promise<Node> => {
    const asking = await connectTo(behaviour);
    return asking.open(generateKey());
  };
  const last = () => {
    const stream = daemon?.streams.at(-1);
    if (stream === undefined) throw new Error("no stream");
    return stream;
  };

  it.each([
    ["garbage", Buffer.from("ffffff", "hex")],
    ["a datagram without an address", Buffer.from("1203120161", "hex")],
    ["a datagram with half an address", Buffer.from(`12120a10${"07".repeat(16)}`, "hex")],
    ["a message beyond every limit", Buffer.alloc(1024 * 1024, 0x12)],
  ])("that brings %s is broken off and opened anew", async (_, message) => {
    const node = await opened();
    last().sendBytes(message);
    await until("the node is open again", () => seen("reopened").length === 1);
    expect(seen("disconnected").length).toBe(1);
    await node.send(node.address, bytes("still here"));
    expect(daemon?.received().map(String)).toEqual([String(bytes("still here"))]);
  });

  it.each(["end", "cut"] as const)("that meets its %s is opened anew", async (how) => {
    const node = await opened();
    last()[how]();
    await until("the node is open again", () => seen("reopened").length === 1);
    await node.send(node.address, bytes("still here"));
    expect(last().received.length).toBe(1);
  });

  it("takes what another encoder writes", async () => {
    const node = await opened();
    const payload = Buffer.from("6869", "hex");
    // The payload before the address, and an unknown field behind.
    const datagram = Buffer.concat([
      Buffer.from("12026869", "hex"),
      Buffer.from("0a20", "hex"),
      node.address.bytes,
      Buffer.from("f80101", "hex"),
    ]);
    last().sendBytes(Buffer.concat([Buffer.of(0x12, datagram.length), datagram]));
    const received = await node.receive();
    expect(Buffer.compare(received.payload, payload)).toBe(0);
    expect(received.source.equals(node.address)).toBe(true);
  });

  it("tells of refusals that nobody waits for, and of losses", async () => {
    const node = await opened({
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
    expect(events).toEqual([
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
    const node = await opened();
    const waiting = rejects(node.receive(), reason);
    last().fail(new NodeError(reason, "that is all"));
    await waiting;
    await rejects(node.send(node.address, bytes("late")), reason);
    expect(events).toMatchObject([{ type: "ended", error: { reason } }]);
    expect(daemon?.streams.length).toBe(1);
  });

  it("that is refused on reopening is tried again until it is not", async () => {
    let openings = 0;
    const node = await opened({
      onOpen(stream) {
        openings += 1;
        if (openings === 1 || openings > 3) stream.open();
        else stream.fail(new NodeError("LIMIT_RATE", "later"));
      },
    });
    last().fail(new NodeError("UNAVAILABLE", "going away"));
    await until("the stream is gone", () => seen("disconnected").length === 1);
    const sending = node.send(node.address, bytes("meanwhile"));
    await until("the node is open again", () => seen("reopened").length === 1);
    await sending;
    expect([openings, daemon?.received().length]).toEqual([4, 1]);
  });

  it("that is not accepted from lets close end within its time", async () => {
    const node = await opened({ onDatagrams() {} });
    const sends = Promise.allSettled(
      Array.from({ length: 40 }, () => node.send(node.address, new Uint8Array(65_535))),
    );
    await until("the window is full", () => (daemon?.received().length ?? 0) >= 12);
    const began = performance.now();
    await node.close();
    expect(performance.now() - began).toBeLessThan(4_000);
    const reasons = (await sends).map((end) =>
      end.status === "rejected" ? end.reason.reason : "",
    );
    const written = daemon?.received().length ?? 0;
    expect(reasons).toEqual([
      ...new Array(written).fill("OUTCOME_UNKNOWN"),
      ...new Array(40 - written).fill("NODE_CLOSED"),
    ]);
  });

  it("that is away lets close end at once", async () => {
    const node = await opened();
    await daemon?.stop();
    await until("the stream is gone", () => seen("disconnected").length === 1);
    const sending = rejects(node.send(node.address, bytes("meanwhile")), "NODE_CLOSED");
    await Promise.all([node.close(), sending]);
    await rejects(node.receive(), "NODE_CLOSED");
  });

  it("that is being reopened when the node is closed is not left open", async () => {
    let openings = 0;
    const node = await opened({
      onOpen(stream) {
        openings += 1;
        if (openings === 1) stream.open();
      },
    });
    last().fail(new NodeError("UNAVAILABLE", "going away"));
    await until("it asks again", () => openings === 2);
    await node.close();
    await until("that stream is over too", () => last().over);
    expect(seen("reopened")).toEqual([]);
  });
});

describe("a lookup", () => {
  const never = () => {};
  const openWith = async (unary: NonNullable<Behaviour["unary"]>): Promise<Node> => {
    const asking = await connectTo({ unary });
    return asking.open(generateKey());
  };

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

  it("that is never answered is given up with the signal's reason", async () => {
    const node = await openWith({ findAddress: never, lookupPublicKey: never });
    for (const call of [
      (signal: AbortSignal) => node.findAddress(node.address.bytes, 8, { signal }),
      (signal: AbortSignal) => node.lookupPublicKey(node.address, { signal }),
    ]) {
      const controller = new AbortController();
      const asked = call(controller.signal);
      controller.abort("enough");
      await expect(asked).rejects.toBe("enough");
    }
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
    daemon?.streams[0]?.fail(new NodeError("UNAVAILABLE", "going away"));
    await until("the stream is gone", () => seen("disconnected").length === 1);
    await rejects(node.findAddress(node.address.bytes, 8), "NO_SUCH_ADDRESS");
    expect(sessions).toEqual(["1".padStart(64, "0"), "2".padStart(64, "0")]);
  });
});

describe("a status", () => {
  it("that is answered wrongly is a fault of the daemon", async () => {
    const asking = await connectTo({
      admin: { getStatus: (_, done) => done(null, { address: bytes("short") }) },
    });
    await rejects(asking.status(), "INTERNAL");
  });
});

describe("where no daemon is", () => {
  it("says where it was expected", async () => {
    const nowhere = connect("unix:///nowhere/inet256.sock");
    const calls = [nowhere.open(generateKey()), nowhere.drop(generateKey()), nowhere.status()];
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
