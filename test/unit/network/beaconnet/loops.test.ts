// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import type { RouteEntry } from "../../../../server/src/network/beaconnet/messages.js";
import type { LabDaemon, RouterLab } from "../../../../server/src/testing/index.js";
import { createBeaconnetLab, sayWays, sent } from "./attack-lab.js";

const HONEST = 9;

/** Nine honest routers with some links too many for a tree, and a hostile one linked to three. */
function create(seed: number) {
  const lab = createBeaconnetLab(seed);
  const honest = Array.from({ length: HONEST }, (_, i) => lab.daemon(`h${i}`));
  const evil = lab.daemon("evil");
  const links: [LabDaemon, LabDaemon][] = [];
  for (let i = 1; i < HONEST; i++) links.push(pair(honest[i], honest[lab.random.below(i)]));
  for (let i = 0; i < 5; i++) {
    const [one, other] = pair(lab.random.pick(honest), lab.random.pick(honest));
    const isNew =
      one !== other && !links.some((each) => each.includes(one) && each.includes(other));
    if (isNew) links.push([one, other]);
  }
  for (const [one, other] of links) lab.link(one, other);
  const victims = honest.slice(0, 3);
  for (const victim of victims) lab.link(victim, evil);
  // It says what this test says, and nothing else.
  Object.assign(evil, { hear() {} });
  return { lab, honest, evil, victims, links };
}

function pair(one: LabDaemon | undefined, other: LabDaemon | undefined): [LabDaemon, LabDaemon] {
  if (one === undefined || other === undefined) throw new RangeError("no such daemon");
  return [one, other];
}

/** A router to which the honest ones send in a circle, if there is one. */
function circle(honest: readonly LabDaemon[]): string | undefined {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const hops = new Map(
    honest.map(({ self, router }) => [
      hex(self.address.bytes),
      new Map(router.ways().map((way) => [hex(way.router), hex(way.nextHop)])),
    ]),
  );
  for (const target of hops.keys()) {
    for (const start of hops.keys()) {
      let at: string | undefined = start;
      for (let steps = 0; at !== undefined && at !== target; steps++) {
        if (steps > HONEST) return `${start} to ${target}`;
        at = hops.get(at)?.get(target);
      }
    }
  }
  return undefined;
}

/** Lies about the ways to all routers whose beacons were heard, and retracts, at random. */
function lie(lab: RouterLab, evil: LabDaemon, victims: readonly LabDaemon[]): void {
  const { random } = lab;
  const heard = victims.flatMap((victim) =>
    sent(lab, "routes", victim, evil).flatMap(({ entries }) =>
      entries.flatMap(({ beacon }) => (beacon instanceof Uint8Array ? [beacon] : [])),
    ),
  );
  if (heard.length === 0) return;
  const entries: RouteEntry[] = Array.from({ length: 1 + random.below(5) }, () => ({
    cost: random.pick([0, 1, 1_000, 60_000, 200_000, 0xfffffffe, 0xffffffff]),
    hops: random.below(65),
    secondsLeft: random.pick([0, 1, 30, 255]),
    beacon: random.pick(heard),
  }));
  sayWays(random.pick(victims), evil, ...entries);
}

describe("unsigned-cost-cannot-loop", () => {
  it.each([1, 2, 3, 4])("whatever one says of its ways, seed %i", (seed) => {
    const { lab, honest, evil, victims, links } = create(seed);
    lab.run(500);
    let lies = 0;
    for (let step = 0; step < 1_500; step++) {
      if (lab.random.oneIn(2)) lie(lab, evil, victims);
      if (lab.random.oneIn(20)) {
        const [one, other] = lab.random.pick(links);
        lab.unlink(one, other);
        lab.run(lab.random.below(60));
        expect(circle(honest)).toBeUndefined();
        lab.link(one, other);
      }
      lab.run(lab.random.below(40));
      lies += 1;
      expect(circle(honest), `step ${step}`).toBeUndefined();
    }
    expect(lies).toBe(1_500);
    // It goes, and everybody knows a way to everybody again.
    for (const victim of victims) lab.unlink(victim, evil);
    lab.run(65_000);
    for (const { router } of honest) expect(router.ways().length).toBe(HONEST - 1);
  });
});
