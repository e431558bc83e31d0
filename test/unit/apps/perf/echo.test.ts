// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { measureEcho } from "../../../../apps/src/perf/index.js";
import { altered, beginMeasurement, on } from "../../../support/measurement.js";

describe("an echo measurement", () => {
  it.each([
    [1, undefined],
    [64, undefined],
    [undefined, 20_000],
  ])("times every answer: window %s, rate %s", async (window, rate) => {
    const { server, client } = await beginMeasurement();
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
    const { server, client } = await beginMeasurement({
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
    const { server, client } = await beginMeasurement();
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
    const { server, client } = await beginMeasurement(on([3], () => []));
    const result = await measureEcho(client, { to: server.address, size: 64, count: 10 });
    expect(result).toMatchObject({ sent: 10, received: 9, lost: 1, lossPercent: 10 });
  });

  it("tells duplicates and altered answers apart", async () => {
    const doubled = on([2], (payload) => [payload, payload]);
    const both = await beginMeasurement(doubled);
    const options = { size: 64, count: 20, window: 4 };
    expect(await measureEcho(both.client, { to: both.server.address, ...options })).toMatchObject({
      received: 20,
      duplicates: 1,
      corrupted: 0,
    });
    const bad = await beginMeasurement(on([20], (payload) => [altered(payload)]));
    expect(await measureEcho(bad.client, { to: bad.server.address, ...options })).toMatchObject({
      received: 19,
      lost: 1,
      corrupted: 1,
    });
  });

  it("says so when the address cannot be reached", async () => {
    const { client } = await beginMeasurement();
    const { address } = generateKey();
    await expect(measureEcho(client, { to: address, size: 64, count: 1 })).rejects.toThrow(
      "NO_SUCH_ADDRESS",
    );
  });
});
