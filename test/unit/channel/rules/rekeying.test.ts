// SPDX-License-Identifier: GPL-3.0-or-later

// S11: sessions are replaced in time, without anybody noticing.

import { describe, expect, it } from "vitest";
import { type ChannelLab, createChannelLab, type LabHost } from "../../../support/channel-lab.js";
import { createSeededRandom } from "../../../support/seeded-random.js";
import { createToyCrypto } from "../../../support/toy-crypto.js";

/** How many rekey at once: 10,000 take half a minute of real time. */
const SESSIONS = Number(process.env["REKEY_SESSIONS"] ?? 2_000);

const message = (number: number) => Uint8Array.of(number >> 8, number & 0xff);
const numbers = (host: LabHost) =>
  host.arrivals.map(({ bytes }) => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
/** When each message 1 was sent. */
const initiationsMs = (lab: ChannelLab) =>
  lab.sent.filter(({ bytes }) => bytes[0] === 0x51).map(({ atMs }) => atMs);

describe.each(["link", "session"] as const)("rekeying in the %s layer", (layer) => {
  it.each(["both ways", "one way", "the other way"] as const)(
    "rekey-under-load-loses-nothing: %s",
    (ways) => underLoad(layer, ways),
  );
  it("rekey-under-load-loses-nothing", () => underLoad(layer, "both ways", 50));

  it("the initiator rekeys at 108 to 120 s, and the responder at 150 s if it does not", () => {
    const ages: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const lab = createChannelLab({ layer, seed });
      const alice = lab.host("alice");
      const bob = lab.host("bob");
      alice.send(bob, message(0));
      for (let i = 0; i < 200; i++) {
        lab.run(1_000);
        alice.send(bob, message(i));
        if (lab.sent.some(({ bytes, atMs }) => bytes[0] === 0x51 && atMs > 0)) break;
      }
      const [, at = 0] = initiationsMs(lab);
      expect(lab.sent.find(({ atMs }) => atMs === at)?.from.name).toBe("alice");
      ages.push(at);
    }
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(108_000);
    expect(Math.max(...ages)).toBeLessThanOrEqual(120_040);
    expect(Math.max(...ages) - Math.min(...ages)).toBeGreaterThan(8_000);

    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    lab.fate = ({ bytes, from }) =>
      bytes[0] === 0x51 && from.name === "alice" && lab.nowMs > 1_000 ? [] : [{ delayMs: 10 }];
    alice.send(bob, message(0));
    for (let i = 0; i < 155; i++) {
      lab.run(1_000);
      bob.send(alice, message(i));
    }
    const bobs = lab.sent.filter(({ bytes, from }) => bytes[0] === 0x51 && from.name === "bob");
    expect(bobs.length).toBe(1);
    expect(bobs[0]?.atMs).toBeGreaterThanOrEqual(150_000);
    expect(bobs[0]?.atMs).toBeLessThanOrEqual(150_050);
  });

  it("nothing is sealed with a session that is 180 s old", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, message(0));
    lab.run(1_000);
    lab.fate = ({ bytes }) => (bytes[0] === 0x55 ? [{ delayMs: 10 }] : []);
    while (lab.nowMs < 190_000) {
      alice.send(bob, message(1));
      lab.run(100);
    }
    expect(alice.events).toContain("down bob");
    expect(bob.events).toContain("down alice");
    expect(alice.channelTo(bob).ready()).toBe(false);
    const last = Math.max(...bob.arrivals.map(({ atMs }) => atMs));
    expect(last).toBeGreaterThan(179_800);
    expect(last).toBeLessThanOrEqual(180_030);
    expect(bob.endpoint.indices()).toBe(0);
  });
});

/** 400 s of messages over a wire that reorders: each comes, once. */
function underLoad(
  layer: "link" | "session",
  ways: "both ways" | "one way" | "the other way",
  everyMs = 100,
): void {
  const lab = createChannelLab({ layer });
  const random = createSeededRandom(7);
  const alice = lab.host("alice");
  const bob = lab.host("bob");
  alice.send(bob, message(0));
  lab.run(1_000);
  lab.fate = () => [{ delayMs: 5 + random.below(90) }];
  const count = 400_000 / everyMs;
  for (let i = 1; i < count; i++) {
    if (ways !== "the other way") alice.send(bob, message(i));
    if (ways !== "one way") bob.send(alice, message(i));
    lab.run(everyMs);
  }
  lab.run(1_000);
  if (ways !== "the other way") expect(sorted(numbers(bob))).toEqual(upTo(count));
  if (ways !== "one way") expect(sorted(numbers(alice))).toEqual(upTo(count).slice(1));
  for (const channel of [alice.channelTo(bob), bob.channelTo(alice)]) {
    expect(channel.counters.established).toBeGreaterThanOrEqual(4);
    expect(channel.counters.established).toBeLessThanOrEqual(5);
  }
}

describe("many sessions", () => {
  it("10k-sessions-rekey-spread", () => {
    // Hosts, each with each: sessions that begin within the same second or two.
    const lab = createChannelLab({ layer: "session", crypto: createToyCrypto() });
    const hosts = upTo(Math.ceil((1 + Math.sqrt(1 + 8 * SESSIONS)) / 2)).map((i) =>
      lab.host(`host ${i}`),
    );
    const pairs = hosts
      .flatMap((from, i) => hosts.slice(i + 1).map((to) => ({ from, to })))
      .slice(0, SESSIONS);
    for (const { from, to } of pairs) from.send(to, message(0));
    lab.run(5_000);
    const established = () => pairs.filter(({ from, to }) => from.channelTo(to).ready()).length;
    expect(established()).toBe(SESSIONS);
    lab.run(95_000);
    for (const { from, to } of pairs) from.send(to, message(1));
    lab.run(5_000);
    lab.sent.length = 0;
    lab.run(20_000);
    const perSecond = new Map<number, number>();
    for (const ms of initiationsMs(lab)) {
      const second = Math.floor(ms / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    const begun = pairs.map(({ from, to }) => from.channelTo(to).counters.initiations);
    expect(begun.every((count) => count === 2)).toBe(true);
    expect(established()).toBe(SESSIONS);
    // Over 12 s: 10,000 would be 834 a second if they were spread evenly.
    expect(Math.max(...perSecond.values())).toBeLessThan(SESSIONS / 8);
    expect(perSecond.size).toBeGreaterThanOrEqual(12);
  }, 600_000);
});
