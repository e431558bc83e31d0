// SPDX-License-Identifier: GPL-3.0-or-later

// Rule O5 from the client's side, against a daemon that breaks its streams in the nastiest
// moments: what was written is never written again, and every send says what is known of it.

import { connect, generateKey, type Node, NodeError } from "@inet256/client";
import { afterEach, expect, it } from "vitest";
import { type FakeDaemon, type FakeStream, startFakeDaemon } from "../../support/fake-daemon.js";
import { turn, until } from "../../support/until.js";

const away = new NodeError("UNAVAILABLE", "made up");

/** How a stream goes wrong; each is tried in turn, again and again. */
type Fate = (stream: FakeStream) => void;

const accept = (stream: FakeStream, through: number): void =>
  stream.send({ acceptedThrough: BigInt(through) });

/** At the opening. */
const openings: readonly Fate[] = [
  (stream) => stream.open(),
  (stream) => stream.open(),
  (stream) => stream.fail(away),
  (stream) => stream.open(),
  (stream) => stream.cut(),
  (stream) => {
    stream.open();
    stream.fail(away);
  },
  (stream) => {
    stream.open();
    stream.cut();
  },
];

/** At datagrams. */
const breaks: readonly Fate[] = [
  (stream) => stream.fail(away),
  (stream) => stream.cut(),
  (stream) => stream.end(),
  (stream) => {
    accept(stream, stream.received.length);
    stream.fail(away);
  },
  (stream) => {
    accept(stream, stream.received.length);
    stream.cut();
  },
  (stream) => {
    accept(stream, Math.ceil(stream.received.length / 2));
    stream.end();
  },
  (stream) => {
    accept(stream, 1);
    stream.cut();
  },
  (stream) => stream.sendBytes(Buffer.from("ffffff", "hex")),
  // And some that go well, so that something is accepted.
  (stream) => accept(stream, stream.received.length),
  (stream) => accept(stream, stream.received.length),
  (stream) => accept(stream, stream.received.length - 1),
];

let daemon: FakeDaemon | undefined;
afterEach(() => daemon?.stop());

/** What the program sent: its number is the first four bytes. */
function numberOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
}

function payloadOf(number: number): Uint8Array {
  // Large ones now and then, so that the window fills and messages wait in line.
  const payload = new Uint8Array(number % 20 === 0 ? 65_535 : 4 + (number % 90));
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
}

/** A program that sends without end, by every way, and notes what it is told. */
function createProgram(node: Node) {
  const outcomes = new Map<number, string>();
  let pending = 0;
  let next = 0;
  const settle = (number: number, outcome: string): void => {
    outcomes.set(number, outcome);
    pending -= 1;
  };
  return {
    outcomes,
    pending: () => pending,
    sendSome(): void {
      for (let i = 0; i < 5 && pending < 250; i++) {
        const number = next++;
        const payload = payloadOf(number);
        if (number % 5 === 4) {
          node.trySend(node.address, payload);
        } else {
          pending += 1;
          node.send(node.address, payload).then(
            () => settle(number, "accepted"),
            (error: unknown) =>
              settle(number, error instanceof NodeError ? error.reason : String(error)),
          );
        }
        // It is the program's again: were the client to look at it later, it would see nonsense.
        payload.fill(0xff);
      }
    },
  };
}

it("client-reconnect-never-resends", async () => {
  const [events, breaksWanted]: [string[], number] = [[], 33];
  let [opened, broken] = [0, 0];
  daemon = await startFakeDaemon({
    onOpen: (stream) => {
      if (broken >= breaksWanted) stream.open();
      else openings[opened++ % openings.length]?.(stream);
    },
    onDatagrams: (stream) => {
      if (broken >= breaksWanted) accept(stream, stream.received.length);
      else breaks[broken++ % breaks.length]?.(stream);
    },
  });
  const client = connect(daemon.endpoint, { onEvent: ({ type }) => events.push(type) });
  const node = await client.open(generateKey());
  const program = createProgram(node);
  while (broken < breaksWanted) {
    program.sendSome();
    await turn();
  }
  await until("every send has been told", () => program.pending() === 0);
  await node.send(node.address, payloadOf(0xffffffff));
  await client.close();

  // In order over all streams, and so none of them twice.
  const received = daemon.received().map(numberOf);
  expect(received).toEqual([...new Set(received)].sort((a, b) => a - b));
  const numbers = new Set(received);
  const told = (outcome: string): readonly number[] =>
    [...program.outcomes].flatMap(([number, said]) => (said === outcome ? [number] : []));
  const [accepted, unknown] = [told("accepted"), told("OUTCOME_UNKNOWN")];
  expect(accepted.length + unknown.length).toBe(program.outcomes.size);
  expect(accepted.filter((number) => !numbers.has(number))).toEqual([]);
  // Not vacuous: of those of unknown outcome some have arrived, so sending again would show.
  expect(unknown.filter((number) => numbers.has(number)).length).toBeGreaterThan(20);
  expect(accepted.length).toBeGreaterThan(20);
  expect(daemon.streams.length).toBeGreaterThan(20);
  expect(events.filter((type) => type === "reopened").length).toBeGreaterThan(10);
});
