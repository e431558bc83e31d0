// SPDX-License-Identifier: GPL-3.0-or-later

// S11's limits in datagrams, with smaller numbers: nobody can wait for 2^40.

import { describe, expect, it, vi } from "vitest";
import { createChannelLab } from "../../support/channel-lab.js";

vi.mock("../../../server/src/channel/constants.js", async (original) => ({
  ...(await original<object>()),
  REKEY_AFTER_DATAGRAMS: 1_000,
  REJECT_AFTER_DATAGRAMS: 1_200,
}));

describe.each(["link", "session"] as const)("datagrams of a session in the %s layer", (layer) => {
  it("a session is rekeyed after 2^40 of them, and nothing is lost", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, Uint8Array.of(1));
    for (let i = 1; i < 5_000; i++) {
      lab.run(1);
      alice.send(bob, Uint8Array.of(1));
    }
    lab.run(1_000);
    expect(bob.arrivals.length).toBe(5_000);
    expect(alice.channelTo(bob).counters.established).toBe(5);
    expect(alice.events).not.toContain("down bob");
  });

  it("none is sealed beyond 2^48, though there is no other session", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, Uint8Array.of(1));
    lab.run(100);
    const index = alice.channelTo(bob).sendingIndex();
    lab.fate = ({ bytes }) => (bytes[0] === 0x55 ? [{ delayMs: 10 }] : []);
    for (let i = 1; i < 2_000; i++) alice.send(bob, Uint8Array.of(1));
    lab.run(1_000);
    expect(bob.arrivals.length).toBe(1_200);
    expect(alice.channelTo(bob).ready()).toBe(false);
    expect(alice.waiting(bob)).toBe(800);
    lab.fate = () => [{ delayMs: 10 }];
    lab.run(2_000);
    // The ones that waited came with the next session, once.
    expect(alice.channelTo(bob).sendingIndex()).not.toBe(index);
    expect(bob.arrivals.length).toBe(2_000);
  });
});
