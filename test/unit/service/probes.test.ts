// SPDX-License-Identifier: GPL-3.0-or-later

// Pings and traces of a service: their node is there as long as they last, and nobody's else.

import { Address } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { addressOf, keyOf, OWN } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";

const OPTIONS = { count: 2, sizeBytes: 64, intervalMs: 0, timeoutMs: 1_000 };

describe("ping", () => {
  it("of the daemon itself is answered by the daemon", async () => {
    const { service } = createServiceHouse();
    const { signal } = new AbortController();
    const results = [];
    for await (const result of service.ping(addressOf(OWN), OPTIONS, signal)) results.push(result);
    expect(results.map(({ number, rttMicros }) => [number, rttMicros])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(service.listNodes()).toEqual([]);
  });

  it("has a node of its own, which goes whichever way the caller does", async () => {
    const { service } = createServiceHouse();
    const mine = await service.open(keyOf(5));
    for await (const _ of service.ping(addressOf(OWN), OPTIONS, new AbortController().signal)) {
      const others = service.listNodes().filter(({ address }) => !address.equals(mine.address));
      expect(others).toHaveLength(1);
      break;
    }
    expect(service.listNodes().map(({ address }) => `${address}`)).toEqual([`${mine.address}`]);

    const controller = new AbortController();
    const reason = new Error("gone");
    const asking = (async () => {
      for await (const _ of service.ping(addressOf(5), OPTIONS, controller.signal)) {
        expect.unreachable();
      }
    })();
    await Promise.resolve();
    controller.abort(reason);
    await expect(asking).rejects.toBe(reason);
    expect(service.listNodes()).toHaveLength(1);
  });

  it("of somebody whom nobody knows is refused, and opens nothing", async () => {
    const { service, remote } = createServiceHouse();
    remote.found = undefined;
    const nobody = Address.fromBytes(new Uint8Array(32).fill(9));
    const results = service.ping(nobody, OPTIONS, new AbortController().signal);
    const first = results[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ reason: "NO_SUCH_ADDRESS" });
    expect(service.listNodes()).toEqual([]);
  });
});
