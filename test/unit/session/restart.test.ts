// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon is killed and started again: traffic goes on in under 2 s, and nothing comes twice.

import { describe, expect, it } from "vitest";
import { createSessionLab, type LabDaemon, textOf } from "../../support/session-lab.js";

function createScene(seed: number) {
  const lab = createSessionLab({ seed });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const [alice, bob] = [lab.node("alice"), lab.node("bob")];
  home.open(alice);
  away.open(bob);
  let count = 0;
  const talk = (): void => {
    home.send(alice, bob, `message ${count++}`);
    lab.run(10);
  };
  for (let i = 0; i < 100; i++) talk();
  return { lab, home, away, alice, bob, talk };
}

const told = (daemon: LabDaemon): readonly string[] => daemon.letters.map(textOf);

describe("a restart", () => {
  for (const side of ["home", "away"] as const) {
    for (const downMs of [0, 300, 3_000]) {
      it(`of the ${side === "home" ? "sender" : "receiver"}, down for ${downMs} ms`, () => {
        const scene = createScene(downMs + 1);
        const { lab, away, talk } = scene;
        scene[side].restart(downMs);
        const upMs = lab.nowMs;
        const before = away.letters.length;
        while (away.letters.length === before) {
          talk();
          expect(lab.nowMs - upMs).toBeLessThan(2_000);
        }
        for (let i = 0; i < 100; i++) talk();
        expect(away.letters.length).toBeGreaterThan(before + 95);
        expect(new Set(told(away)).size).toBe(away.letters.length);
      });
    }
  }

  it("of a receiver that knows the way back is noticed by its hint", () => {
    const { lab, home, away, alice, talk } = createScene(7);
    const sink = home.place.sink;
    away.restart();
    expect(sink).toBeDefined();
    // It knows where alice is, for whatever reason, and has nothing to say.
    away.place.network.resolve(alice.address, lab.nowMs);
    lab.run(50);
    const before = away.letters.length;
    const startMs = lab.nowMs;
    while (away.letters.length === before) talk();
    expect(lab.nowMs - startMs).toBeLessThan(300);
    expect(new Set(told(away)).size).toBe(away.letters.length);
  });

  it("delivers nothing of before: not from the wire, not from a queue", () => {
    const { lab, home, away, alice, bob, talk } = createScene(9);
    const old = [...lab.network.sent].filter(({ to }) => to === "away");
    away.restart(100);
    for (let i = 0; i < 50; i++) talk();
    const after = away.letters.length;
    for (const packet of old) lab.network.inject(packet, lab.nowMs);
    lab.run(3_000);
    expect(away.letters.length).toBe(after);
    expect(new Set(told(away)).size).toBe(away.letters.length);
    expect(home.send(alice, bob, "fine")).toBe("accepted");
    lab.run(100);
    expect(told(away).at(-1)).toBe("fine");
  });
});
