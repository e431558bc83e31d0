// SPDX-License-Identifier: GPL-3.0-or-later

// Clients that speak gRPC and break the rules of Connect, or leave it in every possible moment:
// each is told why, takes nothing with it, and leaves nothing behind.

import { create, toBinary } from "@bufbuild/protobuf";
import { generateKey, type NodeErrorReason, type PrivateKey } from "@inet256/client";
import { MAX_STREAM_MESSAGE_BYTES } from "@inet256/client/grpc";
import { ConnectRequestSchema, NodeService, Reason } from "@inet256/proto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import {
  createRawClient,
  failed,
  type RawClient,
  type RawStream,
  statusOf,
} from "../support/raw-client.js";
import { until } from "../support/until.js";

let daemon: TestDaemon;
let client: RawClient;
let observer: RawClient;

beforeAll(async () => {
  daemon = await startTestDaemon({ limits: { maxInboxBytes: 1_000_000 } });
  client = createRawClient(daemon.socketPath);
  observer = createRawClient(daemon.socketPath);
});

// Whatever a test did: when its streams are gone, nothing is left.
afterEach(async () => {
  client.close();
  await until("no node is open", () => daemon.service.status().nodes === 0);
  expect(daemon.service.status().queuedBytes).toBe(0);
  await expect.poll(async () => (await statusOf(observer)).streams).toBe(0);
  client = createRawClient(daemon.socketPath);
});

afterAll(async () => {
  client.close();
  observer.close();
  await daemon.stop();
});

const openOf = (key: PrivateKey, options: object = {}) => ({
  open: { key: { key: { case: "privateKey" as const, value: key.serialize() } }, options },
});
const to = (address: Uint8Array, text: string) => ({ address, payload: Buffer.from(text) });

/** The encoded request with further bytes behind it, as another version might write them. */
const bytesOf = (request: Parameters<RawStream["send"]>[0], more = ""): Buffer =>
  Buffer.concat([
    toBinary(ConnectRequestSchema, create(ConnectRequestSchema, request)),
    Buffer.from(more, "hex"),
  ]);

async function expectEnd(stream: RawStream, reason: NodeErrorReason, words: string) {
  await until(`${reason}`, () => stream.ended !== undefined);
  expect(stream.ended?.reason).toBe(reason);
  expect(stream.ended?.message).toContain(words);
}

describe("before a node is open", () => {
  const first: readonly (readonly [string, () => Buffer, NodeErrorReason, string])[] = [
    ["noise", () => Buffer.from("ff".repeat(40), "hex"), "BAD_REQUEST", "ConnectRequest"],
    ["an empty request", () => bytesOf({}), "BAD_REQUEST", "the first message: expected open"],
    [
      "datagrams",
      () => bytesOf({ datagrams: [to(new Uint8Array(32), "x")] }),
      "BAD_REQUEST",
      "the first message: expected open",
    ],
    ["an open without a key", () => bytesOf({ open: {} }), "BAD_KEY", "expected a serialized"],
    [
      "a key that is none",
      () => bytesOf({ open: { key: { key: { case: "privateKey", value: Buffer.from("key") } } } }),
      "BAD_KEY",
      "not a serialized key",
    ],
    [
      "the daemon's own key",
      () => bytesOf(openOf(daemon.privateKey)),
      "KEY_IN_USE_BY_DAEMON",
      "own",
    ],
    [
      "an inbox too large",
      () => bytesOf(openOf(generateKey(), { inboxBytes: 1_000_001 })),
      "UNSUPPORTED_OPTION",
      "at most 1000000",
    ],
    ["a cut one", () => bytesOf(openOf(generateKey())).subarray(0, 50), "BAD_REQUEST", "expected"],
    [
      "more than a message may be",
      () => bytesOf({ datagrams: [to(new Uint8Array(32), "x".repeat(MAX_STREAM_MESSAGE_BYTES))] }),
      "BAD_REQUEST",
      "at most 262144 bytes",
    ],
  ];

  it.each(first)("%s ends the stream with the reason", async (_, bytes, reason, words) => {
    const stream = client.stream();
    stream.raw(bytes());
    await expectEnd(stream, reason, words);
    expect(stream.heard).toEqual([]);
  });

  it("an option that the daemon does not know is refused, by its number", async () => {
    const stream = client.stream();
    const known = toBinary(
      ConnectRequestSchema,
      create(ConnectRequestSchema, openOf(generateKey())),
    );
    // Field 2 of field 1, the options, a second time: proto3 merges them. Field 9 in them is new.
    stream.raw(Buffer.concat([known, Buffer.from("0a041202487b", "hex")]));
    await expectEnd(stream, "UNSUPPORTED_OPTION", "field 9 is unknown");
  });

  it("nothing at all is patience, and an end is an end", async () => {
    const stream = client.stream();
    await expect.poll(async () => (await statusOf(observer)).streams).toBe(1);
    stream.end();
    await until("ended", () => stream.ended !== undefined);
    expect(stream.ended).toMatchObject({ code: 0, reason: undefined });
  });
});

describe("on an open stream", () => {
  it("a second open ends it, whatever the key", async () => {
    for (const other of [undefined, generateKey()]) {
      const key = generateKey();
      const stream = await client.open(key);
      stream.send(openOf(other ?? key));
      await expectEnd(stream, "BAD_REQUEST", "open: expected in the first message only");
    }
  });

  it("noise ends it, and what was before it has been delivered", async () => {
    const [a, b] = [await client.open(generateKey()), await client.open(generateKey())];
    a.send({ datagrams: [to(b.address, "1"), to(b.address, "2")] });
    a.raw(Buffer.from("08", "hex"));
    await expectEnd(a, "BAD_REQUEST", "ConnectRequest");
    await until("b has both", () => b.payloads.length === 2);
    expect(a.acceptedThrough).toBe(2);
    expect(b.ended).toBeUndefined();
  });

  it("a message with one bad datagram at its end delivers none of it", async () => {
    const [a, b] = [await client.open(generateKey()), await client.open(generateKey())];
    a.raw(bytesOf({ datagrams: [to(b.address, "1")] }, "1205ffff"));
    await expectEnd(a, "BAD_REQUEST", "ConnectRequest");
    const c = await client.open(generateKey());
    c.send({ datagrams: [to(b.address, "after")] });
    await until("b hears c", () => b.payloads.length > 0);
    expect(b.payloads.map(String)).toEqual(["after"]);
  });

  it("a message beyond 256 KiB ends it; one of exactly that is served", async () => {
    const stream = await client.open(generateKey());
    const payloads = [65_535, 65_535, 65_535];
    const fixed = payloads.map((size) => to(stream.address, "x".repeat(size)));
    const rest = MAX_STREAM_MESSAGE_BYTES - bytesOf({ datagrams: fixed }).length - 42;
    const whole = bytesOf({ datagrams: [...fixed, to(stream.address, "y".repeat(rest))] });
    expect(whole.length).toBe(MAX_STREAM_MESSAGE_BYTES);
    stream.raw(whole);
    await until("all are back", () => stream.payloads.length === 4);
    const over = [...fixed, to(stream.address, "y".repeat(rest + 1))];
    stream.send({ datagrams: over });
    await expectEnd(stream, "BAD_REQUEST", "at most 262144 bytes, got 262145");
  });

  it("a message beyond what grpc-js takes ends it too", async () => {
    const stream = await client.open(generateKey());
    stream.raw(Buffer.alloc(5_000_000));
    await until("ended", () => stream.ended !== undefined);
    expect(stream.ended?.code).toBe(8);
  });

  it("an address that is no address fails alone, by its number", async () => {
    const [a, b] = [await client.open(generateKey()), await client.open(generateKey())];
    const lengths = [0, 1, 31, 33, 64, 10_000];
    const datagrams = lengths.flatMap((length) => [
      to(new Uint8Array(length), "lost"),
      to(b.address, `before ${length}`),
    ]);
    a.send({ datagrams });
    await until("all is accepted", () => a.acceptedThrough === 12);
    const failures = a.heard.flatMap(({ failed: all }) => all);
    expect(failures.map(({ number, reason }) => [Number(number), reason])).toEqual(
      lengths.map((_, i) => [2 * i + 1, Reason.BAD_ADDRESS]),
    );
    await until("b has its own", () => b.payloads.length === 6);
    expect(b.payloads.map(String)).toEqual(lengths.map((length) => `before ${length}`));
  });

  it("a payload beyond the MTU, and an address nobody has, fail alone", async () => {
    const stream = await client.open(generateKey());
    stream.send({
      datagrams: [
        to(stream.address, "x".repeat(65_536)),
        to(stream.address, "x".repeat(65_535)),
        to(new Uint8Array(32), ""),
        to(new Uint8Array(32).fill(255), ""),
        to(daemon.address.bytes, "no ping"),
      ],
    });
    await until("all is accepted", () => stream.acceptedThrough === 5);
    const failures = stream.heard.flatMap(({ failed: all }) => all);
    expect(failures.map(({ number, reason }) => [Number(number), reason])).toEqual([
      [1, Reason.MESSAGE_TOO_LARGE],
      [3, Reason.NO_SUCH_ADDRESS],
      [4, Reason.NO_SUCH_ADDRESS],
    ]);
    expect(stream.payloads.map(({ length }) => length)).toEqual([65_535]);
  });

  it("other habits of encoding are understood", async () => {
    const stream = await client.open(generateKey());
    const hex = Buffer.from(stream.address).toString("hex");
    const forms = [
      // Payload before address; an unknown field in the datagram; an empty payload, written;
      // a length with a byte more than it needs; an unknown field beside the datagram.
      `1225120141 0a20${hex}`,
      `1229 0a20${hex} 1801 120142 1800`,
      `1224 0a20${hex} 1200`,
      `12a500 0a20${hex} 120143`,
      `1225 0a20${hex} 120144 f80601`,
    ];
    for (const form of forms) stream.raw(Buffer.from(form.replaceAll(" ", ""), "hex"));
    await until("all are accepted", () => stream.acceptedThrough === forms.length);
    expect(stream.payloads.map(String)).toEqual(["A", "B", "", "C", "D"]);
  });

  it("an empty message is none, however often", async () => {
    const stream = await client.open(generateKey());
    for (let i = 0; i < 1_000; i++) stream.raw(Buffer.alloc(0));
    stream.send({ datagrams: [to(stream.address, "x")] });
    await until("it is accepted", () => stream.acceptedThrough === 1);
    expect(stream.ended).toBeUndefined();
  });
});

describe("a stream that is left", () => {
  const leave: readonly (readonly [string, (key: PrivateKey) => Promise<void> | void])[] = [
    ["before anything was sent", () => void client.stream()],
    [
      "while it opens",
      (key) => {
        const stream = client.stream();
        stream.send(openOf(key));
        stream.cancel();
      },
    ],
    ["when it is open", async (key) => (await client.open(key)).cancel()],
    [
      "with a half-close at once",
      async (key) => {
        const stream = client.stream();
        stream.send(openOf(key));
        stream.end();
        await until("ended", () => stream.ended !== undefined);
        expect(stream.ended?.code).toBe(0);
      },
    ],
    [
      "with datagrams on their way",
      async (key) => {
        const stream = await client.open(key);
        for (let i = 0; i < 50; i++) {
          stream.send({ datagrams: [to(stream.address, "x".repeat(60_000))] });
        }
        stream.cancel();
      },
    ],
    [
      "with datagrams waiting in its inbox",
      async (key) => {
        const [stream, other] = [await client.open(key), await client.open(generateKey())];
        stream.pause();
        for (let i = 0; i < 80; i++) {
          other.send({ datagrams: [to(stream.address, "x".repeat(60_000))] });
        }
        await until("all is accepted", () => other.acceptedThrough === 80);
        stream.cancel();
        other.cancel();
      },
    ],
    [
      "by closing the connection",
      async (key) => {
        const alone = createRawClient(daemon.socketPath);
        const stream = await alone.open(key);
        stream.send({ datagrams: [to(stream.address, "x")] });
        alone.close();
      },
    ],
  ];

  it.each(leave)("%s leaves nothing, and its node can be opened again", async (_, doLeave) => {
    const key = generateKey();
    await doLeave(key);
    const again = await client.open(key);
    again.send({ datagrams: [to(again.address, "new life")] });
    await until("it hears itself", () => again.payloads.length > 0);
    // What was sent in an earlier life may still arrive while that one is open, never later.
    expect(String(again.payloads.at(-1))).toBe("new life");
  });

  it("by a deadline of its own ends with that, and leaves nothing", async () => {
    const answer = await new Promise<number>((resolve) => {
      const call = client.caller.client.makeBidiStreamRequest(
        "/inet256.v1.NodeService/Connect",
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        { deadline: Date.now() + 150 },
      );
      call.on("error", () => {});
      call.on("status", ({ code }) => resolve(code));
      call.resume();
      call.write(bytesOf(openOf(generateKey())));
    });
    expect(answer).toBe(4);
  });

  it("by a drop from elsewhere ends with NODE_DROPPED, and only that one", async () => {
    const key = generateKey();
    const streams = [await client.open(key), await client.open(key)];
    const other = await client.open(generateKey());
    const value = key.serialize();
    const dropped = await observer.call(NodeService.method.drop, {
      key: { key: { case: "privateKey", value } },
    });
    expect(failed(dropped)).toBe(false);
    for (const stream of streams) await expectEnd(stream, "NODE_DROPPED", "dropped");
    other.send({ datagrams: [to(streams[0]?.address ?? new Uint8Array(32), "x")] });
    await until("it is accepted", () => other.acceptedThrough === 1);
    expect(other.heard.flatMap(({ failed: all }) => all)[0]?.reason).toBe(Reason.NO_SUCH_ADDRESS);
  });
});
