// SPDX-License-Identifier: GPL-3.0-or-later

// What a channel does by itself while it is used, and while it is not (S11, S13).

import { describe, expect, it } from "vitest";
import { type ChannelLab, createChannelLab, type LabHost } from "../../support/channel-lab.js";

const one = Uint8Array.of(1);
const timesOf = (lab: ChannelLab, type: number, from: LabHost) =>
  lab.sent
    .filter(({ bytes, from: { name } }) => bytes[0] === type && name === from.name)
    .map(({ atMs }) => atMs);

function createPair(layer: "link" | "session") {
  const lab = createChannelLab({ layer });
  const alice = lab.host("alice");
  const bob = lab.host("bob");
  alice.send(bob, one);
  lab.run(1_000);
  return { lab, alice, bob };
}

describe("a session that is not used", () => {
  it("is not rekeyed, ends at 180 s, and leaves nothing to wake up for", () => {
    const { lab, alice, bob } = createPair("session");
    alice.channelTo(bob).rest();
    lab.run(75_000);
    alice.send(bob, one); // 30 s before the earliest rekeying, and some more
    lab.run(300_000);
    expect(timesOf(lab, 0x51, alice).length).toBe(1);
    expect(timesOf(lab, 0x51, bob).length).toBe(0);
    expect(alice.events.at(-1)).toBe("down bob");
    expect(bob.events.at(-1)).toBe("down alice");
    expect(alice.endpoint.indices() + bob.endpoint.indices()).toBe(0);
    expect(lab.clock.armedForMs).toBe(undefined);
  });

  it("is rekeyed when it is used again after 120 s", () => {
    const { lab, alice, bob } = createPair("session");
    lab.run(129_000);
    expect(timesOf(lab, 0x51, alice).length).toBe(1);
    alice.send(bob, one);
    lab.run(10);
    expect(timesOf(lab, 0x51, alice).length).toBe(2);
    lab.run(1_000);
    expect(bob.arrivals.length).toBe(2);
    expect(alice.channelTo(bob).counters.established).toBe(2);
  });

  it("of the link layer is rekeyed nevertheless", () => {
    const { lab, alice, bob } = createPair("link");
    alice.channelTo(bob).connect(lab.clock.monotonicMs());
    lab.run(999_000);
    expect(alice.channelTo(bob).counters.initiations).toBeGreaterThanOrEqual(9);
    expect(alice.events).not.toContain("down bob");
    // Nothing but handshakes and their confirmations.
    expect(timesOf(lab, 0x55, alice).length).toBe(1);
  });
});

describe("a session in one direction", () => {
  it("the receiver that sent nothing for 1 s says that it is there, once", () => {
    const { lab, alice, bob } = createPair("session");
    lab.run(10_000);
    lab.sent.length = 0;
    const startMs = lab.nowMs;
    for (let i = 0; i < 10; i++) {
      alice.send(bob, one);
      lab.run(100);
    }
    lab.run(20_000);
    expect(timesOf(lab, 0x55, bob)).toEqual([startMs + 10 + 1_000]);
    // And the sender does not answer that.
    expect(timesOf(lab, 0x55, alice).length).toBe(10);
    expect(alice.arrivals).toEqual([]);
  });

  it("a receiver that answers with data within 1 s says nothing more", () => {
    const { lab, alice, bob } = createPair("session");
    lab.run(10_000);
    lab.sent.length = 0;
    alice.send(bob, one);
    lab.run(900);
    bob.send(alice, one);
    lab.run(900);
    alice.send(bob, one);
    lab.run(500);
    expect(timesOf(lab, 0x55, bob).length).toBe(1);
  });

  it("the sender that hears nothing for 3 s after data suspects and initiates, then gives up", () => {
    const { lab, alice, bob } = createPair("session");
    alice.channelTo(bob).rest();
    lab.run(10_000);
    lab.fate = () => [];
    lab.sent.length = 0;
    const startMs = lab.nowMs;
    alice.send(bob, one);
    lab.run(2_999);
    expect(alice.channelTo(bob).suspect()).toBe(false);
    lab.run(2);
    expect(alice.channelTo(bob).suspect()).toBe(true);
    expect(alice.events.at(-1)).toBe("suspected bob");
    lab.run(60_000);
    const initiations = timesOf(lab, 0x51, alice);
    expect(initiations[0]).toBe(startMs + 3_000);
    // Nothing was waiting, so it does not insist: 10 s.
    expect(Math.max(...initiations)).toBeGreaterThan(startMs + 11_000);
    expect(Math.max(...initiations)).toBeLessThanOrEqual(startMs + 13_000);
    expect(bob.endpoint.counters.message1Answered).toBe(1);
  });
});

describe("a peer that is not there", () => {
  it("attempts: without pause for 60 s, one per 5 s for 10 min, then one per 30 s (S13)", () => {
    const lab = createChannelLab({ layer: "link" });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    lab.fate = () => [];
    const startMs = lab.nowMs;
    alice.send(bob, one);
    lab.run(1_800_000);
    const times = timesOf(lab, 0x51, alice).map((ms) => ms - startMs);
    const within = (from: number, to: number) => times.filter((ms) => ms >= from && ms < to).length;
    // Each attempt of 5 s: 0, 250, 750 ms and then each 500 ms, ± 20 %.
    expect(within(0, 60_000)).toBeGreaterThan(110);
    expect(within(0, 60_000)).toBeLessThan(145);
    expect(within(65_000, 660_000)).toBeGreaterThan(110);
    expect(within(65_000, 660_000)).toBeLessThanOrEqual(120);
    expect(within(700_000, 1_800_000)).toBeGreaterThan(34);
    expect(within(700_000, 1_800_000)).toBeLessThanOrEqual(38);
    // It was there all the time, only the way was not.
    lab.fate = () => [{ delayMs: 10 }];
    alice.channelTo(bob).wayCameUp(lab.clock.monotonicMs());
    lab.runUntil("the message", () => bob.arrivals.length === 1, 40);
  });

  it("attempts stop when nobody wants it any more", () => {
    const lab = createChannelLab({ layer: "link" });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    lab.fate = () => [];
    alice.send(bob, one);
    lab.run(7_000);
    alice.channelTo(bob).rest();
    lab.sent.length = 0;
    lab.run(100_000);
    expect(lab.sent).toEqual([]);
    expect(alice.endpoint.indices()).toBe(0);
  });
});
