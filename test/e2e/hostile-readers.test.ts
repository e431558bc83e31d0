// SPDX-License-Identifier: GPL-3.0-or-later

// Clients that do not read what they are sent: they lose their own messages, counted, hold a
// bounded amount of memory, also with streams they have left behind, and nobody else notices.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { generateKey } from "@inet256/client";
import { NodeService } from "@inet256/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import {
  createRawClient,
  type RawClient,
  type RawStream,
  statusOf,
} from "../support/raw-client.js";
import { createSilentClient, type SilentClient } from "../support/silent-client.js";
import { until } from "../support/until.js";

const MIB = 1024 * 1024;
/** What may be on its way to the streams of one client. */
const SHARE = 8 * MIB;
const LIMITS = {
  queuedBytes: 32 * MIB,
  queuedBytesPerClient: SHARE,
  inboxBytes: MIB,
  maxInboxBytes: 4 * MIB,
};

let daemon: TestDaemon;
let silent: SilentClient;
let client: RawClient;

beforeEach(async () => {
  daemon = await startTestDaemon({ limits: LIMITS });
  silent = createSilentClient(daemon.socketPath);
  client = createRawClient(daemon.socketPath);
});

afterEach(async () => {
  silent.close();
  client.close();
  await until("no node is open", () => daemon.service.status().nodes === 0);
  // Whatever was held for those who did not read has been given back.
  await until("nothing is queued", () => daemon.service.status().queuedBytes === 0);
  await daemon.stop();
});

const queued = (): number => daemon.service.status().queuedBytes;
const large = "x".repeat(60_000);

/** Sends so many messages of 60 kB to an address, in batches, as fast as they are accepted. */
async function pour(from: RawStream, address: Uint8Array, batches: number): Promise<number> {
  const before = from.acceptedThrough;
  const datagrams = Array.from({ length: 4 }, () => ({ address, payload: Buffer.from(large) }));
  for (let i = 0; i < batches; i++) {
    from.send({ datagrams });
    // At most 1 MiB on its way, as every client does.
    await until("acceptance", () => from.acceptedThrough >= before + 4 * (i - 3));
  }
  await until("all is accepted", () => from.acceptedThrough === before + 4 * batches);
  return 4 * batches;
}

/** Bytes of buffers in use, after everything that is not has been collected. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().arrayBuffers;
}

/** Milliseconds that a message and its answer take between two nodes of their own. */
async function roundTrips(a: RawStream, b: RawStream, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const [atA, atB] = [a.payloads.length, b.payloads.length];
    const start = performance.now();
    a.send({ datagrams: [{ address: b.address, payload: Buffer.from(`ping ${i}`) }] });
    await until("it arrives", () => b.payloads.length > atB);
    b.send({ datagrams: [{ address: a.address, payload: Buffer.from(`pong ${i}`) }] });
    await until("its answer arrives", () => a.payloads.length > atA);
    times.push(performance.now() - start);
  }
  return times.sort((x, y) => x - y);
}

describe("a stream that never reads", () => {
  it("loses its own messages, all accounted for, within its bounds", async () => {
    const victim = await silent.open(generateKey());
    const sender = await client.open(generateKey());
    const sent = await pour(sender, victim.address, 32);
    // Its stream holds 2 MiB and a batch, its inbox 1 MiB.
    expect(queued()).toBeLessThanOrEqual(4 * MIB + LIMITS.inboxBytes);
    const { counters } = await statusOf(client);
    const lost = Number(counters["datagrams_lost_inbox_full"]);
    expect(lost).toBeGreaterThan(sent / 3);
    expect(counters["datagrams_lost_no_memory"]).toBe(0);
    expect(sender.heard.flatMap(({ failed }) => failed)).toEqual([]);

    // It reads after all: what was kept comes, the oldest first, and how many did not.
    victim.read();
    const got = (): number =>
      victim.heard.reduce((sum, { datagrams }) => sum + datagrams.length, 0);
    await until("the rest arrives", () => got() + lost === sent);
    await until("it is told", () => victim.heard.some((m) => Number(m.lost) === lost));
    expect(queued()).toBe(0);
  });

  it("holds up neither those who talk past it nor those who talk to it", async () => {
    const victim = await silent.open(generateKey());
    const others = [createRawClient(daemon.socketPath), createRawClient(daemon.socketPath)];
    const ends = await Promise.all(others.map((other) => other.open(generateKey())));
    const [a, b] = ends;
    if (a === undefined || b === undefined) throw new Error("nobody");
    const before = await roundTrips(a, b, 30);
    const sender = await client.open(generateKey());
    const pouring = pour(sender, victim.address, 30);
    const meanwhile = await roundTrips(a, b, 50);
    await pouring;
    // Both run in one process with the flood itself: generous, and far from standing still.
    const median = (times: readonly number[]): number => times[times.length >> 1] ?? 0;
    expect(median(meanwhile)).toBeLessThan(50 + 10 * median(before));
    // The one that pours into it is heard by others at once, too.
    const count = b.payloads.length;
    sender.send({ datagrams: [{ address: b.address, payload: Buffer.from("and to you") }] });
    await until("b hears the sender", () => b.payloads.length > count);
    for (const other of others) other.close();
  });

  it("does not take the messages of another opening of its node", async () => {
    const key = generateKey();
    const victim = await silent.open(key);
    const reader = await client.open(key, { inboxBytes: 4 * MIB });
    const sender = await client.open(generateKey());
    const sent = await pour(sender, victim.address, 30);
    // Round-robin until the silent one is full, then everything goes to the one that reads.
    const least = sent - (3 * MIB) / large.length;
    await until("the reader has the rest", () => reader.payloads.length >= least);
    // What was handed to the silent one is spent when it goes (rule O5).
    silent.close();
    await until("it is gone", () => daemon.service.status().nodes === 2 && queued() === 0);
    const last = Buffer.from("the last");
    sender.send({ datagrams: [{ address: reader.address, payload: last }] });
    await until("the reader hears on", () => reader.payloads.at(-1)?.equals(last) === true);
    expect(reader.payloads.length - 1).toBeGreaterThanOrEqual(least);
    expect(reader.payloads.length - 1).toBeLessThan(sent - MIB / large.length);
  });
});

describe("many streams that never read", () => {
  it("share what one client may hold; beyond it their messages are lost, counted", async () => {
    const victims = await Promise.all(Array.from({ length: 6 }, () => silent.open(generateKey())));
    const sender = await client.open(generateKey());
    for (const { address } of victims) await pour(sender, address, 14);
    // What waits in streams is the client's share, what waits in inboxes the nodes' own.
    expect(queued()).toBeLessThanOrEqual(SHARE + victims.length * LIMITS.inboxBytes);
    const { counters } = await statusOf(client);
    const lost =
      Number(counters["datagrams_lost_inbox_full"]) + Number(counters["datagrams_lost_no_memory"]);
    expect(lost).toBeGreaterThan(0);
    // Another client's share is untouched.
    const other = createRawClient(daemon.socketPath);
    const reader = await other.open(generateKey());
    await pour(sender, reader.address, 8);
    await until("it gets everything", () => reader.payloads.length === 32);
    other.close();
  });

  it("cannot leave memory behind that nobody counts: dropped, half-closed, or broken", async () => {
    const sender = await client.open(generateKey());
    const before = memoryInUse();
    for (let round = 1; round <= 18; round++) {
      const key = generateKey();
      const victim = await silent.open(key);
      await pour(sender, victim.address, 11);
      if (round % 3 === 0) {
        const value = key.serialize();
        await client.call(NodeService.method.drop, { key: { key: { case: "privateKey", value } } });
      } else if (round % 3 === 1) victim.end();
      else victim.raw(Buffer.from("noise"));
      await until("its node is gone", () => daemon.service.status().nodes === 1);
      // What is left unread stays in the account of the client.
      expect(queued()).toBeGreaterThan(Math.min(round * 2 * MIB, SHARE) - MIB);
      expect(queued()).toBeLessThanOrEqual(SHARE);
    }
    // 18 streams of 2 MiB each were left unread: beyond the client's share they got nothing.
    expect(memoryInUse() - before).toBeLessThan(3 * SHARE);
  });
});

describe("a stream that is not read and goes on sending nonsense", () => {
  it("is not read either after a while, and holds nobody up", async () => {
    const victims = [await silent.open(generateKey()), await silent.open(generateKey())];
    const nobody = new Uint8Array(32);
    const nonsense = { address: nobody, payload: new Uint8Array(0) };
    const datagrams = Array.from({ length: 6_000 }, () => nonsense);
    for (const victim of victims) for (let i = 0; i < 90; i++) victim.send({ datagrams });
    // Each datagram fails, and a failure takes 8 bytes: some 260,000 make the 2 MiB of a stream.
    const failures = () =>
      Number(daemon.service.status().counters["datagrams_refused_no_such_address"]);
    await until("many have failed", () => failures() > 2 * 200_000);
    const [a, b] = [await client.open(generateKey()), await client.open(generateKey())];
    const times = await roundTrips(a, b, 50);
    expect(times.at(-1)).toBeLessThan(5_000);
    expect(failures()).toBeLessThan(2 * 360_000);
    expect(queued()).toBeLessThanOrEqual(SHARE);
  });
});
