// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createSessionLab, textOf } from "../../support/session-lab.js";

function createScene(seed = 1) {
  const lab = createSessionLab({ seed });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const [alice, bob] = [lab.node("alice"), lab.node("bob")];
  home.open(alice);
  away.open(bob);
  return { lab, home, away, alice, bob };
}

describe("the first message", () => {
  it("arrives without being sent again, and so does the answer", () => {
    const { lab, home, away, alice, bob } = createScene();
    expect(home.send(alice, bob, "hello")).toBe("accepted");
    lab.runUntil("hello", () => away.letters.length > 0, 200);
    expect(away.letters.map((letter) => [letter.from, letter.to, textOf(letter)])).toEqual([
      ["alice", "bob", "hello"],
    ]);
    away.send(bob, alice, "hello yourself");
    lab.run(50);
    expect(home.letters.map(textOf)).toEqual(["hello yourself"]);
  });

  it("needs one lookup, and the answering side none (claimed-source-causes-no-lookup)", () => {
    const { lab, home, away, alice, bob } = createScene();
    home.send(alice, bob, "hello");
    lab.run(3_000);
    expect(home.place.asked).toHaveLength(1);
    expect(away.place.asked).toHaveLength(0);
    const introductions = lab.network.sent.filter(({ introduce }) => introduce);
    expect(introductions.map(({ payload }) => payload[0])).toEqual([0x51]);
  });

  it("waits for a node that opens later, and for a way", () => {
    const { lab, home, away, alice } = createScene();
    const carol = lab.node("carol");
    expect(home.send(alice, carol, "early")).toBe("accepted");
    lab.run(1_000);
    expect(away.letters).toHaveLength(0);
    // While everybody says no, the next one is told so.
    expect(home.send(alice, carol, "unknown")).toBe("unknown");
    away.open(carol);
    home.sessions.networkSink.wayCameUp(lab.nowMs);
    lab.runUntil("early", () => away.letters.length > 0, 200);
    expect(away.letters.map(textOf)).toEqual(["early"]);
  });

  it("has any size from 0 to 65,535 bytes", () => {
    const { lab, home, away, alice, bob } = createScene();
    for (const size of [0, 1, 63, 64, 65, 1_200, 1_201, 65_535]) {
      const message = lab.random.bytes(size);
      home.send(alice, bob, message);
      lab.run(200);
      expect(Buffer.compare(away.letters.at(-1)?.bytes ?? Buffer.of(1), message)).toBe(0);
    }
    expect(away.letters).toHaveLength(8);
    const tooLong = new Uint8Array(65_536);
    expect(() => home.send(alice, bob, tooLong)).toThrow(RangeError);
  });

  it("arrives in order with what is sent while the handshake goes on, once each", () => {
    const { lab, home, away, alice, bob } = createScene();
    const words = Array.from({ length: 40 }, (_, i) => `word ${i}`);
    for (const word of words) {
      home.send(alice, bob, word);
      lab.run(2);
    }
    lab.run(500);
    expect(away.letters.map(textOf)).toEqual(words);
  });

  it("arrives 50 times of 50 within 2 s, over a wire that loses a tenth", () => {
    let late = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const { lab, home, away, alice, bob } = createScene(seed);
      lab.network.fate = () => (lab.random.below(10) === 0 ? [] : [5 + lab.random.below(10)]);
      home.send(alice, bob, "hello");
      lab.run(2_000);
      // One that is lost under keys that stand is lost: best effort. No session is late here.
      if (away.letters.length === 0) late += 1;
      expect(away.letters.length).toBeLessThan(2);
    }
    expect(late).toBeLessThan(3);
  });
});
