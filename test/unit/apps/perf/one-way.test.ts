// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, type Node } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { measureOneWay } from "../../../../apps/src/perf/index.js";
import { KIND, kindOf, numberOf } from "../../../../apps/src/perf/messages.js";
import { altered, beginMeasurement, on } from "../../../support/measurement.js";

describe("a one-way measurement", () => {
  it.each([32, 64, 1400, 65_535])("counts what arrives: %d bytes", async (size) => {
    const { server, client, reports, stop } = await beginMeasurement();
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
    const { server, client } = await beginMeasurement(on([1, 7, 100], () => []));
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ sent: 100, received: 97, lost: 3, lossPercent: 3 });
  });

  it("counts duplicates", async () => {
    const { server, client } = await beginMeasurement(
      on([1, 100], (payload) => [payload, payload]),
    );
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ received: 100, lost: 0, duplicates: 2 });
  });

  it("counts what is altered, as lost too", async () => {
    const { server, client } = await beginMeasurement(on([5], (payload) => [altered(payload)]));
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 100 });
    expect(result).toMatchObject({ received: 99, lost: 1, corrupted: 1 });
  });

  it("counts what comes out of order", async () => {
    let held: Uint8Array | undefined;
    const { server, client } = await beginMeasurement({
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
    const { server, client } = await beginMeasurement({
      onTheWay: ({ payload }) => (lost.delete(kindOf(payload)) ? [] : [payload]),
    });
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 10 });
    expect(result).toMatchObject({ sent: 10, received: 10 });
    expect(lost.size).toBe(0);
  });

  it("waits for what is late, and believes only the answer to its last question", async () => {
    const held: Uint8Array[] = [];
    const reports: Uint8Array[] = [];
    let questions = 0;
    const { server, client } = await beginMeasurement({
      onTheWay({ payload }) {
        switch (kindOf(payload)) {
          case KIND.data:
            if (numberOf(payload) < 10) return [payload];
            held.push(payload);
            return [];
          case KIND.finish:
            questions += 1;
            return questions === 2 ? [...held, payload] : [payload];
          case KIND.report:
            // The answer to the first question comes once more before that to the second.
            reports.push(payload);
            return reports;
          default:
            return [payload];
        }
      },
    });
    const result = await measureOneWay(client, { to: server.address, size: 64, count: 10 });
    expect(result).toMatchObject({ sent: 10, received: 10, lost: 0 });
    expect(questions).toBe(2);
  });

  it("keeps to a rate", async () => {
    const { server, client } = await beginMeasurement();
    const options = { to: server.address, size: 64, rate: 500, durationMs: 200 };
    const { sent } = await measureOneWay(client, options);
    expect(sent).toBeGreaterThan(50);
    expect(sent).toBeLessThanOrEqual(102);
  });

  it("goes on when the node is full now and then, and ends early when asked", async () => {
    let calls = 0;
    const { server, client } = await beginMeasurement({ isFull: () => ++calls % 3 === 0 });
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
    const { service, client } = await beginMeasurement();
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
    const { service, server } = await beginMeasurement();
    const clients = await Promise.all([0, 1, 2].map(() => service.open(generateKey())));
    const measure = (node: Node) =>
      measureOneWay(node, { to: server.address, size: 64, count: 2000 });
    for (const result of await Promise.all(clients.map(measure))) {
      expect(result).toMatchObject({ sent: 2000, received: 2000 });
    }
  });

  it("keeps no more than 64 runs, and no run that did not say hello", async () => {
    const { server, client, reports, stop } = await beginMeasurement();
    const to = server.address;
    for (let i = 0; i < 70; i++) await measureOneWay(client, { to, size: 64, count: 1 });
    expect(reports.length).toBeGreaterThanOrEqual(6);
    await stop();
    expect(reports).toHaveLength(70);
  });
});
