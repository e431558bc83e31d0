// SPDX-License-Identifier: GPL-3.0-or-later

// Hostile requests for newer beacons: what they make others sign and pass on is bounded.

import { describe, expect, it } from "vitest";
import {
  EXTRA_BEACONS_BURST,
  EXTRA_BEACONS_PER_SECOND,
  WANTS_BURST,
  WANTS_PER_SECOND,
} from "../../../../server/src/network/beaconnet/constants.js";
import { decodeMessage } from "../../../../server/src/network/beaconnet/messages.js";
import type { LabDaemon, LabNode, RouterLab } from "../../../../server/src/testing/index.js";
import { beaconOf, createBesideEvil, say, sayWays, sent, way } from "./attack-lab.js";

/** The sequence number that a daemon has told of itself last. */
function seqAt(lab: RouterLab, at: LabDaemon, router: LabNode): number {
  const want = { type: "want", hopsLeft: 1, router: router.address.bytes, seq: 0 } as const;
  const before = lab.carried.length;
  const asking = lab.daemon(`asking ${before}`);
  lab.link(at, asking);
  say(at, asking, want);
  lab.run(100);
  lab.unlink(at, asking);
  const bytes = lab.carried.slice(before).flatMap(({ from, to, bytes: message }) => {
    const decoded = decodeMessage(message);
    if (from !== at.name || to !== asking.name || decoded?.type !== "routes") return [];
    return decoded.entries.flatMap(({ beacon }) => (beacon instanceof Uint8Array ? [beacon] : []));
  });
  const key = Buffer.from(router.publicKey);
  const of = bytes.map((each) => Buffer.from(each)).findLast((each) => each.includes(key));
  if (of === undefined) throw new Error("it has no beacon of that router");
  return Number(of.readBigUInt64LE(35 + router.publicKey.length));
}

describe("want-storm-is-bounded", () => {
  it("requests make a router sign so often, and are passed on so often", () => {
    const { lab, a, c, evil } = createBesideEvil();
    const made = c.router.counters["beaconsMade"] ?? 0;
    for (let second = 0; second < 20; second++) {
      const seq = seqAt(lab, a, c.self);
      for (let i = 0; i < 1_000; i++) {
        const wanted = seq + 1 + (i % 3);
        say(a, evil, { type: "want", hopsLeft: 255, router: c.self.address.bytes, seq: wanted });
      }
      lab.run(900);
    }
    const more = (c.router.counters["beaconsMade"] ?? 0) - made;
    expect(more).toBeGreaterThan(5);
    expect(more).toBeLessThan(EXTRA_BEACONS_BURST + 20 * EXTRA_BEACONS_PER_SECOND + 3);
    expect(a.router.counters["wantsPassed"]).toBeLessThan(WANTS_BURST + 22 * WANTS_PER_SECOND);
    expect(a.router.counters["wantsRefused"]).toBeGreaterThan(10_000);
  });

  it("a router signs for the number after its own only: a larger one, of nobody's beacon, is no reason", () => {
    const { lab, a, c, evil } = createBesideEvil();
    const want = (more: number): number => {
      const made = c.router.counters["beaconsMade"] ?? 0;
      const seq = seqAt(lab, a, c.self) + more;
      say(a, evil, { type: "want", hopsLeft: 255, router: c.self.address.bytes, seq });
      lab.run(1_000);
      return (c.router.counters["beaconsMade"] ?? 0) - made;
    };
    expect([want(2), want(1_000_000), want(1)]).toEqual([0, 0, 1]);
  });

  it("thousands of routers to which there are bad ways only make us ask so often", () => {
    const { lab, a, evil } = createBesideEvil();
    for (let batch = 0; batch < 8; batch++) {
      for (let i = 0; i < 250; i++) {
        sayWays(a, evil, way(beaconOf(lab, lab.node(), 5), { cost: 2 ** 31 }));
      }
      lab.run(1_000);
    }
    lab.carried.length = 0;
    lab.run(40_000);
    expect(a.router.counters["wantsSent"]).toBeLessThan(WANTS_BURST + 50 * WANTS_PER_SECOND);
  });

  it("each is asked for more and more rarely", () => {
    const { lab, a, b, evil } = createBesideEvil();
    for (let i = 0; i < 20; i++) {
      sayWays(a, evil, way(beaconOf(lab, lab.node(), 5), { cost: 2 ** 31 }));
    }
    lab.run(55_000);
    expect(sent(lab, "want", a, b).length).toBeGreaterThan(20 * 4);
    expect(sent(lab, "want", a, b).length).toBeLessThan(20 * 9);
  });

  it("requests that lead nowhere keep no honest one back", () => {
    const { lab, a, b, c, evil } = createBesideEvil();
    const seq = seqAt(lab, a, c.self);
    lab.carried.length = 0;
    const router = c.self.address.bytes;
    // One that goes nowhere for its number, and one that has no hops left after the next.
    say(a, evil, { type: "want", hopsLeft: 64, router, seq: seq + 1_000 });
    say(a, evil, { type: "want", hopsLeft: 2, router, seq: seq + 1 });
    const other = lab.daemon("other");
    lab.link(a, other);
    say(a, other, { type: "want", hopsLeft: 64, router, seq: seq + 1 });
    say(a, other, { type: "want", hopsLeft: 64, router, seq: seq + 1 });
    expect(
      sent(lab, "want", a, b).map(({ hopsLeft, seq: wanted }) => [hopsLeft, wanted - seq]),
    ).toEqual([
      [63, 1_000],
      [1, 1],
      [63, 1],
    ]);
  });
});
