// SPDX-License-Identifier: GPL-3.0-or-later

// How a channel comes back: slow ways (S3), restarts (S12), forged hints (S2, S12).

import { describe, expect, it } from "vitest";
import { type ChannelLab, createChannelLab, type LabHost } from "../../../support/channel-lab.js";
import { createSeededRandom } from "../../../support/seeded-random.js";

/** A message that is its number. */
const message = (number: number) => Uint8Array.of(number >> 8, number & 0xff);
const numbers = (host: LabHost) =>
  host.arrivals.map(({ bytes }) => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
const sentOfType = (lab: ChannelLab, type: number, from: LabHost) =>
  lab.sent.filter(({ bytes, from: { name } }) => bytes[0] === type && name === from.name);

/** A hint about this index: counter 0 has been sealed by whoever has a session. */
function forgeHint(index: number, counter = 0): Uint8Array {
  const hint = new Uint8Array(16);
  hint[0] = 0x56;
  new DataView(hint.buffer).setUint32(4, index, true);
  new DataView(hint.buffer).setUint32(8, counter, true);
  return hint;
}

describe.each(["link", "session"] as const)("recovery in the %s layer", (layer) => {
  it("rtt-3s-handshake-completes", () => {
    const lab = createChannelLab({ layer, latencyMs: 1_500 });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(1));
    // Half a round trip more than the handshake's one: it travels right behind message 3.
    lab.runUntil("the first message", () => bob.arrivals.length === 1, 4_510);
    // Whoever seals under the session before the confirmation, at 6 s, does not wait for it either.
    alice.send(bob, message(2));
    lab.run(10_000);
    expect(numbers(bob)).toEqual([1, 2]);
    expect(alice.channelTo(bob).counters).toMatchObject({ initiations: 1, established: 1 });
    bob.send(alice, message(3));
    lab.runUntil("the answer", () => alice.arrivals.length === 1, 1_510);
    // Message 1 was repeated meanwhile: the same bytes, or every answer would have come too late.
    const first = sentOfType(lab, 0x51, alice).map(({ bytes }) =>
      Buffer.from(bytes).toString("hex"),
    );
    expect(first.length).toBeGreaterThan(3);
    expect(new Set(first).size).toBe(1);
    const second = sentOfType(lab, 0x52, bob).map(({ bytes }) =>
      Buffer.from(bytes).toString("hex"),
    );
    expect(new Set(second).size).toBe(1);
  });

  it.each(["initiator", "responder"])("restart-one-way-resumes-under-2s: the %s restarts", (role) =>
    restarts(layer, role === "initiator"),
  );

  it("restart-one-way-resumes-under-2s", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(0));
    lab.run(1_000);
    bob.restart();
    const before = bob.arrivals.length;
    alice.send(bob, message(1)); // is lost: bob has no key for it
    lab.run(10);
    alice.send(bob, message(2)); // is sealed before the hint is there: lost
    lab.runUntil("a doubt", () => alice.channelTo(bob).suspect(), 11);
    // One more round trip and a half: a quarter of a second is enough by far.
    lab.run(20);
    alice.send(bob, message(3));
    lab.runUntil("a message", () => bob.arrivals.length > before, 200);
    lab.run(5_000);
    expect(numbers(bob)).toEqual([0, 3]);
    expect(bob.endpoint.counters.hintsSent).toBe(2);
  });

  it("forged-hints-one-handshake-per-2s", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(0));
    lab.run(1_000);
    lab.sent.length = 0;
    const from = layer === "session" ? bob.source : lab.source("mallory");
    for (let i = 1; i <= 2_000; i++) {
      lab.inject(alice, forgeHint(alice.channelTo(bob).sendingIndex()), from);
      if (i % 4 === 0) alice.send(bob, message(i));
      else if (i % 4 === 2) bob.send(alice, message(i));
      lab.run(10);
    }
    lab.run(1_000);
    // 20 s, the first one at once.
    expect(alice.channelTo(bob).counters.initiations).toBeGreaterThan(5);
    expect(alice.channelTo(bob).counters.initiations).toBeLessThanOrEqual(1 + 11);
    expect(bob.channelTo(alice).counters.initiations).toBe(0);
    const begunMs = new Map<string, number>();
    for (const { bytes, atMs } of sentOfType(lab, 0x51, alice)) {
      const e = Buffer.from(bytes.subarray(12, 44)).toString("hex");
      if (!begunMs.has(e)) begunMs.set(e, atMs);
    }
    const times = [...begunMs.values()];
    for (let i = 1; i < times.length; i++) {
      expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(2_000);
    }
    // Nothing was lost by it: the session before stays until there is another.
    expect(numbers(bob)).toEqual([0, ...Array.from({ length: 500 }, (_, i) => 4 * i + 4)]);
    expect(numbers(alice)).toEqual(Array.from({ length: 500 }, (_, i) => 4 * i + 2));
  });

  it("hints that are forged to both sides at once stop nothing", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(0));
    lab.run(1_000);
    const fromBob = layer === "session" ? bob.source : lab.source("mallory");
    const fromAlice = layer === "session" ? alice.source : lab.source("mallory");
    for (let i = 1; i <= 6_000; i++) {
      lab.inject(alice, forgeHint(alice.channelTo(bob).sendingIndex()), fromBob);
      lab.inject(bob, forgeHint(bob.channelTo(alice).sendingIndex()), fromAlice);
      if (i % 10 === 0) alice.send(bob, message(i));
      if (i % 10 === 5) bob.send(alice, message(i));
      lab.run(10);
    }
    lab.run(2_000);
    expect(numbers(bob)).toEqual([0, ...Array.from({ length: 600 }, (_, i) => 10 * i + 10)]);
    expect(numbers(alice)).toEqual(Array.from({ length: 600 }, (_, i) => 10 * i + 5));
  });

  it("believes no hint about an index or a counter that it has not sealed with", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(0));
    lab.run(1_000);
    const index = alice.channelTo(bob).sendingIndex();
    const mine = bob.channelTo(alice).sendingIndex();
    for (const hint of [forgeHint(index ^ 1), forgeHint(mine), forgeHint(index, 1)]) {
      lab.inject(alice, hint, bob.source);
    }
    lab.run(100);
    expect(alice.events).not.toContain("suspected bob");
    lab.inject(alice, forgeHint(index, 0), bob.source);
    lab.run(10);
    expect(alice.events).toContain("suspected bob");
  });

  it("keeps the session that a hint speaks of, though nobody answers its attempts", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(0));
    lab.run(1_000);
    lab.fate = ({ bytes }) => (bytes[0] === 0x55 ? [{ delayMs: 10 }] : []);
    for (let i = 1; i <= 100; i++) {
      lab.inject(alice, forgeHint(alice.channelTo(bob).sendingIndex()), bob.source);
      alice.send(bob, message(i));
      lab.run(100);
    }
    expect(numbers(bob)).toEqual(Array.from({ length: 101 }, (_, i) => i));
  });

  it("gives 10 hints a second to a source, 100 in all", () => {
    const lab = createChannelLab({ layer });
    const bob = lab.host("bob");
    const data = new Uint8Array(40);
    data[0] = 0x55;
    const flood = (sources: number) => {
      const before = bob.endpoint.counters.hintsSent;
      for (let i = 0; i < 500; i++) lab.inject(bob, data, lab.source(`stranger ${i % sources}`));
      lab.run(0);
      return bob.endpoint.counters.hintsSent - before;
    };
    expect(flood(1)).toBe(10);
    lab.run(10_000);
    expect(flood(50)).toBe(100);
    expect(bob.endpoint.indices()).toBe(0);
  });
});

/** One way traffic with 5 % loss; the peer that receives restarts. */
function restarts(layer: "link" | "session", initiator: boolean): void {
  for (let seed = 1; seed <= 25; seed++) {
    const lab = createChannelLab({ layer, seed });
    const random = createSeededRandom(seed);
    lab.fate = () => (random.oneIn(20) ? [] : [{ delayMs: 20 + random.below(80) }]);
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    if (initiator) bob.send(alice, message(9_999));
    let number = 0;
    const sendUntil = (what: string, condition: () => boolean, withinMs: number): void => {
      const endMs = lab.nowMs + withinMs;
      while (!condition()) {
        if (lab.nowMs >= endMs) throw new Error(`seed ${seed}: not in ${withinMs} ms: ${what}`);
        alice.send(bob, message(number++));
        lab.run(50);
      }
    };
    sendUntil("the first", () => bob.arrivals.length > 20, 10_000);
    // Whatever was sealed before the restart is on its way no more.
    lab.run(3_000);
    bob.restart();
    const before = bob.arrivals.length;
    sendUntil("one after the restart", () => bob.arrivals.length > before, 2_000);
    lab.run(3_000);
    expect(new Set(numbers(bob)).size).toBe(bob.arrivals.length);
  }
}
