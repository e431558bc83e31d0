// SPDX-License-Identifier: GPL-3.0-or-later

// A real daemon behind a wire that is cut again and again, at any byte of any frame: what the
// sender is told is true, and nothing arrives twice (rule O5).

import { type Client, connect, generateKey, type Node, NodeError } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { turn, until } from "../support/until.js";
import { startWire, type Wire } from "../support/wire.js";

const CUTS = 15;
/** Printed with every failure; another one tries other cuts. */
const SEED = Number(process.env["SEED"] ?? 1);

let daemon: TestDaemon;
let wire: Wire;
let clients: readonly Client[] = [];
let connections = 0;

/** A wire that is cut after so many bytes of its heavy direction, or very few of the other. */
async function startCutWire(heavy: "up" | "down"): Promise<void> {
  const random = createSeededRandom(SEED);
  const light = heavy === "up" ? "down" : "up";
  connections = 0;
  wire = await startWire(daemon.socketPath, () => {
    connections += 1;
    if (connections > CUTS) return {};
    // An opening takes some hundred bytes either way: now and then the cut comes before its end.
    const few = random.below(300);
    return random.oneIn(3) ? { [light]: few } : { [heavy]: few + random.below(200_000) };
  });
  clients = [connect(daemon.endpoint), connect(wire.endpoint)];
}

beforeEach(async () => {
  daemon = await startTestDaemon();
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await wire.stop();
  await daemon.stop();
});

/** Opens a node though the wire may be cut meanwhile. */
async function openSomehow(client: Client): Promise<Node> {
  for (;;) {
    try {
      return await client.open(generateKey());
    } catch (error) {
      if (!(error instanceof NodeError && error.reason === "UNAVAILABLE")) throw error;
    }
  }
}

function payloadOf(number: number): Uint8Array {
  const payload = new Uint8Array(number % 50 === 0 ? 30_000 : 40 + (number % 500));
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
}

/** Notes the number of everything that arrives, in order. */
function collect(node: Node): number[] {
  const numbers: number[] = [];
  void (async () => {
    for await (const batch of node.batches()) {
      for (const { payload } of batch) {
        const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
        expect(payload.length).toBe(payloadOf(number).length);
        numbers.push(number);
      }
    }
  })();
  return numbers;
}

it(`a sender whose wire is cut ${CUTS} times is told the truth (seed ${SEED})`, async () => {
  await startCutWire("up");
  const [direct, cut] = clients;
  if (direct === undefined || cut === undefined) throw new Error("unreachable");
  const receiver = await direct.open(generateKey());
  const received = collect(receiver);
  const sender = await openSomehow(cut);
  const outcomes = new Map<number, string>();
  let pending = 0;
  const send = (number: number): void => {
    pending += 1;
    const told = (outcome: string): void => {
      outcomes.set(number, outcome);
      pending -= 1;
    };
    sender.send(receiver.address, payloadOf(number)).then(
      () => told("accepted"),
      (error: unknown) => told(error instanceof NodeError ? error.reason : String(error)),
    );
  };
  for (let number = 0; connections <= CUTS || pending > 0; ) {
    if (connections <= CUTS && pending < 60) send(number++);
    if (number % 10 === 0 || pending >= 60 || connections > CUTS) {
      await turn();
    }
  }
  const told = (outcome: string): readonly number[] =>
    [...outcomes].flatMap(([number, said]) => (said === outcome ? [number] : []));
  const [accepted, unknown] = [told("accepted"), told("OUTCOME_UNKNOWN")];
  expect(accepted.length + unknown.length).toBe(outcomes.size);
  // What is sent last arrives last: then everything has.
  await sender.send(receiver.address, payloadOf(outcomes.size));
  await until("the last message has arrived", () => received.at(-1) === outcomes.size);
  const arrived = new Set(received);
  expect(accepted.filter((number) => !arrived.has(number))).toEqual([]);
  // In order, and so none of them twice.
  expect(received).toEqual([...new Set(received)].sort((a, b) => a - b));
  expect(unknown.length).toBeGreaterThan(CUTS / 2);
});

it(`a receiver whose wire is cut ${CUTS} times gets nothing twice (seed ${SEED})`, async () => {
  await startCutWire("down");
  const [direct, cut] = clients;
  if (direct === undefined || cut === undefined) throw new Error("unreachable");
  const receiver = await openSomehow(cut);
  const received = collect(receiver);
  const sender = await direct.open(generateKey());
  const reasons = new Set<string>();
  let number = 0;
  const sendSome = (): Promise<unknown> =>
    Promise.all(
      Array.from({ length: 20 }, () =>
        sender
          .send(receiver.address, payloadOf(number++))
          .catch((error: unknown) => reasons.add(error instanceof NodeError ? error.reason : "?")),
      ),
    );
  while (connections <= CUTS) await sendSome();
  // While the receiver is away its address is nobody's.
  expect([...reasons]).toEqual(["NO_SUCH_ADDRESS"]);
  const before = received.length;
  while (received.length < before + 100) await sendSome();
  expect(received).toEqual([...new Set(received)].sort((a, b) => a - b));
});
