// SPDX-License-Identifier: GPL-3.0-or-later

// More beacons at once than a neighbour may have signatures looked at: whoever joins a large mesh
// by one neighbour knows all of it soon, and a neighbour that lies gets little of us.

import { describe, expect, it } from "vitest";
import {
  MOST_POSTPONED,
  POSTPONED_MS,
} from "../../../../server/src/network/beaconnet/constants.js";
import type { Neighbour } from "../../../../server/src/network/beaconnet/neighbours.js";
import { createPostponed } from "../../../../server/src/network/beaconnet/postponed.js";
import { beaconOf, createBeaconnetLab, nextHop, sayWays, sent, way } from "./attack-lab.js";

const MANY = 700;

describe("joining a large mesh by one neighbour", () => {
  it("finds a way to everybody long before the next beacons", () => {
    const lab = createBeaconnetLab();
    const [newcomer, old, rest] = [lab.daemon("newcomer"), lab.daemon("old"), lab.daemon("rest")];
    lab.link(old, rest);
    lab.run(1_000);
    const routers = Array.from({ length: MANY }, () => lab.node());
    for (let i = 0; i < MANY; i += 100) {
      const some = routers.slice(i, i + 100);
      sayWays(old, rest, ...some.map((router) => way(beaconOf(lab, router, 5))));
      lab.run(1_000);
    }
    expect(old.router.counters["beaconsRefused"]).toBe(0);
    lab.link(newcomer, old);
    lab.run(100);
    const known = (): number => routers.filter((router) => nextHop(newcomer, router)).length;
    expect(known()).toBeLessThan(MANY);
    expect(newcomer.router.counters["beaconsRefused"]).toBeGreaterThan(0);
    lab.run(8_000);
    expect(known()).toBe(MANY);
  });
});

describe("a neighbour that brings beacons without end", () => {
  it("is asked for few of them, and not any more when it has gone", () => {
    const lab = createBeaconnetLab();
    const [a, evil] = [lab.daemon("a"), lab.daemon("evil")];
    lab.link(a, evil);
    lab.run(1_000);
    const router = lab.node();
    const flood = (count: number, seq: number): void => {
      for (let i = 0; i < count; i++) sayWays(a, evil, way(beaconOf(lab, router, seq + i)));
    };
    flood(2_000, 10);
    lab.carried.length = 0;
    lab.run(20 * POSTPONED_MS);
    // It is one router, however many numbers it has.
    expect(sent(lab, "want", a, evil).length).toBeLessThan(5);

    const routers = Array.from({ length: 1_500 }, () => lab.node());
    for (const each of routers) sayWays(a, evil, way(beaconOf(lab, each, 9)));
    lab.carried.length = 0;
    lab.run(4 * POSTPONED_MS);
    const wants = sent(lab, "want", a, evil).length;
    expect(wants).toBeGreaterThan(50);
    expect(wants).toBeLessThanOrEqual(5 * 50);
    lab.unlink(a, evil);
    lab.carried.length = 0;
    lab.run(10 * POSTPONED_MS);
    expect(sent(lab, "want", a)).toEqual([]);
  });

  it("has so many of them remembered, whatever it brings", () => {
    const asked: Uint8Array[] = [];
    const postponed = createPostponed({
      wantFrom: (_neighbour, { address }) => void asked.push(address),
    });
    const neighbour = {} as Neighbour;
    for (let i = 0; i < MOST_POSTPONED + 1_000; i++) {
      postponed.add(Uint8Array.of(i), `router ${i}`, 1, neighbour, 0);
    }
    for (let ms = 0; postponed.nextMs < Number.POSITIVE_INFINITY; ms += POSTPONED_MS) {
      postponed.work(ms);
    }
    expect(asked).toHaveLength(MOST_POSTPONED);
  });
});
