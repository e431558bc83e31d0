// SPDX-License-Identifier: GPL-3.0-or-later

// kill -9 of the daemon during traffic, and its restart: clients come back by themselves, nothing
// is delivered twice, and sends of unknown outcome say so.

import {
  type Client,
  type ClientEvent,
  connect,
  generateKey,
  type Node,
  NodeError,
} from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createWorkshop, type StartedProcess, type Workshop } from "../support/processes.js";
import { turn, until } from "../support/until.js";

const KILLS = 2;
/** What we say of ourselves, in milliseconds from the daemon's being there again. */
const CLAIM_MS = 2_000;

let workshop: Workshop;
let clients: readonly Client[];

beforeEach(() => {
  workshop = createWorkshop();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await workshop.end();
});

function numberOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
}

/** A receiver's numbers, and a sender's outcomes by number. */
function createTraffic(sender: Node, receiver: Node) {
  const received: number[] = [];
  const outcomes = new Map<number, string>();
  let [next, pending] = [0, 0];
  void (async () => {
    for await (const batch of receiver.batches()) {
      for (const { payload } of batch) received.push(numberOf(payload));
    }
  })();
  const told = (number: number, outcome: string): void => {
    outcomes.set(number, outcome);
    pending -= 1;
  };
  return {
    received,
    outcomes,
    pending: () => pending,
    /** Sends one; returns its number. */
    send(): number {
      const number = next++;
      const payload = new Uint8Array(64);
      new DataView(payload.buffer).setUint32(0, number);
      pending += 1;
      sender.send(receiver.address, payload).then(
        () => told(number, "accepted"),
        (error: unknown) => told(number, error instanceof NodeError ? error.reason : String(error)),
      );
      return number;
    },
    /** Keeps some on their way until so many more have arrived. */
    async flow(count: number): Promise<void> {
      const goal = received.length + count;
      await until(
        `${count} messages have arrived`,
        () => {
          while (pending < 50) this.send();
          return received.length >= goal;
        },
        20_000,
      );
    },
  };
}

it("kill -9 and restart: back by themselves, nothing twice, the unknown called so", async () => {
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent): void => void events.push(event);
  const seen = (type: ClientEvent["type"]): number =>
    events.filter((event) => event.type === type).length;
  clients = [connect(workshop.endpoint, { onEvent }), connect(workshop.endpoint, { onEvent })];
  let daemon: StartedProcess = await workshop.startDaemon();
  const [sender, receiver] = await Promise.all(clients.map((client) => client.open(generateKey())));
  if (sender === undefined || receiver === undefined) throw new Error("unreachable");
  const traffic = createTraffic(sender, receiver);
  const doomed: number[] = [];

  for (let kill = 1; kill <= KILLS; kill++) {
    await traffic.flow(500);
    // It stops reading first, so that what is written now is surely never answered.
    daemon.kill("SIGSTOP");
    doomed.push(...Array.from({ length: 10 }, traffic.send));
    await turn();
    daemon.kill("SIGKILL");
    const killedAt = performance.now();
    await until("both have noticed", () => seen("disconnected") === 2 * kill);
    // Sent without a daemon: it waits, and goes to the next one.
    const meanwhile = Array.from({ length: 10 }, traffic.send);
    daemon = await workshop.startDaemon();
    const thereAt = performance.now();
    await until("both are open again", () => seen("reopened") === 2 * kill, 20_000);
    const backAt = performance.now();
    await until("what was sent meanwhile is told", () =>
      meanwhile.every((n) => traffic.outcomes.has(n)),
    );
    // Accepted, or too early for the receiver: then its address was still nobody's.
    for (const number of meanwhile) {
      expect(["accepted", "NO_SUCH_ADDRESS"]).toContain(traffic.outcomes.get(number));
    }
    console.info(
      `kill ${kill}: the daemon was there again after ${Math.round(thereAt - killedAt)} ms, its clients ${Math.round(backAt - thereAt)} ms later (claimed: under ${CLAIM_MS})`,
    );
    expect(backAt - thereAt).toBeLessThan(20_000);
  }
  await traffic.flow(500);
  await until("every send has been told", () => traffic.pending() === 0);

  const { received, outcomes } = traffic;
  expect(received).toEqual([...new Set(received)].sort((a, b) => a - b));
  for (const number of doomed) expect(outcomes.get(number)).toBe("OUTCOME_UNKNOWN");
  const known = ["accepted", "OUTCOME_UNKNOWN", "NO_SUCH_ADDRESS"];
  expect([...outcomes.values()].filter((said) => !known.includes(said))).toEqual([]);
  expect([seen("ended"), seen("disconnected"), seen("reopened")]).toEqual([
    0,
    2 * KILLS,
    2 * KILLS,
  ]);
});
