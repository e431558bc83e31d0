// SPDX-License-Identifier: GPL-3.0-or-later

// Acknowledgements ride with what goes out anyway, and alone only what has waited.

import { expect, it } from "vitest";
import { B1, createLinkLab } from "../sim/link-lab.js";

/** Microseconds at most between a packet's arrival and the answer to it, which a program gives. */
const MOST_THINKING = 600;

function createTalk() {
  const lab = createLinkLab({ link: { latencyMs: 0.2 } });
  const { world, network, a, b } = lab;
  a.add(B1);
  a.connect();
  lab.untilUp();
  world.run(5_000);
  const random = world.random("thinking");
  const packet = new Uint8Array(64);
  const thinking = { a: 0, b: 0 };
  a.onPacket = () => {
    thinking.a += 1;
  };
  b.onPacket = () => {
    thinking.b += 1;
  };
  const { sent } = network.counters;
  /** Answers for so long; how often an answer came. */
  const talk = (forMs: number): number => {
    let trips = 0;
    a.send(packet, 0);
    for (let ms = 0; ms < forMs; ) {
      const thinkMs = (1 + random.below(MOST_THINKING)) / 1_000;
      ms += thinkMs;
      world.run(thinkMs);
      const { a: atA, b: atB } = thinking;
      thinking.a = 0;
      thinking.b = 0;
      if (atA > 0) a.send(packet, 0);
      if (atB > 0) b.send(packet, 0);
      trips += atA;
    }
    return trips;
  };
  return { world, a, packet, talk, sent: () => network.counters.sent - sent };
}

it("question and answer cost two datagrams, however often they follow each other", () => {
  const { talk, sent } = createTalk();
  const trips = talk(1_000);
  expect(trips).toBeGreaterThan(500);
  // And what a link says now and then.
  expect(sent() - 2 * trips).toBeLessThan(0.02 * trips);
});

it("what is not answered is acknowledged alone, 2 ms after it came", () => {
  const { world, a, packet, sent } = createTalk();
  a.send(packet, 0);
  world.run(2);
  expect(sent()).toBe(1);
  world.run(1);
  expect(sent()).toBe(2);
});
