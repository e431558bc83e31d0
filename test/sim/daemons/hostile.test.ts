// SPDX-License-Identifier: GPL-3.0-or-later

// A neighbour that is let in and then lies, forges, replays and floods: the honest daemons count,
// keep what they keep, and talk to each other as if it were not there.

import { describe, expect, it } from "vitest";
import { encodeAttach } from "../../../server/src/network/records/attach.js";
import { encodeConsent } from "../../../server/src/network/records/consent.js";
import { decodeLocation, encodeLocation } from "../../../server/src/network/records/location.js";
import { createDaemonLab, type DaemonLab } from "../daemon-lab.js";
import { createHostileNeighbour, type HostileNeighbour } from "../hostile-neighbour.js";
import type { NodeKey } from "../lab-node.js";
import { createLedger } from "../message-ledger.js";

const ATTACK_MS = 600;
const LATE_MS = 60;
const LARGE_SEQ = 2 ** 52;

function createScene(seed: number) {
  const lab = createDaemonLab({ seed, link: { latencyMs: 3, jitterMs: 1 } });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const mallory = createHostileNeighbour(lab, "10.6.6.6:666");
  lab.peers(home, away);
  for (const daemon of [home, away]) {
    daemon.peer(mallory);
    mallory.peer(daemon);
  }
  const { world } = lab;
  lab.untilUp(home, away);
  world.runUntil("mallory is in", () => mallory.isUp(home) && mallory.isUp(away), 5_000);
  const [alice, bob] = [home.open(lab.key("alice")), away.open(lab.key("bob"))];
  const ledger = createLedger(100_000);
  const [a, b] = [ledger.enrol(alice), ledger.enrol(bob)];
  const random = world.random("mallory");
  /** Talks while `attack` is called each millisecond; every message comes, and soon. */
  const talkUnder = (forMs: number, attack: (ms: number) => void): void => {
    for (let ms = 0; ms < forMs; ms++) {
      if (ms % 5 === 0) {
        ledger.send(a, b, 200);
        ledger.send(b, a, 200);
      }
      attack(ms);
      world.run(1);
      expect(ledger.sent - ledger.arrived).toBeLessThanOrEqual((2 * LATE_MS) / 5);
    }
    world.run(2 * LATE_MS);
    const { sent, ...report } = ledger.report();
    expect(report).toEqual({ refused: 0, arrived: sent, altered: 0, twice: 0, misattributed: 0 });
  };
  talkUnder(500, () => {});
  return { lab, home, away, mallory, alice, bob, random, talkUnder };
}

/** A location of a node at mallory's; signed by whom it takes, or by mallory alone. */
function locationAt(
  lab: DaemonLab,
  mallory: HostileNeighbour,
  publicKey: Uint8Array,
  signer: NodeKey,
  seq: number,
): Uint8Array {
  const { tag } = mallory;
  const router = mallory.address.bytes;
  const fields = { kind: "attach", publicKey, router, seq, lifetimeSeconds: 3_600 } as const;
  const attach = encodeAttach(tag, fields, (body) => mallory.sign(signer, "attach", body));
  const attachHash = new Uint8Array(32);
  const signatureBytes = 2 + 64;
  lab.crypto.sha256(attachHash, attach.subarray(0, attach.length - signatureBytes));
  const consent = encodeConsent(tag, { attachHash, seq, lifetimeSeconds: 120 }, (body) =>
    mallory.sign(mallory.own, "consent", body),
  );
  return encodeLocation(attach, consent, mallory.publicKey, 3_000, 100);
}

describe("a hostile neighbour", () => {
  it("that forges records and answers changes nothing about where nodes are", () => {
    const { lab, home, away, mallory, alice, bob, random, talkUnder } = createScene(1);
    // What an honest answer looks like: bob's location, which mallory may ask for.
    mallory.say(away, { type: "query", query: 7, prefix: bob.address.bytes, nbits: 256 });
    mallory.say(home, { type: "query", query: 8, prefix: alice.address.bytes, nbits: 256 });
    lab.world.run(100);
    const answers = mallory.controls.flatMap((each) => (each.type === "answer" ? [each] : []));
    expect(answers.map(({ query }) => query).sort()).toEqual([7, 8]);
    const keys = answers.map(({ location }) => decodeLocation(mallory.tag, location));
    const forged = keys.map((each) => {
      const { publicKey } = each?.attach ?? mallory;
      return locationAt(lab, mallory, publicKey, mallory.own, LARGE_SEQ);
    });
    const stolen = answers.map(({ location }) => location);
    const flipped = [...forged, ...stolen].map((each) => {
      const copy = each.slice();
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    });
    const locations = [...forged, ...stolen, ...flipped];
    const { publicKey } = keys[0]?.attach ?? mallory;
    const record = encodeAttach(
      mallory.tag,
      {
        kind: "detach",
        publicKey,
        router: away.address.bytes,
        seq: LARGE_SEQ,
        lifetimeSeconds: 60,
      },
      (body) => mallory.sign(mallory.own, "attach", body),
    );
    const before = home.engine.network.routerCounters["locationsInvalid"] ?? 0;
    talkUnder(ATTACK_MS, (ms) => {
      const to = ms % 2 === 0 ? home : away;
      const location = random.pick(locations);
      const query = random.u32();
      mallory.say(to, { type: "answer", query: ms % 3 === 0 ? 0 : query, location });
      mallory.say(to, { type: "no", query });
      mallory.say(to, { type: "held", location });
      mallory.say(to, { type: "withdrawn", query: 0, address: bob.address.bytes });
      mallory.say(to, { type: "withdrawn", query: 0, address: alice.address.bytes });
      mallory.say(to, { type: "detach", record });
      mallory.sendControl(to, random.bytes(random.below(300)));
    });
    for (const { engine } of [home, away]) {
      const { routerCounters } = engine.network;
      expect(routerCounters["displaced"]).toBe(0);
      expect(routerCounters["signedAgain"]).toBe(0);
      expect(engine.nodes.counters.displaced).toBe(0);
      expect(engine.sessions.stats().remotes).toBe(1);
      expect(routerCounters["controlInvalid"]).toBeGreaterThan(100);
    }
    const after = home.engine.network.routerCounters["locationsInvalid"] ?? 0;
    expect(after - before).toBeGreaterThan(100);
    expect(mallory.packets).toEqual([]);
    const nowMs = lab.world.nowMs;
    expect(home.engine.network.explain(bob.address.bytes, nowMs).router).toEqual(
      away.address.bytes,
    );
  });

  it("that forges and replays packets in others' names is only counted, and asks nobody", () => {
    const { lab, home, away, mallory, alice, bob, random, talkUnder } = createScene(2);
    // A node that mallory may speak for: what alice sends it, mallory has.
    const carol = lab.key("carol");
    const location = locationAt(lab, mallory, lab.publicKey(carol), carol, LARGE_SEQ);
    mallory.onQuestion = (to, question) => {
      if (to !== undefined && question.type === "query") {
        mallory.say(to, { type: "answer", query: question.query, location });
      }
    };
    expect(alice.send(carol.address, "for mallory to keep")).toBeUndefined();
    lab.world.runUntil("mallory has it", () => mallory.packets.length > 1, 5_000);
    lab.world.run(1_000);
    const stolen = mallory.packets.map((packet) => packet.slice(70));
    expect(stolen.length).toBeGreaterThan(1);
    const stranger = lab.key("stranger").address.bytes;
    const waiting = { remotes: 0 };
    talkUnder(ATTACK_MS, () => {
      for (const [to, own, other] of [
        [home, alice.address.bytes, bob.address.bytes],
        [away, bob.address.bytes, alice.address.bytes],
      ] as const) {
        const sources = [
          other,
          stranger,
          random.bytes(32),
          own,
          carol.address.bytes,
          to.address.bytes,
        ];
        const payload = random.oneIn(2) ? random.pick(stolen) : random.bytes(random.below(1_300));
        if (random.oneIn(2) && payload.length > 0) payload[0] = random.oneIn(2) ? 0x51 : 0x55;
        const introduced = random.oneIn(4) ? location : undefined;
        mallory.sendPacket(to, mallory.packet(random.pick(sources), own, payload, introduced));
        mallory.sendPacket(to, random.bytes(random.below(200)));
      }
      waiting.remotes = Math.max(waiting.remotes, home.engine.sessions.stats().remotes);
    });
    expect(waiting.remotes).toBeLessThanOrEqual(3);
    const { network, sessions } = home.engine;
    expect(network.counters.droppedInvalid).toBeGreaterThan(300);
    const dropped = Object.entries(sessions.channelCounters)
      .filter(([name]) => name.startsWith("dropped"))
      .reduce((sum, [, count]) => sum + count, 0);
    expect(dropped).toBeGreaterThan(300);
    // A source that is only claimed is asked for by nobody (M1).
    const asked = mallory.controls.filter(({ type }) => type === "query");
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it("that floods with questions and with packets for nobody disturbs nobody", () => {
    const { lab, home, away, mallory, random, talkUnder } = createScene(3);
    const deadlines = home.host.deadlines.size();
    const heap = process.memoryUsage().heapUsed;
    const sentBefore = lab.network.counters.sent;
    talkUnder(ATTACK_MS, () => {
      for (let i = 0; i < 20; i++) {
        const packet = mallory.packet(random.bytes(32), random.bytes(32), random.bytes(100));
        mallory.sendPacket(i % 2 === 0 ? home : away, packet);
        const nbits = random.below(257);
        const prefix = random.bytes(Math.ceil(nbits / 8));
        if (nbits % 8 !== 0) prefix.fill(0, prefix.length - 1);
        mallory.say(home, { type: "query", query: random.u32(), prefix, nbits });
      }
    });
    const { routerCounters, counters } = home.engine.network;
    expect(counters.droppedNoWay).toBeGreaterThan(300);
    expect(counters.forwarded).toBe(0);
    expect(routerCounters["queries"]).toBeGreaterThan(300);
    expect(routerCounters["queriesRefused"]).toBeGreaterThan(0);
    lab.world.run(15_000);
    expect(home.host.deadlines.size()).toBeLessThan(deadlines + 20);
    const grown = process.memoryUsage().heapUsed - heap;
    const sent = lab.network.counters.sent - sentBefore;
    console.log(`flood: heap +${(grown / 2 ** 20).toFixed(1)} MiB, ${sent} datagrams in all`);
    expect(grown).toBeLessThan(128 * 2 ** 20);
  });
});
