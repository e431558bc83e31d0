// SPDX-License-Identifier: GPL-3.0-or-later

// Hostile questions, requests and carried messages: what they make others do is bounded, and what
// nobody signed ends nothing.

import { describe, expect, it } from "vitest";
import {
  ASKED_BURST,
  CARRIED_BURST,
  CARRIED_PER_SECOND,
  EXTRA_BEACONS_BURST,
  EXTRA_BEACONS_PER_SECOND,
  MOST_FLOODS,
  MOST_HOPS,
  MOST_REPLIES,
  WANTS_BURST,
  WANTS_PER_SECOND,
} from "../../../../server/src/network/beaconnet/constants.js";
import { decodeMessage } from "../../../../server/src/network/beaconnet/messages.js";
import { MOST_TOLD, QUERIES_BURST } from "../../../../server/src/network/constants.js";
import { writeHeader } from "../../../../server/src/network/header.js";
import { decodeControl } from "../../../../server/src/network/locating/control-messages.js";
import type { LabDaemon, LabNode, RouterLab } from "../../../../server/src/testing/index.js";
import { beaconOf, createBeaconnetLab, say, sayCarried, sayWays, sent, way } from "./attack-lab.js";

/** a with the neighbours b and evil, and c behind b; a node at a and one at c. */
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
  const [alice, carol] = [lab.node(), lab.node()];
  a.open(alice);
  c.open(carol);
  lab.run(2_000);
  lab.carried.length = 0;
  return { lab, a, b, c, evil, alice, carol };
}

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
    const { lab, a, c, evil } = create();
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
    const { lab, a, c, evil } = create();
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
    const { lab, a, evil } = create();
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
    const { lab, a, b, evil } = create();
    for (let i = 0; i < 20; i++) {
      sayWays(a, evil, way(beaconOf(lab, lab.node(), 5), { cost: 2 ** 31 }));
    }
    lab.run(55_000);
    expect(sent(lab, "want", a, b).length).toBeGreaterThan(20 * 4);
    expect(sent(lab, "want", a, b).length).toBeLessThan(20 * 9);
  });

  it("requests that lead nowhere keep no honest one back", () => {
    const { lab, a, b, c, evil } = create();
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

describe("query-flood-is-bounded", () => {
  it("of a neighbour's questions so many are passed on and open, and each is ended", () => {
    const { lab, a, b, evil, carol } = create();
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
    const { lab, a, b, c, alice } = create();
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
    const { lab, a, b, evil } = create();
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

describe("carried-flood-is-bounded", () => {
  it("of a neighbour's messages so many are carried on at once, and in a second", () => {
    const { lab, a, b, c, evil } = create();
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
    const { lab, a, b, c, evil } = create();
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
    const { lab, a, b, c, evil } = create();
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
    const { lab, b, evil, alice, carol, c, a } = create();
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

describe("false-withdrawn-only-asks", () => {
  it("a router's word that nobody signed ends nothing: the router is asked, once in 5 s", () => {
    const { lab, a, b, c, evil, carol } = create();
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
    const { lab, a, b, c, evil, carol } = create();
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
