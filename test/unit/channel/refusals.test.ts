// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createRefusals } from "../../../server/src/channel/refusals.js";
import { createScene, exchange, LAYERS, sentBy, text } from "./rules/scene.js";

describe("refusals", () => {
  it("are told once in a while to each identity", () => {
    const refusals = createRefusals();
    const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(refusals.tell(a, 0)).toBe(true);
    expect(refusals.tell(a, 299_999)).toBe(false);
    expect(refusals.tell(b, 299_999)).toBe(true);
    expect(refusals.tell(a, 300_000)).toBe(true);
  });

  it.each(LAYERS)("S14: the unwanted hears one close under the session's keys (%s)", (layer) => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    bob.admits = () => false;
    alice.send(bob, text("let me in"));
    lab.run(30_000);
    expect(alice.events.filter((event) => event === "closed bob 1").length).toBe(1);
    expect(bob.endpoint.counters.refusalsSent).toBe(1);
    expect(sentBy(lab, bob, 0x55).length).toBe(1);
    expect([bob.events, bob.arrivals, bob.endpoint.halfOpen()]).toEqual([[], [], 0]);
    expect(bob.endpoint.indices()).toBe(0);
    bob.admits = () => true;
    lab.run(180_000);
    exchange(scene, "after all");
  });
});
