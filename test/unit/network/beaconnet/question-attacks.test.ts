// SPDX-License-Identifier: GPL-3.0-or-later

// Hostile questions and answers: what they make others do is bounded, and what nobody signed ends
// nothing.

import { describe, expect, it } from "vitest";
import {
  ASKED_BURST,
  MOST_FLOODS,
  MOST_REPLIES,
} from "../../../../server/src/network/beaconnet/constants.js";
import { MOST_TOLD, QUERIES_BURST } from "../../../../server/src/network/constants.js";
import { decodeControl } from "../../../../server/src/network/locating/control-messages.js";
import type { LabDaemon, RouterLab } from "../../../../server/src/testing/index.js";
import {
  beaconOf,
  createBeaconnetLab,
  createBesideEvil,
  say,
  sayCarried,
  sayWays,
  sent,
  way,
} from "./attack-lab.js";

describe("query-flood-is-bounded", () => {
  it("of a neighbour's questions so many are passed on and open, and each is ended", () => {
    const { lab, a, b, evil, carol } = createBesideEvil();
    for (let i = 0; i < 20_000; i++) {
      say(a, evil, {
        type: "query",
        number: i,
        hopsLeft: 64,
        flood: lab.random.bytes(8),
        asker: lab.random.bytes(32),
        prefix: lab.random.bytes(32),
        nbits: 256,
      });
    }
    expect(sent(lab, "query", a, b)).toHaveLength(MOST_FLOODS);
    // Every one is ended: most at once.
    expect(sent(lab, "reply", a, evil)).toHaveLength(20_000 - MOST_FLOODS);
    expect(a.router.counters["queriesRefused"]).toBe(20_000 - QUERIES_BURST);
    lab.run(2_500);
    expect(sent(lab, "reply", a, evil)).toHaveLength(20_000);
    expect(a.find(carol.address.bytes, 256)).toBeDefined();
  });

  it("a router that is said to ask is sent so many locations, and so many are told of a move", () => {
    const { lab, a, b, c, alice } = createBesideEvil();
    const { bytes: prefix } = alice.address;
    // In the name of c, over b, which is honest.
    const between = { from: c.self, to: a.self };
    for (let i = 0; i < 3_000; i++) {
      sayCarried(a, b, between, { type: "query", query: 7, prefix, nbits: 256 });
    }
    expect(sent(lab, "carry", a)).toHaveLength(ASKED_BURST);
    // In the name of many.
    for (let batch = 0; batch < 2; batch++) {
      for (let i = 0; i < 200; i++) {
        const from = lab.node();
        sayWays(a, b, way(beaconOf(lab, from, 5)));
        sayCarried(a, b, { from, to: a.self }, { type: "query", query: 7, prefix, nbits: 256 });
      }
      lab.run(1_000);
    }
    lab.carried.length = 0;
    a.close(alice);
    expect(sent(lab, "carry", a)).toHaveLength(MOST_TOLD);
  });
});

describe("replies-are-bounded", () => {
  it("of one neighbour to one question so many are looked at, and passed on", () => {
    const { lab, a, b, evil } = createBesideEvil();
    // It answers as this test says.
    Object.assign(evil, { hear() {} });
    const reply = (number: number): void => {
      for (let i = 0; i < 50; i++) {
        say(a, evil, { type: "reply", number, last: false, location: lab.random.bytes(200) });
      }
    };
    // A question of a's own.
    a.ask(lab.node().address.bytes, 256);
    const invalid = a.router.counters["locationsInvalid"] ?? 0;
    reply(sent(lab, "query", a, evil)[0]?.number ?? -1);
    expect((a.router.counters["locationsInvalid"] ?? 0) - invalid).toBe(MOST_REPLIES);
    // One of b's that a passed on.
    lab.carried.length = 0;
    b.ask(lab.node().address.bytes, 256);
    lab.run(50);
    reply(sent(lab, "query", a, evil)[0]?.number ?? -1);
    const brought = sent(lab, "reply", a, b).filter(({ location }) => location.length > 0);
    expect(brought).toHaveLength(MOST_REPLIES);
  });
});

describe("false-no-ends-no-question", () => {
  /** asker with two ways to target: over evil, which is faster, and over two honest ones. */
  function createRing() {
    const lab = createBeaconnetLab();
    const names = ["asker", "evil", "target", "first", "second"];
    const [asker, evil, target, first, second] = names.map((name) => lab.daemon(name)) as [
      LabDaemon,
      LabDaemon,
      LabDaemon,
      LabDaemon,
      LabDaemon,
    ];
    for (const [one, other] of [
      [asker, evil],
      [evil, target],
      [asker, first],
      [first, second],
      [second, target],
    ] as const) {
      lab.link(one, other);
    }
    lab.run(2_000);
    let node = lab.node();
    // Its last bit is 0, so that its address is also a prefix of 255 bits.
    while ((node.address.bytes[31] ?? 1) % 2 === 1) node = lab.node();
    target.open(node);
    // It answers as this test says, and drops everything.
    Object.assign(evil, { hear() {} });
    lab.carried.length = 0;
    return { lab, asker, evil, target, first, second, node };
  }

  it("of one who was faster than the others does not end the question", () => {
    const { lab, asker, evil, target, first, node } = createRing();
    const question = asker.ask(node.address.bytes, 256);
    const [asked] = sent(lab, "query", asker, evil);
    if (asked === undefined) throw new Error("it was not asked");
    // It says no to who asks, passes the question on, and drops what comes back.
    say(target, evil, { ...asked, number: 1 });
    say(asker, evil, {
      type: "reply",
      number: asked.number,
      last: true,
      location: new Uint8Array(0),
    });
    lab.run(1_000);
    expect(asker.answers.get(question)?.address.equals(node.address)).toBe(true);
    expect(sent(lab, "reply", first, asker).length).toBeGreaterThan(0);
  });

  it.each([
    ["another prefix", (lab: RouterLab) => ({ prefix: lab.random.bytes(32) })],
    ["a bit less", () => ({ nbits: 255 })],
    ["few hops left", () => ({ hopsLeft: 2 })],
  ])("of a copy with %s does not make the question a repetition", (_name, change) => {
    const { lab, asker, evil, second, node } = createRing();
    lab.link(evil, second);
    lab.run(1_000);
    lab.carried.length = 0;
    const question = asker.ask(node.address.bytes, 256);
    const [asked] = sent(lab, "query", asker);
    if (asked === undefined) throw new Error("it was not asked");
    say(second, evil, { ...asked, number: 1, ...change(lab) });
    lab.run(1_000);
    expect(asker.answers.get(question)?.address.equals(node.address)).toBe(true);
  });
});

describe("false-withdrawn-only-asks", () => {
  it("a router's word that nobody signed ends nothing: the router is asked, once in 5 s", () => {
    const { lab, a, b, c, evil, carol } = createBesideEvil();
    expect(a.find(carol.address.bytes, 256)).toBeDefined();
    lab.carried.length = 0;
    const between = { from: c.self, to: a.self };
    const { bytes: address } = carol.address;
    for (let ms = 0; ms < 20_000; ms += 100) {
      for (const query of [0, 1, lab.random.u32()]) {
        sayCarried(a, evil, between, { type: "withdrawn", query, address });
        expect(a.reaches(carol)).toBe(true);
      }
      lab.run(100);
    }
    expect(sent(lab, "carry", a, b)).toHaveLength(3);
    expect(sent(lab, "query", a)).toEqual([]);
  });

  it("its answer to our question does, once: then everybody is asked", () => {
    const { lab, a, b, c, evil, carol } = createBesideEvil();
    expect(a.find(carol.address.bytes, 256)).toBeDefined();
    const between = { from: c.self, to: a.self };
    const { bytes: address } = carol.address;
    lab.run(6_000);
    lab.carried.length = 0;
    a.router.doubt(address, lab.clock.monotonicMs());
    const [asked] = sent(lab, "carry", a, b);
    const question = asked && decodeControl(asked.message);
    if (question?.type !== "query") throw new Error("it was not asked");
    expect(question.query).not.toBe(0);
    const answer = { type: "withdrawn", query: question.query, address } as const;
    sayCarried(a, b, between, answer);
    expect(a.reaches(carol)).toBe(false);
    expect(a.find(address, 256)).toBeDefined();
    // The same answer again is none.
    sayCarried(a, evil, between, answer);
    expect(a.reaches(carol)).toBe(true);
  });
});
