// SPDX-License-Identifier: GPL-3.0-or-later

// How sessions end: by a farewell, because nobody uses them, because there are too many of them,
// and with their node. Rules C1, O3 and S14.

import { describe, expect, it } from "vitest";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { DEFAULT_LIMITS } from "../../../server/src/session/index.js";
import { createSessionLab, textOf } from "../../support/session-lab.js";
import { watchCrypto } from "../../support/watched-crypto.js";

function createScene(pairs = DEFAULT_LIMITS.pairs) {
  const watched = watchCrypto(selectCrypto());
  const limits = { ...DEFAULT_LIMITS, pairs };
  const lab = createSessionLab({ crypto: watched.crypto, limits });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const [alice, bob] = [lab.node("alice"), lab.node("bob")];
  home.open(alice);
  away.open(bob);
  home.send(alice, bob, "hello");
  lab.run(200);
  return { watched, lab, home, away, alice, bob };
}

describe("a session ends", () => {
  it("when its node leaves: the peer is told, and no key is left", () => {
    const { watched, lab, home, away, alice, bob } = createScene();
    expect(away.sessions.stats().sessions).toBe(1);
    home.close(alice);
    lab.run(50);
    expect(away.sessions.stats().sessions).toBe(0);
    expect(away.sessions.counters.closesReceived).toBe(1);
    away.close(bob);
    expect(watched.unwiped()).toBe(0);
    lab.run(20_000);
    expect(lab.clock.armedForMs).toBeUndefined();
  });

  it("but not one of the next opening, by a farewell of the last one that comes late", () => {
    const { lab, home, away, alice, bob } = createScene();
    const { fate } = lab.network;
    lab.network.fate = () => [500];
    home.close(alice);
    lab.network.fate = fate;
    home.open(alice);
    home.send(alice, bob, "reopened");
    lab.run(400);
    expect(away.letters.map(textOf)).toEqual(["hello", "reopened"]);
    lab.run(400);
    expect(away.sessions.counters).toMatchObject({ closesReceived: 0, staleCloses: 1 });
    home.send(alice, bob, "still here");
    away.send(bob, alice, "so am I");
    lab.run(50);
    expect(away.letters.map(textOf).at(-1)).toBe("still here");
    expect(home.letters.map(textOf)).toEqual(["so am I"]);
  });

  it("and the static key is made when first needed, once for an opening", () => {
    const { lab, home, away, alice, bob } = createScene();
    expect([alice.signed(), bob.signed()]).toEqual([1, 1]);
    const idle = lab.node("idle");
    away.open(idle);
    away.close(idle);
    expect(idle.signed()).toBe(0);
    home.close(alice);
    home.open(alice);
    expect(alice.signed()).toBe(1);
    home.send(alice, bob, "again");
    lab.run(200);
    expect(alice.signed()).toBe(2);
    expect(away.letters.map(textOf)).toEqual(["hello", "again"]);
  });

  it("when nobody has used it for 200 s", () => {
    const { lab, home, away } = createScene();
    lab.run(150_000);
    expect(home.sessions.stats().remotes).toBe(1);
    lab.run(60_000);
    for (const { sessions } of [home, away]) {
      expect(sessions.stats()).toMatchObject({ remotes: 0, sessions: 0 });
      expect(sessions.counters.idled).toBe(1);
    }
    expect(lab.clock.armedForMs).toBeUndefined();
  });

  it("not while it is used: an hour of a message a minute loses none", () => {
    const { lab, home, away, alice, bob } = createScene();
    for (let minute = 0; minute < 60; minute++) {
      home.send(alice, bob, `minute ${minute}`);
      lab.run(60_000);
    }
    expect(away.letters).toHaveLength(61);
    expect(home.sessions.counters.idled).toBe(0);
  });

  it("when there are too many: the one used longest ago", () => {
    const { lab, home, away, alice, bob } = createScene(10);
    const others = Array.from({ length: 12 }, (_, i) => lab.node(`other ${i}`));
    for (const other of others) {
      away.open(other);
      home.send(alice, other, "hello");
      lab.run(1_500);
      home.send(alice, bob, "still used");
      lab.run(1_500);
    }
    expect(home.sessions.stats().remotes).toBe(10);
    expect(home.sessions.counters.evicted).toBe(3);
    expect(away.letters).toHaveLength(25);
    // Who was forgotten is told, and is reached again.
    expect(away.sessions.counters.closesReceived).toBeGreaterThan(0);
    home.send(alice, others[0] ?? bob, "again");
    lab.run(200);
    expect(away.letters.map(textOf).at(-1)).toBe("again");
  });
});

describe("from inside of a message", () => {
  it("one may answer, close the node, and open it again", () => {
    const { lab, home, away, alice, bob } = createScene();
    away.onLetter = (letter) => {
      if (textOf(letter) === "answer") away.send(bob, alice, "here");
      if (textOf(letter) === "close") away.close(bob);
      if (textOf(letter) === "reopen") {
        away.close(bob);
        away.open(bob);
      }
    };
    for (const word of ["answer", "reopen"]) {
      home.send(alice, bob, word);
      lab.run(50);
    }
    expect(home.letters.map(textOf)).toEqual(["here"]);
    home.send(alice, bob, "close");
    lab.run(500);
    expect(away.letters.map(textOf)).toEqual(["hello", "answer", "reopen", "close"]);
    expect(away.sessions.stats()).toMatchObject({ nodes: 0, remotes: 0, sessions: 0 });
  });
});
