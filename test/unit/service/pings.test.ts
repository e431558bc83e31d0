// SPDX-License-Identifier: GPL-3.0-or-later

// Round trips by virtual time: what is an answer, what is not, and what is left when a caller goes.

import { type Address, type Datagram, type Node, NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { createDeadlines } from "../../../server/src/core/index.js";
import { type PingOptions, type PingResult, pings } from "../../../server/src/service/pings.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { addressOf } from "../node/local-nodes.js";

const TO = addressOf(1);
const OTHER = addressOf(2);
const USUAL: PingOptions = { count: 3, sizeBytes: 64, intervalMs: 1_000, timeoutMs: 2_000 };

function createScene(options: Partial<PingOptions> = {}) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const sent: Uint8Array[] = [];
  const waiting: Datagram[] = [];
  let wake = (): void => {};
  let refuse: NodeError | undefined;
  const node: Pick<Node, "send" | "receive"> = {
    async send(_, payload) {
      sent.push(Uint8Array.from(payload));
      if (refuse !== undefined) throw refuse;
    },
    receive: ({ signal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const take = (): void => {
          const next = waiting.shift();
          if (next !== undefined) resolve(next);
        };
        wake = take;
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        take();
      }),
  };
  const controller = new AbortController();
  const machine = { clock, deadlines, random: createSeededRandom(1) };
  const all = { ...USUAL, ...options };
  const results = pings(node as Node, TO, all, machine, controller.signal);
  /** Lets promises that are settled go on. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return {
    clock,
    deadlines,
    sent,
    controller,
    settle,
    next: () => results.next() as Promise<IteratorResult<PingResult, void>>,
    leave: () => results.return(),
    refuse(reason: NodeError | undefined) {
      refuse = reason;
    },
    arrive(payload: Uint8Array, source: Address = TO) {
      waiting.push({ source, payload });
      wake();
    },
  };
}

describe("a ping", () => {
  it("that comes back tells how long it took", async () => {
    const { next, settle, sent, clock, arrive } = createScene();
    const first = next();
    await settle();
    expect(sent.map(({ length }) => length)).toEqual([64]);
    clock.advance(250);
    arrive(sent[0] as Uint8Array);
    expect(await first).toEqual({ done: false, value: { number: 1, rttMicros: 250_000 } });
  });

  it("that does not come back is given up at its time, and the next one is its own", async () => {
    const { next, settle, sent, clock, arrive } = createScene({ timeoutMs: 500 });
    const first = next();
    await settle();
    clock.advance(499);
    await settle();
    clock.advance(1);
    expect(await first).toMatchObject({ value: { number: 1, rttMicros: undefined } });
    const second = next();
    await settle();
    expect(sent).toHaveLength(1);
    clock.advance(500);
    await settle();
    expect(sent).toHaveLength(2);
    // The answer to the first one, late, is none to the second.
    arrive(sent[0] as Uint8Array);
    await settle();
    clock.advance(20);
    arrive(sent[1] as Uint8Array);
    expect(await second).toMatchObject({ value: { number: 2, rttMicros: 20_000 } });
  });

  it("that comes back twice is answered once, and the next one is still its own", async () => {
    const { next, settle, sent, clock, arrive } = createScene();
    const first = next();
    await settle();
    const ping = sent[0] as Uint8Array;
    arrive(ping);
    arrive(ping);
    expect(await first).toMatchObject({ value: { number: 1, rttMicros: 0 } });
    const second = next();
    clock.advance(1_000);
    await settle();
    clock.advance(30);
    arrive(sent[1] as Uint8Array);
    expect(await second).toMatchObject({ value: { number: 2, rttMicros: 30_000 } });
  });

  it("that took longer than the pace is followed by the next one at once", async () => {
    const { next, settle, sent, clock, arrive } = createScene();
    const first = next();
    await settle();
    clock.advance(1_500);
    arrive(sent[0] as Uint8Array);
    expect(await first).toMatchObject({ value: { rttMicros: 1_500_000 } });
    void next();
    await settle();
    expect(sent).toHaveLength(2);
  });

  it("is answered by whom it was sent to, and by what was sent", async () => {
    const { next, settle, sent, clock, arrive } = createScene();
    const first = next();
    await settle();
    const ping = sent[0] as Uint8Array;
    arrive(ping, OTHER);
    arrive(ping.subarray(1));
    arrive(ping.map((byte, i) => (i === 12 ? byte ^ 1 : byte)));
    clock.advance(1_999);
    await settle();
    arrive(ping);
    expect(await first).toMatchObject({ value: { rttMicros: 1_999_000 } });
  });

  it.each(["NO_SUCH_ADDRESS", "UNREACHABLE"] as const)(
    "that is refused with %s is one that is lost; the pace is kept",
    async (reason) => {
      const { next, settle, sent, clock, refuse, arrive } = createScene();
      refuse(new NodeError(reason, "gone"));
      expect(await next()).toMatchObject({ value: { number: 1, rttMicros: undefined } });
      refuse(undefined);
      const second = next();
      clock.advance(1_000);
      await settle();
      expect(sent).toHaveLength(2);
      arrive(sent[1] as Uint8Array);
      expect(await second).toMatchObject({ value: { number: 2, rttMicros: 0 } });
    },
  );
});

describe("pings", () => {
  it("end after the last one, and leave nothing behind", async () => {
    const { next, settle, sent, arrive, clock, deadlines } = createScene({ count: 2 });
    for (const number of [1, 2]) {
      const one = next();
      await settle();
      if (number === 2) clock.advance(1_000);
      await settle();
      arrive(sent[number - 1] as Uint8Array);
      expect(await one).toMatchObject({ value: { number } });
    }
    expect(await next()).toEqual({ done: true, value: undefined });
    expect(deadlines.size()).toBe(0);
  });

  it("end with the caller's reason, whatever they wait for", async () => {
    for (const answered of [true, false]) {
      const { next, settle, sent, arrive, controller, deadlines } = createScene();
      const first = next();
      await settle();
      let last = first;
      if (answered) {
        arrive(sent[0] as Uint8Array);
        await first;
        last = next();
        await settle();
      }
      const reason = new Error("gone");
      controller.abort(reason);
      await expect(last).rejects.toBe(reason);
      expect(deadlines.size()).toBe(0);
    }
  });

  it("of a node that is over throw what it says", async () => {
    const { next, refuse } = createScene();
    refuse(new NodeError("NODE_CLOSED", "over"));
    await expect(next()).rejects.toMatchObject({ reason: "NODE_CLOSED" });
  });
});
