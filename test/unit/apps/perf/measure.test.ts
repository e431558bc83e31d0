// SPDX-License-Identifier: GPL-3.0-or-later

// Both ends of a measurement, over a service in memory that loses, doubles, reorders and alters.

import { type Address, generateKey, type Node } from "@inet256/client";
import { afterEach, describe, expect, it } from "vitest";
import {
  measureEcho,
  measureOneWay,
  type Report,
  servePerf,
} from "../../../../apps/src/perf/index.js";
import { KIND, kindOf, numberOf } from "../../../../apps/src/perf/messages.js";
import {
  createMemoryService,
  type MemoryServiceOptions,
  type Passing,
} from "../../../support/memory-service.js";

const endings: AbortController[] = [];
afterEach(() => {
  for (const ending of endings.splice(0)) ending.abort();
});

async function begin(options: MemoryServiceOptions = {}) {
  const service = createMemoryService(options);
  const server = await service.open(generateKey());
  const client = await service.open(generateKey());
  const ending = new AbortController();
  endings.push(ending);
  const reports: [Address, Report][] = [];
  const finished = (source: Address, report: Report): void => void reports.push([source, report]);
  const serving = servePerf(server, ending.signal, { finished }).catch(() => {});
  const stop = async (): Promise<void> => {
    ending.abort();
    await serving;
  };
  return { service, server, client, reports, stop };
}

/** Does something to the data or echo messages of these numbers, on their way there. */
function on(
  numbers: readonly number[],
  change: (payload: Uint8Array) => readonly Uint8Array[],
): MemoryServiceOptions {
  const seen = new Set<number>();
  const onTheWay = ({ payload }: Passing): readonly Uint8Array[] => {
    const kind = kindOf(payload);
    const number = numberOf(payload);
    const isMeant = (kind === KIND.data || kind === KIND.echo) && numbers.includes(number);
    if (!isMeant || seen.has(number)) return [payload];
    seen.add(number);
    return change(payload);
  };
  return { onTheWay };
}

function altered(payload: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(payload);
  copy[40] = 0;
  return copy;
}

describe("a one-way measurement", () => {
  it.each([32, 64, 1400, 65_535])("counts what arrives: %d bytes", async (size) => {
    const { server, client, reports, stop } = await begin();
    const to = server.address;
    const result = await measureOneWay(client, { to, size, count: 1000 });
    expect(result).toMatchObject({ mode: "one-way", size, sent: 1000, received: 1000, lost: 0 });
    expect(result).toMatchObject({ duplicates: 0, reordered: 0, corrupted: 0, lossPercent: 0 });
    expect(result.durationMs).toBeGreaterThan(0);
    const { messagesPerSecond, megabytesPerSecond } = result;
    expect(messagesPerSecond).toBeCloseTo((1000 * 1000) / result.durationMs, 6);
    expect(megabytesPerSecond).toBeCloseTo((messagesPerSecond * size) / 1e6, 6);
    await stop();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.[0].equals(client.address)).toBe(true);
    expect(reports[0]?.[1]).toMatchObject({ received: 1000, bytes: 1000 * size });
  });

  it("counts what is lost", async () => {
    const { server, client } = await begin(on([1, 7, 100], () => []));
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ sent: 100, received: 97, lost: 3, lossPercent: 3 });
  });

  it("counts duplicates", async () => {
    const { server, client } = await begin(on([1, 100], (payload) => [payload, payload]));
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ received: 100, lost: 0, duplicates: 2 });
  });

  it("counts what is altered, as lost too", async () => {
    const { server, client } = await begin(on([5], (payload) => [altered(payload)]));
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ received: 99, lost: 1, corrupted: 1 });
  });

  it("counts what comes out of order", async () => {
    let held: Uint8Array | undefined;
    const { server, client } = await begin({
      onTheWay({ payload }) {
        if (kindOf(payload) !== KIND.data) return [payload];
        if (numberOf(payload) === 5) {
          held = payload;
          return [];
        }
        return numberOf(payload) === 8 && held !== undefined ? [payload, held] : [payload];
      },
    });
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ received: 100, lost: 0, reordered: 1 });
  });

  it("asks again when a question or an answer is lost", async () => {
    const lost = new Set<number>([KIND.hello, KIND.welcome, KIND.finish, KIND.report]);
    const { server, client } = await begin({
      onTheWay: ({ payload }) => (lost.delete(kindOf(payload)) ? [] : [payload]),
    });
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 10 });
    expect(result).toMatchObject({ sent: 10, received: 10 });
    expect(lost.size).toBe(0);
  });

  it("keeps to a rate", async () => {
    const { server, client } = await begin();
    const options = { to: server.address, size: 64, rate: 500, durationMs: 200 };
    const { sent } = await measureOneWay(client, options);
    expect(sent).toBeGreaterThan(50);
    expect(sent).toBeLessThanOrEqual(102);
  });

  it("goes on when the node is full now and then, and ends early when asked", async () => {
    let calls = 0;
    const { server, client } = await begin({ isFull: () => ++calls % 3 === 0 });
    const ending = new AbortController();
    const live = { sent: 0, received: 0 };
    const { signal } = ending;
    const measuring = measureOneWay(client, { to: server.address, size: 64, live, signal });
    await expect.poll(() => live.sent).toBeGreaterThan(20);
    ending.abort();
    const result = await measuring;
    expect(result).toMatchObject({ sent: live.sent, received: live.sent, lost: 0 });
  });

  it("says so when nobody measures there", async () => {
    const { service, client } = await begin();
    const silent = await service.open(generateKey());
    const measuring = measureOneWay(client, { to: silent.address, size: 64, count: 1 });
    await expect(measuring).rejects.toThrow(
      `nothing measures at ${silent.address}, expected: inet256 perf server, running there`,
    );
    const { address } = generateKey();
    await expect(measureOneWay(client, { to: address, size: 64, count: 1 })).rejects.toThrow(
      "NO_SUCH_ADDRESS",
    );
  });

  it("serves several at once", async () => {
    const { service, server } = await begin();
    const clients = await Promise.all([0, 1, 2].map(() => service.open(generateKey())));
    const measure = (node: Node) =>
      measureOneWay(node, { to: server.address, size: 64, count: 2000 });
    for (const result of await Promise.all(clients.map(measure))) {
      expect(result).toMatchObject({ sent: 2000, received: 2000 });
    }
  });

  it("keeps no more than 64 runs, and no run that did not say hello", async () => {
    const { server, client, reports, stop } = await begin();
    const to = server.address;
    for (let i = 0; i < 70; i++) await measureOneWay(client, { to, size: 64, count: 1 });
    expect(reports.length).toBeGreaterThanOrEqual(6);
    await stop();
    expect(reports).toHaveLength(70);
  });
});

describe("an echo measurement", () => {
  it.each([
    [1, undefined],
    [64, undefined],
    [undefined, 20_000],
  ])("times every answer: window %s, rate %s", async (window, rate) => {
    const { server, client } = await begin();
    const options = { to: server.address, size: 100, count: 500, window, rate };
    const result = await measureEcho(client, options);
    expect(result).toMatchObject({ mode: "echo", sent: 500, received: 500, lost: 0 });
    const { min, mean, p50, p99, max } = result.rttMicros;
    expect(min).toBeGreaterThan(0);
    expect(min).toBeLessThanOrEqual(p50);
    expect(p50).toBeLessThanOrEqual(p99);
    expect(p99).toBeLessThanOrEqual(max);
    expect(mean).toBeLessThanOrEqual(max);
  });

  it("never has more on the way than its window", async () => {
    let onTheWay = 0;
    let most = 0;
    const { server, client } = await begin({
      onTheWay({ payload, to }) {
        onTheWay += to.equals(server.address) ? 1 : -1;
        most = Math.max(most, onTheWay);
        return [payload];
      },
    });
    await measureEcho(client, { to: server.address, size: 64, count: 200, window: 8 });
    expect(most).toBe(8);
  });

  it("ends early when asked, with what has been measured", async () => {
    const { server, client } = await begin();
    const ending = new AbortController();
    const live = { sent: 0, received: 0 };
    const { signal } = ending;
    const measuring = measureEcho(client, { to: server.address, size: 64, live, signal });
    await expect.poll(() => live.received).toBeGreaterThan(20);
    ending.abort();
    const result = await measuring;
    expect(result).toMatchObject({ sent: live.sent, received: live.sent, lost: 0 });
  });

  it("goes on after a loss, and counts it", async () => {
    const { server, client } = await begin(on([3], () => []));
    const result = await measureEcho(client, { to: server.address, size: 64, count: 10 });
    expect(result).toMatchObject({ sent: 10, received: 9, lost: 1, lossPercent: 10 });
  });

  it("tells duplicates and altered answers apart", async () => {
    const doubled = on([2], (payload) => [payload, payload]);
    const both = await begin(doubled);
    const options = { size: 64, count: 20, window: 4 };
    expect(await measureEcho(both.client, { to: both.server.address, ...options })).toMatchObject({
      received: 20,
      duplicates: 1,
      corrupted: 0,
    });
    const bad = await begin(on([20], (payload) => [altered(payload)]));
    expect(await measureEcho(bad.client, { to: bad.server.address, ...options })).toMatchObject({
      received: 19,
      lost: 1,
      corrupted: 1,
    });
  });

  it("says so when the address cannot be reached", async () => {
    const { client } = await begin();
    const { address } = generateKey();
    await expect(measureEcho(client, { to: address, size: 64, count: 1 })).rejects.toThrow(
      "NO_SUCH_ADDRESS",
    );
  });
});
