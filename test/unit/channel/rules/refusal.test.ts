// SPDX-License-Identifier: GPL-3.0-or-later

// S14: who is not wanted is told so once, under the keys of a session, and then hears nothing.

import { describe, expect, it } from "vitest";
import { createChannelLab } from "../../../support/channel-lab.js";

describe.each(["link", "session"] as const)("an unwanted peer in the %s layer", (layer) => {
  it("refused-once-then-silence", () => {
    const lab = createChannelLab({ layer });
    const mallory = lab.host("mallory");
    const bob = lab.host("bob");
    bob.admits = () => false;
    mallory.send(bob, Uint8Array.of(1));
    lab.run(1_000);
    expect(mallory.events).toContain("closed bob 1");
    expect(bob.endpoint.indices()).toBe(0);
    for (let i = 0; i < 600; i++) {
      mallory.send(bob, Uint8Array.of(2));
      lab.run(100);
      // Handshakes that are not complete yet; never a session.
      expect(bob.endpoint.indices()).toBe(bob.endpoint.halfOpen());
    }
    expect(mallory.events.filter((event) => event.startsWith("closed"))).toEqual(["closed bob 1"]);
    // It did come back and prove who it is, and the answer was silence.
    expect(bob.endpoint.counters.droppedIdentity).toBeGreaterThan(5);
    expect(bob.endpoint.counters.refusalsSent).toBe(1);
    expect(lab.sent.filter(({ bytes, from }) => bytes[0] === 0x55 && from.name === "bob")).toEqual([
      expect.objectContaining({ to: mallory.source }),
    ]);
    expect(bob.arrivals).toEqual([]);
    // Nor does it storm: S12 and S3 hold for it as for everybody.
    expect(mallory.channelTo(bob).counters.initiations).toBeLessThanOrEqual(31);
  });

  it("each unwanted identity is told once, and a wanted one is let in meanwhile", () => {
    const lab = createChannelLab({ layer });
    const bob = lab.host("bob");
    const alice = lab.host("alice");
    bob.admits = (address) => Buffer.compare(address, alice.credentials.address) === 0;
    const unwanted = ["m1", "m2", "m3"].map((name) => lab.host(name));
    for (const host of [...unwanted, alice]) host.send(bob, Uint8Array.of(1));
    lab.run(20_000);
    for (const host of unwanted) {
      expect(host.events.filter((event) => event === "closed bob 1").length).toBe(1);
    }
    expect(bob.arrivals.map(({ peer }) => peer)).toEqual(["alice"]);
  });
});
