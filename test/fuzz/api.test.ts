// SPDX-License-Identifier: GPL-3.0-or-later

// Random and mutated messages into real streams of Connect. The daemon must do exactly what a slow
// reading of the contract says, message by message: answer, or end the stream with the reason; and
// when all are gone, nothing of them may be left. FUZZ_RUNS sets how many streams (default 1,500),
// FUZZ_SEED which ones; a failure says both.

import { createHash } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { generateKey, keys, type PrivateKey } from "@inet256/client";
import { MAX_STREAM_MESSAGE_BYTES } from "@inet256/client/grpc";
import { type ConnectRequest, ConnectRequestSchema, Reason } from "@inet256/proto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { createRawClient, type RawClient, statusOf } from "../support/raw-client.js";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.js";
import { until } from "../support/until.js";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 1_500);
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
/** Streams at once. */
const LANES = 24;
const MAX_INBOX_BYTES = 4 * 1024 * 1024;
/** More do not fit into a message when each has an address. */
const MOST_DATAGRAMS = Math.floor(MAX_STREAM_MESSAGE_BYTES / 36);

let daemon: TestDaemon;
let client: RawClient;

beforeAll(async () => {
  const limits = { requestsPerSecond: 1_000_000, maxInboxBytes: MAX_INBOX_BYTES };
  daemon = await startTestDaemon({ limits });
  client = createRawClient(daemon.socketPath);
});

afterAll(async () => {
  client.close();
  await daemon.stop();
});

// ---- making messages

const encode = (request: Parameters<typeof create<typeof ConnectRequestSchema>>[1]): Uint8Array =>
  toBinary(ConnectRequestSchema, create(ConnectRequestSchema, request));

function openOf(random: SeededRandom, key: PrivateKey): Uint8Array {
  const value = random.oneIn(8) ? random.bytes(random.below(100)) : key.serialize();
  const inboxBytes = random.pick([0, 0, 1, 100_000, MAX_INBOX_BYTES, MAX_INBOX_BYTES + 1]);
  const datagrams = random.oneIn(3) ? datagramsOf(random, key) : [];
  return encode({
    open: { key: { key: { case: "privateKey", value } }, options: { inboxBytes } },
    datagrams,
  });
}

function datagramsOf(random: SeededRandom, key: PrivateKey) {
  return Array.from({ length: random.below(6) }, () => ({
    address: random.pick([
      () => key.address.bytes,
      () => key.address.bytes,
      () => random.bytes(32),
      () => random.bytes(random.below(40)),
    ])(),
    payload: random.bytes(random.pick([0, 1, 2, 100, 127, 128, random.below(3_000)])),
  }));
}

/** One of few large messages: payloads about the MTU, messages about the limit of a message. */
function largeOf(random: SeededRandom, key: PrivateKey): Uint8Array {
  const { bytes: address } = key.address;
  const sizes = random.pick([
    [65_535],
    [65_536],
    [65_535, 65_535, 65_535, 65_300 + random.below(300)],
    [100_000, 70_000],
  ]);
  return encode({ datagrams: sizes.map((size) => ({ address, payload: new Uint8Array(size) })) });
}

/** A field with bytes, its length in more bytes than it needs now and then. */
function fieldOf(random: SeededRandom, tag: number, body: Uint8Array): Buffer {
  const length =
    body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  if (random.oneIn(6)) {
    length.push(0);
    length[length.length - 2] = Number(length[length.length - 2]) | 0x80;
  }
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}

/** Messages that another encoder might write: fields in any order, twice, absent, or unknown. */
function oddOf(random: SeededRandom, key: PrivateKey): Uint8Array {
  const part = (): Buffer =>
    random.pick([
      () => fieldOf(random, 0x0a, key.address.bytes),
      () => fieldOf(random, 0x0a, random.bytes(random.pick([0, 31, 32, 33]))),
      () => fieldOf(random, 0x12, random.bytes(random.below(200))),
      () => fieldOf(random, 0x1a, random.bytes(random.below(40))),
      () => Buffer.of(0x18, random.below(128)),
    ])();
  const datagram = (): Buffer => {
    const parts = Array.from({ length: 1 + random.below(3) }, part);
    return fieldOf(
      random,
      0x12,
      Buffer.concat(random.oneIn(3) ? parts : [fieldOf(random, 0x0a, key.address.bytes), ...parts]),
    );
  };
  return random.pick([
    () => Buffer.concat(Array.from({ length: random.below(5) }, datagram)),
    () => Buffer.concat([datagram(), Buffer.of(0x18, random.below(128)), datagram()]),
    // Options that are unknown, to be merged into those of an opening.
    () => Buffer.concat([openOf(random, key), Buffer.from("0a041202487b", "hex")]),
  ])();
}

/** Changes some bytes, cuts, repeats, or joins. */
function mutate(random: SeededRandom, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(8));
  const head = bytes.subarray(0, at);
  return random.pick([
    () => Buffer.concat([head, random.bytes(1 + random.below(4)), bytes.subarray(at)]),
    () => Buffer.concat([head, bytes.subarray(to)]),
    () => Buffer.concat([head, random.bytes(to - at), bytes.subarray(to)]),
    () => Buffer.from(head),
    () => Buffer.concat([bytes, other.subarray(random.below(other.length + 1))]),
    () => Buffer.concat([head, bytes.subarray(at, to), bytes.subarray(at)]),
    () => {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = Number(flipped[at]) ^ (1 << random.below(8));
      return flipped;
    },
    () => {
      // A varint that takes a byte more than it needs, where there is one of a single byte.
      const grown = Buffer.concat([
        bytes.subarray(0, at + 1),
        Buffer.of(0),
        bytes.subarray(at + 1),
      ]);
      if (at < grown.length) grown[at] = Number(grown[at]) | 0x80;
      return grown;
    },
  ])();
}

function messageOf(random: SeededRandom, key: PrivateKey): Uint8Array {
  if (random.oneIn(60)) return largeOf(random, key);
  // More datagrams than fit when each has an address, or just not.
  if (random.oneIn(200)) {
    return Buffer.from("1200".repeat(MOST_DATAGRAMS - 1 + random.below(3)), "hex");
  }
  if (random.oneIn(12)) return random.bytes(random.below(200));
  if (random.oneIn(6)) return oddOf(random, key);
  const plain = random.oneIn(5)
    ? openOf(random, key)
    : encode({ datagrams: datagramsOf(random, key) });
  if (random.below(3) > 0) return plain;
  return mutate(random, plain, encode({ datagrams: datagramsOf(random, key) }));
}

// ---- what the contract says

/** What must come of a row of messages. */
interface Expectation {
  /** The reason that the stream ends with; undefined: it goes on. */
  readonly reason: string | undefined;
  readonly isOpen: boolean;
  /** Datagrams that were dealt with. */
  readonly accepted: number;
  /** `number reason` of each that failed. */
  readonly failed: readonly string[];
  /** Datagrams that came back. */
  readonly delivered: readonly string[];
}

const digestOf = (payload: Uint8Array): string =>
  createHash("sha1").update(payload).digest("hex").slice(0, 16);

function decoded(bytes: Uint8Array): ConnectRequest | undefined {
  try {
    return fromBinary(ConnectRequestSchema, Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** Why a node is not opened. */
function refusalOf({ open }: ConnectRequest): string | undefined {
  const key = open?.key?.key;
  if (key?.case !== "privateKey") return "BAD_KEY";
  if ((open?.options?.$unknown ?? []).length > 0) return "UNSUPPORTED_OPTION";
  if ((open?.options?.inboxBytes ?? 0) > MAX_INBOX_BYTES) return "UNSUPPORTED_OPTION";
  try {
    keys.parsePrivateKey(key.value).wipe();
    return undefined;
  } catch {
    return "BAD_KEY";
  }
}

function expectationOf(messages: readonly Uint8Array[], key: PrivateKey): Expectation {
  let isOpen = false;
  let accepted = 0;
  const delivered: string[] = [];
  const failures: string[] = [];
  const end = (reason: string | undefined): Expectation => ({
    reason,
    isOpen,
    accepted,
    failed: failures,
    delivered,
  });
  for (const bytes of messages) {
    if (bytes.length > MAX_STREAM_MESSAGE_BYTES) return end("BAD_REQUEST");
    const request = decoded(bytes);
    if (request === undefined) return end("BAD_REQUEST");
    if (request.open !== undefined) {
      if (isOpen) return end("BAD_REQUEST");
      const refusal = refusalOf(request);
      if (refusal !== undefined) return end(refusal);
      isOpen = true;
    }
    if (!isOpen) return end("BAD_REQUEST");
    if (request.datagrams.length > MOST_DATAGRAMS) return end("BAD_REQUEST");
    for (const { address, payload } of request.datagrams) {
      accepted += 1;
      if (address.length !== 32) failures.push(`${accepted} BAD_ADDRESS`);
      else if (payload.length > 65_535) failures.push(`${accepted} MESSAGE_TOO_LARGE`);
      else if (Buffer.from(address).equals(key.address.bytes)) delivered.push(digestOf(payload));
      else failures.push(`${accepted} NO_SUCH_ADDRESS`);
    }
  }
  return end(undefined);
}

// ---- one stream after the other

async function runOne(random: SeededRandom, key: PrivateKey): Promise<void> {
  const messages = Array.from({ length: 1 + random.below(6) }, () => messageOf(random, key));
  if (random.below(8) > 0) {
    const open = encode({ open: keyed(key) });
    messages.unshift(
      random.oneIn(20) ? Buffer.concat([open, Buffer.from("0a041202487b", "hex")]) : open,
    );
  }
  const expected = expectationOf(messages, key);
  const stream = client.stream();
  for (const message of messages) stream.raw(message);
  stream.end();
  await until("the stream ends", () => stream.ended !== undefined, 20_000);

  const got: Expectation = {
    reason: stream.ended?.reason,
    isOpen: stream.token !== "",
    accepted: stream.acceptedThrough,
    failed: stream.heard.flatMap(({ failed }) =>
      failed.map(({ number, reason }) => `${number} ${Reason[reason]}`),
    ),
    delivered: stream.payloads.map(digestOf),
  };
  const hex = messages.map((message) => Buffer.from(message.subarray(0, 500)).toString("hex"));
  expect(got, `FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}: ${hex.join(" | ")}`).toEqual(expected);
}

const keyed = (key: PrivateKey) => ({
  key: { key: { case: "privateKey" as const, value: key.serialize() } },
});

it(
  `does what the contract says to ${RUNS} streams of nonsense`,
  async () => {
    let left = RUNS;
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      // A key of its own: what is sent to it comes back to this stream.
      const key = generateKey();
      const random = createSeededRandom(SEED * LANES + lane);
      while (left > 0) {
        left -= 1;
        await runOne(random, key);
        await until("its node is gone", () => daemon.service.status().nodes <= LANES);
      }
    });
    await Promise.all(lanes);
    await until("no node is open", () => daemon.service.status().nodes === 0);
    const { queuedBytes, streams, counters } = await statusOf(client);
    expect({ queuedBytes, streams }).toEqual({ queuedBytes: 0, streams: 0 });
    expect(counters["datagrams_lost_no_memory"]).toBe(0);
    expect(daemon.log()).not.toContain("fault");
  },
  60_000 + 20 * RUNS,
);
