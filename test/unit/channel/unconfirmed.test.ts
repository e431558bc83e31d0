// SPDX-License-Identifier: GPL-3.0-or-later

// Between message 3 and its confirmation (S6, S7), and crossings that are cancelled (S8).

import { describe, expect, it } from "vitest";
import { type ChannelLab, createChannelLab, type LabHost } from "../../support/channel-lab.js";

const hex = ({ bytes }: { readonly bytes: Uint8Array }) => Buffer.from(bytes).toString("hex");
const dataOf = (lab: ChannelLab, from: LabHost) =>
  lab.sent.filter(({ bytes, from: { name } }) => bytes[0] === 0x55 && name === from.name);
const firsts = (host: LabHost) => host.arrivals.map(({ bytes }) => bytes[0]);

/** Alice has sent message 3, which is lost, as is everything until `fate` is set anew. */
function createUnconfirmed(layer: "link" | "session", sizes: readonly number[]) {
  const lab = createChannelLab({ layer });
  const alice = lab.host("alice");
  const bob = lab.host("bob");
  sizes.forEach((size, i) => {
    alice.send(bob, new Uint8Array(size).fill(i));
  });
  lab.fate = ({ bytes }) => ((bytes[0] ?? 0) > 0x52 ? [] : [{ delayMs: 10 }]);
  lab.run(50);
  return { lab, alice, bob };
}

describe.each(["link", "session"] as const)("an unconfirmed session in the %s layer", (layer) => {
  it("8 datagrams follow message 3, the others wait (S7)", () => {
    const sizes = Array.from({ length: 12 }, () => 100);
    const { lab, alice, bob } = createUnconfirmed(layer, sizes);
    expect(dataOf(lab, alice).length).toBe(8);
    expect(alice.waiting(bob)).toBe(4);
    expect(alice.channelTo(bob).ready()).toBe(false);
    lab.fate = () => [{ delayMs: 10 }];
    lab.run(2_000);
    expect(firsts(bob)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("640 KiB of them at most", () => {
    const { lab, alice, bob } = createUnconfirmed(layer, [0]);
    const buffer = new Uint8Array(100_100);
    const channel = alice.channelTo(bob);
    const sealed = Array.from({ length: 7 }, () =>
      channel.seal(buffer, 0, 100_000, lab.clock.monotonicMs()),
    );
    expect(sealed).toEqual([100_032, 100_032, 100_032, 100_032, 100_032, 100_032, 0]);
    // The eighth, if it is small enough; never a ninth.
    expect(channel.seal(buffer, 0, 50_000, lab.clock.monotonicMs())).toBe(50_032);
    expect(channel.seal(buffer, 0, 1, lab.clock.monotonicMs())).toBe(0);
  });

  it("they are resent with message 3, byte for byte, and arrive once", () => {
    const { lab, alice, bob } = createUnconfirmed(layer, [1, 500, 20_000]);
    const first = dataOf(lab, alice).map(hex);
    expect(first.length).toBe(3);
    lab.sent.length = 0;
    // Twice more to no avail, then all of it twice.
    lab.run(900);
    lab.fate = () => [{ delayMs: 10 }, { delayMs: 15 }];
    lab.run(5_000);
    const again = dataOf(lab, alice).map(hex);
    expect(again.slice(0, 3)).toEqual(first);
    expect(again.slice(3, 6)).toEqual(first);
    expect(new Set(again.slice(0, 9))).toEqual(new Set(first));
    expect(firsts(bob)).toEqual([0, 1, 2]);
    expect(bob.arrivals[2]?.bytes.length).toBe(20_000);
    expect(bob.endpoint.counters.droppedReplay).toBeGreaterThanOrEqual(3);
  });

  it("one that is never confirmed is wiped after 5 s, and what followed it is counted", () => {
    const { lab, alice, bob } = createUnconfirmed(layer, [1, 1, 1]);
    lab.run(4_900);
    expect(alice.endpoint.counters.earlyLost).toBe(0);
    lab.run(200);
    expect(alice.endpoint.counters.earlyLost).toBe(3);
    expect(alice.channelTo(bob).counters.initiations).toBe(2);
    lab.fate = () => [{ delayMs: 10 }];
    lab.run(6_000);
    // Sealed once, lost once: never sealed again (O1).
    expect(bob.arrivals).toEqual([]);
    alice.send(bob, Uint8Array.of(9));
    lab.run(100);
    expect(firsts(bob)).toEqual([9]);
  });

  it("an initiator that has another session stays on that until the new one is confirmed", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, Uint8Array.of(0));
    lab.run(1_000);
    const before = alice.channelTo(bob).sendingIndex();
    lab.fate = ({ bytes }) => (bytes[0] === 0x53 ? [] : [{ delayMs: 10 }]);
    while (!lab.sent.some(({ bytes, atMs }) => bytes[0] === 0x53 && atMs > 1_000)) {
      alice.send(bob, Uint8Array.of(1));
      lab.run(1_000);
    }
    alice.send(bob, Uint8Array.of(2));
    lab.run(20);
    expect(alice.channelTo(bob).sendingIndex()).toBe(before);
    expect(bob.arrivals.at(-1)?.bytes).toEqual(Uint8Array.of(2));
    lab.fate = () => [{ delayMs: 10 }];
    lab.run(2_000);
    expect(alice.channelTo(bob).sendingIndex()).not.toBe(before);
  });

  it("a repeated message 3 gets another confirmation, 4 a second at most (S6)", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, Uint8Array.of(0));
    lab.run(500);
    const message3 = lab.sent.find(({ bytes }) => bytes[0] === 0x53)?.bytes ?? new Uint8Array();
    const before = dataOf(lab, bob).length;
    for (let i = 0; i < 50; i++) lab.inject(bob, message3, alice.source);
    lab.run(0);
    expect(dataOf(lab, bob).length - before).toBe(4);
    for (let i = 0; i < 100; i++) {
      lab.inject(bob, message3, alice.source);
      lab.run(50);
    }
    expect(dataOf(lab, bob).length - before).toBeLessThanOrEqual(4 + 5 * 4);
    const spoiled = message3.slice();
    spoiled[100] = (spoiled[100] ?? 0) ^ 1;
    lab.run(1_000);
    const then = dataOf(lab, bob).length;
    lab.inject(bob, spoiled, alice.source);
    lab.run(0);
    expect(dataOf(lab, bob).length).toBe(then);
    expect(bob.channelTo(alice).counters.established).toBe(1);
  });

  it("accepting message 3 cancels one's own initiation that has not sent one (S8)", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    lab.fate = ({ from, bytes }) =>
      from.name === "bob" && bytes[0] === 0x51 ? [] : [{ delayMs: 10 }];
    bob.send(alice, Uint8Array.of(7));
    alice.send(bob, Uint8Array.of(8));
    lab.run(100);
    expect(firsts(alice)).toEqual([7]);
    expect(firsts(bob)).toEqual([8]);
    lab.sent.length = 0;
    lab.run(10_000);
    expect(lab.sent.some(({ bytes }) => bytes[0] === 0x51)).toBe(false);
    expect(bob.endpoint.indices()).toBe(1);
  });
});
