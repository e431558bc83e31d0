// SPDX-License-Identifier: GPL-3.0-or-later

// Hostile carried messages, and packets with hops to spare: bounded, and never round and round.

import { describe, expect, it } from "vitest";
import {
  CARRIED_BURST,
  CARRIED_PER_SECOND,
  MOST_HOPS,
} from "../../../../server/src/network/beaconnet/constants.js";
import { writeHeader } from "../../../../server/src/network/header.js";
import type { LabDaemon, LabNode } from "../../../../server/src/testing/index.js";
import { createBesideEvil, say, sayCarried, sent } from "./attack-lab.js";

describe("carried-flood-is-bounded", () => {
  it("of a neighbour's messages so many are carried on at once, and in a second", () => {
    const { lab, a, b, c, evil } = createBesideEvil();
    const flood = (count: number): number => {
      lab.carried.length = 0;
      for (let i = 0; i < count; i++) {
        say(a, evil, {
          type: "carry",
          hopsLeft: 64,
          to: c.self.address.bytes,
          from: evil.self.address.bytes,
          message: lab.random.bytes(40),
        });
      }
      return sent(lab, "carry", a, b).length;
    };
    expect(flood(CARRIED_BURST + 1_000)).toBe(CARRIED_BURST);
    lab.run(1_000);
    expect(flood(2 * CARRIED_PER_SECOND)).toBe(CARRIED_PER_SECOND);
  });
});

describe("carried-messages-do-not-loop", () => {
  it("a message goes down the way to its router, whatever its hops say, and never back", () => {
    const { lab, a, b, c, evil } = createBesideEvil();
    const message = new Uint8Array(40);
    const carry = (to: LabNode, hopsLeft: number): void =>
      say(a, evil, {
        type: "carry",
        hopsLeft,
        to: to.address.bytes,
        from: evil.self.address.bytes,
        message,
      });
    carry(c.self, 255);
    lab.run(1_000);
    expect(sent(lab, "carry", a, b).map(({ hopsLeft }) => hopsLeft)).toEqual([MOST_HOPS - 1]);
    expect(sent(lab, "carry", b, c).map(({ hopsLeft }) => hopsLeft)).toEqual([MOST_HOPS - 2]);
    expect(sent(lab, "carry", c)).toEqual([]);
    lab.carried.length = 0;
    carry(lab.node(), 255);
    carry(evil.self, 255);
    carry(c.self, 0);
    carry(c.self, 1);
    lab.run(1_000);
    expect(sent(lab, "carry", a)).toEqual([]);
    expect(a.router.counters["carriedDropped"]).toBe(4);
  });

  it("nor does one that two hostile ends of a line send round and round: each costs them one", () => {
    const { lab, a, b, c, evil } = createBesideEvil();
    lab.link(evil, c);
    lab.run(1_000);
    lab.carried.length = 0;
    let sentByEvil = 0;
    for (let round = 0; round < 100; round++) {
      const [at, to] = round % 2 === 0 ? [a, c.self] : [c, a.self];
      sayCarried(at, evil, { from: evil.self, to }, { type: "no", query: 1 });
      sentByEvil += 1;
      lab.run(100);
    }
    const honest = [a, b, c].flatMap((daemon) => sent(lab, "carry", daemon));
    expect(honest.length).toBeLessThanOrEqual(2 * sentByEvil);
  });

  it("a packet that says more has as many hops left as any", () => {
    const { lab, b, evil, alice, carol, c, a } = createBesideEvil();
    const buffer = new Uint8Array(400);
    const [to, from] = [carol.address.bytes, alice.address.bytes];
    const nothing = new Uint8Array(0);
    const at = writeHeader(buffer, 300, 255, to, from, nothing, c.self.address.bytes);
    const hops: (number | undefined)[] = [];
    Object.assign(b, {
      carry: (_from: LabDaemon, packet: Uint8Array) => void hops.push(packet[1]),
    });
    a.carry(evil, buffer.subarray(at));
    lab.run(100);
    expect(hops).toEqual([MOST_HOPS - 1]);
  });
});
