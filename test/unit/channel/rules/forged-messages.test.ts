// SPDX-License-Identifier: GPL-3.0-or-later

// S1, S2, C3: what is forged, copied or altered leaves handshakes and sessions as they were.

import { describe, expect, it } from "vitest";
import { writeU32 } from "../../../../server/src/core/index.js";
import {
  createScene,
  exchange,
  first,
  flipped,
  heard,
  LAYERS,
  type Scene,
  sentBy,
  text,
} from "./scene.js";

/** Whole messages 2 or 3 that are not authentic, made from one that is. */
function forgeries({ lab }: Scene, genuine: Uint8Array): readonly Uint8Array[] {
  const noise = genuine.slice();
  noise.set(lab.random.bytes(noise.length - 12), 12);
  const places = [12, 43, 44, 60, 91, 92, genuine.length - 17, genuine.length - 1];
  return [
    noise,
    genuine.subarray(0, genuine.length - 1),
    genuine.subarray(0, 12),
    genuine.subarray(0, 13),
    Uint8Array.from([...genuine, 0]),
    ...places.map((at) => flipped(genuine, at)),
  ];
}

describe.each(LAYERS)("forged messages in the %s layer", (layer) => {
  it("forged-message-2-does-not-kill-handshake", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob, mallory } = scene;
    lab.fate = (flying) => {
      if (flying.bytes[0] !== 0x52) return [{ delayMs: 10 }];
      // The forged ones come first, from bob's place and from elsewhere; then the genuine one.
      const forged = forgeries(scene, flying.bytes);
      return [
        ...forged.map((bytes, i) => ({ delayMs: 1 + i / 100, bytes })),
        ...forged.map((bytes, i) => ({ delayMs: 2 + i / 100, bytes, from: mallory })),
        { delayMs: 10 },
      ];
    };
    alice.send(bob, text("hello"));
    lab.run(45);
    expect(heard(bob)).toEqual(["hello"]);
    expect(sentBy(lab, alice, 0x51).length).toBe(1);
    expect(alice.endpoint.counters.droppedHandshake).toBe(layer === "link" ? 26 : 13);
  });

  it("message-2-with-changed-index-does-not-kill-handshake", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    lab.fate = (flying) => {
      if (flying.bytes[0] !== 0x52) return [{ delayMs: 10 }];
      return [{ delayMs: 1, bytes: flipped(flying.bytes, 4) }, { delayMs: 10 }];
    };
    alice.send(bob, text("hello"));
    lab.run(45);
    expect(heard(bob)).toEqual(["hello"]);
    expect(alice.endpoint.counters.droppedHandshake).toBe(1);
    // Message 3 went to the index that bob had said under the handshake's keys.
    const message2 = first(sentBy(lab, bob, 0x52));
    const message3 = first(sentBy(lab, alice, 0x53));
    expect(message3.subarray(8, 12)).toEqual(message2.subarray(4, 8));
    expect(bob.endpoint.counters.droppedUnexpected).toBe(0);
  });

  it("forged-message-3-does-not-kill-half-open", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob, mallory } = scene;
    lab.fate = (flying) => {
      if (flying.bytes[0] !== 0x53) return [{ delayMs: 10 }];
      const forged = [...forgeries(scene, flying.bytes), flipped(flying.bytes, 4)];
      return [
        ...forged.map((bytes, i) => ({ delayMs: 1 + i / 100, bytes })),
        ...forged.map((bytes, i) => ({ delayMs: 2 + i / 100, bytes, from: mallory })),
        { delayMs: 5 },
      ];
    };
    alice.send(bob, text("hello"));
    lab.run(45);
    expect(heard(bob)).toEqual(["hello"]);
    expect(sentBy(lab, bob, 0x52).length).toBe(1);
    expect(bob.endpoint.counters.droppedHandshake).toBe(layer === "link" ? 28 : 14);
    expect(bob.endpoint.halfOpen()).toBe(0);
  });

  it("replayed-message-1-leaves-session-alone", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob, mallory } = scene;
    exchange(scene, "first");
    const message1 = first(sentBy(lab, alice, 0x51));
    const index = () => [
      alice.channelTo(bob).sendingIndex(),
      bob.channelTo(alice).sendingIndex(),
      ...alice.events,
      ...bob.events,
    ];
    const before = index();
    lab.fate = ({ bytes }) => (bytes[0] === 0x55 ? [{ delayMs: 10 }] : [{ delayMs: 1 }]);
    for (let i = 0; i < 40; i++) {
      for (const from of [alice.source, mallory, bob.source]) {
        lab.inject(bob, message1, from);
        lab.inject(alice, message1, from);
      }
      lab.run(5);
    }
    expect(sentBy(lab, bob, 0x52).length).toBeGreaterThan(1);
    expect(index()).toEqual(before);
    exchange(scene, "second");
    expect(index()).toEqual(before);
    // The half-open handshakes that they left behind end, and leave the session alone too.
    lab.run(11_000);
    expect(bob.endpoint.halfOpen()).toBe(0);
    expect(bob.endpoint.indices()).toBe(1);
    exchange(scene, "third");
    expect(index()).toEqual(before);
  });

  it("spoofed-message-1-does-not-starve-own-initiation", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    // Somebody who knows alice's address knocks at it in bob's name, 100 times a second.
    const other = createScene({ layer, seed: 2 });
    const eve = other.lab.host("eve");
    other.lab.fate = () => [];
    const knocks: Uint8Array[] = [];
    for (let i = 0; i < 300; i++) {
      eve.restart();
      eve
        .channelTo({ ...alice, credentials: alice.credentials })
        .connect(other.lab.clock.monotonicMs());
    }
    knocks.push(...sentBy(other.lab, eve, 0x51));
    expect(knocks.length).toBe(300);
    for (const [i, knock] of knocks.entries()) lab.inject(alice, knock, bob.source, i * 10);
    // Her own initiation is not held up by it: the usual round trips.
    lab.run(1_000);
    alice.send(bob, text("from alice"));
    lab.run(45);
    expect(heard(bob)).toEqual(["from alice"]);
    expect(sentBy(lab, alice, 0x51).length).toBe(1);
    // Nor is bob's own knock, although his share without a cookie is used up (S5).
    const third = createScene({ layer });
    for (const [i, knock] of sentBy(other.lab, eve, 0x51).entries()) {
      const copy = knock.slice();
      third.lab.inject(third.alice, copy, third.bob.source, i * 10);
    }
    third.lab.run(1_000);
    third.bob.send(third.alice, text("from bob"));
    third.lab.run(300);
    expect(heard(third.alice)).toEqual(["from bob"]);
    expect(third.alice.endpoint.counters.cookieRepliesSent).toBeGreaterThan(0);
  });

  it("same-message-1-from-two-sources", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    // Another way to the same alice; in the session layer she claims the same address.
    const elsewhere =
      layer === "link" ? lab.source("elsewhere") : { ...alice.source, name: "elsewhere" };
    lab.fate = ({ from, bytes }) => {
      if (from !== alice.source || bytes[0] !== 0x51) return [{ delayMs: 10 }];
      return [{ delayMs: 10 }, { delayMs: 12, from: elsewhere }, { delayMs: 14 }];
    };
    alice.send(bob, text("hello"));
    lab.run(25);
    const answers = lab.sent.filter(({ from, bytes }) => from === bob.source && bytes[0] === 0x52);
    expect(answers.map(({ to }) => to.name)).toEqual(["alice", "elsewhere", "alice"]);
    expect(new Set(answers.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).size).toBe(1);
    lab.run(500);
    expect(heard(bob)).toEqual(["hello"]);
    expect(bob.events).toEqual(["established alice responder"]);
    expect(bob.endpoint.halfOpen()).toBe(0);
    expect([alice.endpoint.indices(), bob.endpoint.indices()]).toEqual([1, 1]);
  });

  it("lost-message-3-first-message-still-arrives-once", () => {
    for (const lost of [[1], [1, 2], [1, 2, 3]]) {
      const scene = createScene({ layer });
      const { lab, alice, bob } = scene;
      let thirds = 0;
      lab.fate = ({ bytes }) => {
        if (bytes[0] === 0x53) thirds += 1;
        return bytes[0] === 0x53 && lost.includes(thirds) ? [] : [{ delayMs: 10 }];
      };
      alice.send(bob, text("one"));
      lab.run(25);
      alice.send(bob, text("two"));
      lab.run(4_000);
      expect(heard(bob)).toEqual(["one", "two"]);
      // Message 3 and what follows it: the same bytes each time, never sealed again (O1).
      const thirdsSent = sentBy(lab, alice, 0x53).map((bytes) =>
        Buffer.from(bytes).toString("hex"),
      );
      expect(thirdsSent.length).toBe(lost.length + 1);
      expect(new Set(thirdsSent).size).toBe(1);
      const byCounter = new Map<string, Set<string>>();
      for (const bytes of sentBy(lab, alice, 0x55)) {
        const hex = Buffer.from(bytes).toString("hex");
        byCounter.set(hex.slice(0, 32), (byCounter.get(hex.slice(0, 32)) ?? new Set()).add(hex));
      }
      expect([...byCounter.values()].every((same) => same.size === 1)).toBe(true);
    }
  });

  it("lost-message-3-first-message-still-arrives-once: or what confirms it", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    let confirmations = 0;
    lab.fate = ({ from, bytes }) => {
      if (from !== bob.source || bytes[0] !== 0x55) return [{ delayMs: 10 }];
      confirmations += 1;
      return confirmations <= 2 ? [] : [{ delayMs: 10 }];
    };
    alice.send(bob, text("one"));
    lab.run(3_000);
    expect(heard(bob)).toEqual(["one"]);
    expect(confirmations).toBeGreaterThanOrEqual(3);
    expect(bob.events).toEqual(["established alice responder"]);
    const index = new Uint8Array(4);
    writeU32(index, 0, bob.channelTo(alice).sendingIndex());
    expect(first(sentBy(lab, bob, 0x55)).subarray(4, 8)).toEqual(index);
  });
});
