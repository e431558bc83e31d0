// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createChannelLab } from "../../support/channel-lab.js";

const text = (value: string) => new TextEncoder().encode(value);

describe.each(["link", "session"] as const)("a handshake in the %s layer", (layer) => {
  it("carries the first message in one round trip and a half", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, text("hello"));
    lab.runUntil("hello arrives", () => bob.arrivals.length === 1, 31);
    bob.send(alice, text("hi"));
    lab.runUntil("hi arrives", () => alice.arrivals.length === 1, 11);
    // What alice sent before bob had a session waited for one.
    expect(alice.events).toEqual(["established bob initiator", "ready bob"]);
    expect(bob.events).toEqual(["established alice responder"]);
  });

  it("has the sizes of the protocol", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, text("hello"));
    lab.run(100);
    const sizes = lab.sent.map(({ bytes }) => [bytes[0], bytes.length]);
    expect(sizes).toEqual([
      [0x51, layer === "link" ? 1200 : 512],
      [0x52, 237],
      [0x53, 205],
      [0x55, 32 + 6],
      [0x55, layer === "link" ? 32 : 33],
    ]);
  });
});
