// SPDX-License-Identifier: GPL-3.0-or-later

// Hostile beacons and ways: floods, replays, lies about cost and time, strangers by the thousand.

import { describe, expect, it } from "vitest";
import {
  MOST_ROUTERS,
  NEWS_BURST,
  UNREACHABLE,
} from "../../../../server/src/network/beaconnet/constants.js";
import { createForgotten } from "../../../../server/src/network/beaconnet/forgotten.js";
import type { KnownRouter } from "../../../../server/src/network/beaconnet/routes.js";
import type { LabDaemon, LabNode } from "../../../../server/src/testing/index.js";
import { forgeLocation } from "../support.js";
import {
  beaconOf,
  createBeaconnetLab,
  newestBeacon,
  nextHop,
  say,
  sayCarried,
  sayWays,
  sent,
  way,
} from "./attack-lab.js";

/** a with the neighbours b and evil, and c behind b. */
function create() {
  const lab = createBeaconnetLab();
  const [a, b, c, evil] = ["a", "b", "c", "evil"].map((name) => lab.daemon(name)) as [
    LabDaemon,
    LabDaemon,
    LabDaemon,
    LabDaemon,
  ];
  lab.link(a, b);
  lab.link(b, c);
  lab.link(a, evil);
  lab.run(2_000);
  return { lab, a, b, c, evil };
}

describe("beacon-flood-memory-bound", () => {
  it("sybil-routers-evict-nobody: the table holds so many, and who was there stays", () => {
    const { lab, a, b, c, evil } = create();
    // Of this router a has heard from the hostile neighbour first, and then from b.
    const known = lab.node();
    sayWays(a, evil, way(beaconOf(lab, known, 5)));
    sayWays(a, b, way(beaconOf(lab, known, 5), { cost: 1_100 }));
    lab.unlink(a, b);
    lab.unlink(b, c);
    sayWays(a, evil, way(newestBeacon(lab, c)));
    // This one a knows from the hostile neighbour alone, but for long.
    const old = lab.node();
    sayWays(a, evil, way(beaconOf(lab, old, 5)));
    while (a.router.ways().length < MOST_ROUTERS - 2) {
      const room = MOST_ROUTERS - 2 - a.router.ways().length;
      for (let i = 0; i < Math.min(250, room); i++) {
        sayWays(a, evil, way(beaconOf(lab, lab.node(), 5)));
      }
      lab.run(1_000);
    }
    lab.link(a, b);
    lab.link(b, c);
    lab.run(1_000);
    // This one is the last that the hostile neighbour has told of, but b has told of it too.
    const latest = lab.node();
    sayWays(a, evil, way(beaconOf(lab, latest, 5)));
    sayWays(a, b, way(beaconOf(lab, latest, 5)));
    const newcomers: LabNode[] = [];
    for (let i = 0; i < 300; i++) {
      sayWays(a, evil, way(beaconOf(lab, lab.node(), 5)));
      if (i % 100 !== 0) continue;
      lab.run(1_000);
      const newcomer = lab.node();
      newcomers.push(newcomer);
      sayWays(a, b, way(beaconOf(lab, newcomer, 5)));
    }
    for (const honest of [old, latest, ...newcomers]) expect(nextHop(a, honest)).toBeDefined();
    expect(a.router.ways().length).toBe(MOST_ROUTERS);
    expect(a.router.counters["routersRefused"]).toBeGreaterThan(250);
    for (const honest of [b.self, c.self, known]) expect(nextHop(a, honest)).toBeDefined();
  });

  it("what is remembered of routers that are gone is shared", () => {
    const forgotten = createForgotten(100);
    const router = (name: string, holder: string): KnownRouter => ({
      address: new Uint8Array(32),
      name,
      holder,
      offers: new Map(),
      neighbour: -1,
      cost: UNREACHABLE,
      gone: true,
      leastSeq: 7,
      leastCost: 1,
      leastUntilMs: 0,
      newest: undefined,
    });
    for (let i = 0; i < 10; i++) forgotten.keep(router(`honest ${i}`, "b"));
    for (let i = 0; i < 1_000; i++) forgotten.keep(router(`sybil ${i}`, "evil"));
    expect(forgotten.size).toBe(100);
    for (let i = 0; i < 10; i++) expect(forgotten.get(`honest ${i}`)?.leastSeq).toBe(7);
    expect(forgotten.get("sybil 999")?.leastSeq).toBe(7);
    expect(forgotten.get("sybil 100")).toBeUndefined();
  });
});

describe("replayed-beacon-resurrects-nobody", () => {
  it("a beacon counts for its lifetime after it was first heard, whatever is said of it", () => {
    const { lab, a, b, c, evil } = create();
    const beacon = newestBeacon(lab, c);
    lab.unlink(b, c);
    let gone = 0;
    for (let second = 0; second < 300; second++) {
      sayWays(a, evil, way(beacon, { cost: 0, hops: 0, secondsLeft: 255 }));
      lab.run(1_000);
      if (second > 61 && nextHop(a, c.self) === undefined) gone += 1;
    }
    expect(gone).toBe(300 - 62);
    expect(a.router.counters["beaconsOld"]).toBeGreaterThan(200);
  });

  it("nor does it count for longer when it was taken back meanwhile", () => {
    const { lab, a, b, c, evil } = create();
    const beacon = newestBeacon(lab, c);
    lab.unlink(b, c);
    sayWays(a, evil, way(beacon));
    lab.run(50_000);
    expect(nextHop(a, c.self)).toBeDefined();
    sayWays(a, evil, way(beacon, { cost: UNREACHABLE }));
    expect(nextHop(a, c.self)).toBeUndefined();
    sayWays(a, evil, way(beacon));
    lab.run(12_000);
    expect(nextHop(a, c.self)).toBeUndefined();
  });

  it("seconds-left-lie-ends-own-way-only", () => {
    const { lab, a, b, c, evil } = create();
    let lied = 0;
    let last: Uint8Array | undefined;
    for (let ms = 0; ms < 100_000; ms += 5) {
      lab.carried.length = 0;
      lab.run(5);
      // The hostile neighbour is faster than b.
      for (const { entries } of sent(lab, "routes", c)) {
        for (const { beacon } of entries) {
          if (!(beacon instanceof Uint8Array)) continue;
          sayWays(a, evil, way(beacon, { secondsLeft: 1 }));
          lied += 1;
          last = beacon;
        }
      }
      // What b says of it later still counts.
      if (last !== undefined && ms % 3_000 === 0) {
        sayWays(a, b, way(last, { cost: 50_500 + (ms % 4), secondsLeft: 20 }));
      }
      expect(nextHop(a, c.self), `${ms} ms`).toBeDefined();
    }
    expect(lied).toBeGreaterThan(2);
    expect(nextHop(a, c.self)).toEqual(b.self.address.bytes);
  });
});

describe("changing-ways-are-told-rarely", () => {
  it("to the other neighbours, and the last word is told", () => {
    const { lab, a, b, evil } = create();
    const router = lab.node();
    const beacon = beaconOf(lab, router, 5);
    sayWays(a, evil, way(beacon));
    lab.run(100);
    lab.carried.length = 0;
    for (let i = 0; i < 1_000; i++) {
      const cost = i % 2 === 0 ? UNREACHABLE : 1_000;
      sayWays(a, evil, way({ router: router.address.bytes, seq: 5 }, { cost }));
      if (cost === UNREACHABLE) sayWays(a, evil, way(beacon, { cost: 500_000 }));
      lab.run(20);
    }
    const told = (): number =>
      sent(lab, "routes", a, b).reduce((sum, { entries }) => sum + entries.length, 0);
    expect(told()).toBeLessThan(NEWS_BURST + 30);
    expect(a.router.counters["newsDelayed"]).toBeGreaterThan(500);
    // The last word is told, though not at once.
    for (let i = 0; i < 40; i++) {
      sayWays(a, evil, way(beacon, { cost: i % 2 === 0 ? 1_000 : 300_000 }));
    }
    const last = beaconOf(lab, router, 6);
    sayWays(a, evil, way(last));
    lab.carried.length = 0;
    lab.run(5_000);
    const beacons = sent(lab, "routes", a, b).flatMap(({ entries }) =>
      entries.map((entry) => entry.beacon),
    );
    expect(beacons).toContainEqual(last);
    expect(nextHop(b, router)).toEqual(a.self.address.bytes);
    const { bytes } = router.address;
    sayWays(a, evil, way({ router: bytes, seq: 6 }, { cost: UNREACHABLE }));
    lab.run(5_000);
    expect([nextHop(a, router), nextHop(b, router)]).toEqual([undefined, undefined]);
  });
});

describe("two-routers-with-one-key-do-not-outbid", () => {
  it("each other's numbers all the time", () => {
    const { lab, a, evil } = create();
    const before = a.router.counters["beaconsMade"] ?? 0;
    for (let i = 0; i < 600; i++) {
      const ahead = 2 ** 45 + i * 1_000;
      sayWays(a, evil, way(beaconOf(lab, a.self, ahead)));
      lab.run(100);
    }
    // In a minute: the regular ones, and a few.
    expect((a.router.counters["beaconsMade"] ?? 0) - before).toBeLessThan(10);
    expect(a.router.counters["beaconsOvertaken"]).toBeGreaterThan(500);
    lab.run(31_000);
    lab.carried.length = 0;
    expect(nextHop(evil, a.self)).toBeDefined();
  });
});

describe("quotas", () => {
  it("carried-garbage-keeps-no-beacon-away: from behind a neighbour", () => {
    const { lab, a, b } = create();
    const liar = lab.node();
    const location = forgeLocation(lab, {
      node: lab.node(),
      router: liar,
      seq: 9,
      attachSigner: lab.node(),
    });
    const between = { from: liar, to: a.self };
    for (let i = 0; i < 1_000; i++) {
      sayCarried(a, b, between, { type: "answer", query: 0, location });
    }
    expect(a.router.counters["locationsRefused"]).toBeGreaterThan(500);
    for (let i = 0; i < 200; i++) {
      const router = lab.node();
      sayWays(a, b, way(beaconOf(lab, router, 5)));
      expect(nextHop(a, router)).toEqual(b.self.address.bytes);
    }
    expect(a.router.counters["beaconsRefused"]).toBe(0);
  });

  it("a link that goes down and up buys no new ones", () => {
    const { lab, a, b, evil } = create();
    const query = (): void =>
      say(a, evil, {
        type: "query",
        number: lab.random.u32(),
        hopsLeft: 64,
        flood: lab.random.bytes(8),
        asker: evil.self.address.bytes,
        prefix: lab.random.bytes(32),
        nbits: 256,
      });
    lab.carried.length = 0;
    for (let flap = 0; flap < 10; flap++) {
      for (let i = 0; i < 1_000; i++) query();
      lab.unlink(a, evil);
      lab.link(a, evil);
    }
    lab.run(10);
    expect(sent(lab, "query", a, b).length).toBeLessThan(4_200);
  });
});
