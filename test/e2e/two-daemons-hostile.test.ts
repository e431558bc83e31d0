// SPDX-License-Identifier: GPL-3.0-or-later

// Noise, forgeries and copies at the UDP port of a daemon that talks with another: counted, never
// answered, and nothing of the traffic is lost. A peer that is not wanted is told so once.

import { randomBytes } from "node:crypto";
import { generateKey } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEar, createNumberedTraffic } from "../support/numbered-traffic.js";
import { createDaemons, type Daemons } from "../support/two-daemons.js";
import {
  createStranger,
  createUdpRelay,
  type Stranger,
  type UdpRelay,
} from "../support/udp-relay.js";
import { until } from "../support/until.js";

const MESSAGE_3 = 0x53;
const DATA = 0x55;
const HINT_BYTES = 16;
const INDEX_AT = 4;
const COUNTER_AT = 8;
const ATTACKS = 500;
/** Milliseconds in which an answer would long have come. */
const SILENCE_MS = 2_000;

let daemons: Daemons;
let relay: UdpRelay;
let strangers: Stranger[];
beforeEach(async () => {
  relay = await createUdpRelay();
  strangers = await Promise.all(Array.from({ length: 4 }, createStranger));
});
afterEach(async () => {
  await daemons.end();
  await relay.close();
  await Promise.all(strangers.map((stranger) => stranger.close()));
});

/** Daemon 0 dials daemon 1, all of it through the relay. */
async function createRelayed(peersOf: (index: number) => readonly number[]): Promise<void> {
  daemons = await createDaemons(2, {
    peersOf,
    way(from, _to, udp) {
      if (from !== 0) return undefined;
      relay.carryTo(udp);
      return relay.address;
    },
  });
  await daemons.start();
}

/** What either daemon says that it has lost or dropped. */
async function losses(): Promise<string> {
  const both = await Promise.all([0, 1].map((index) => daemons.at(index).status()));
  return both
    .flatMap(({ counters }, index) =>
      Object.entries(counters).flatMap(([name, value]) =>
        value > 0 && /lost|expired|drop|given_up|stale/.test(name)
          ? [`${index}.${name} ${value}`]
          : [],
      ),
    )
    .join(" ");
}

function changed(datagram: Buffer, at: number): Buffer {
  const copy = Buffer.from(datagram);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

it("noise, forgeries and copies: silence and counters, and the traffic loses nothing", async () => {
  await createRelayed((index) => [1 - index]);
  const [a, b] = await Promise.all([
    daemons.at(0).connect().open(generateKey()),
    daemons.at(1).connect().open(generateKey()),
  ]);
  const ears = [createEar(b), createEar(a)] as const;
  const ways = [
    createNumberedTraffic(a, b.address, ears[0]),
    createNumberedTraffic(b, a.address, ears[1]),
  ];
  await Promise.all(ways.map((way) => way.flow(50)));
  const before = (await daemons.at(1).status()).counters;

  const [noisy, forger, copier, guesser] = strangers as [Stranger, Stranger, Stranger, Stranger];
  const data = relay.there.filter((datagram) => datagram[0] === DATA);
  const [here, there] = [daemons.at(0).udp, daemons.at(1).udp];
  const attack = (datagram: Buffer): void => {
    const noise = randomBytes(1 + (datagram.length % 1_400));
    for (const udp of [here, there]) noisy.send(noise, udp);
    relay.forge(noise);
    // With a counter that has not been used yet, so that only the tag can tell.
    const forged = changed(datagram, COUNTER_AT + 3);
    forger.send(forged, there);
    relay.forge(forged);
    copier.send(datagram, there);
    relay.forge(datagram);
    guesser.send(changed(datagram, INDEX_AT), there);
  };
  const told = (): number => ways.reduce((sum, { outcomes }) => sum + outcomes.size, 0);
  let attacks = 0;
  await until("an attack beside every message", () => {
    const datagram = data[attacks % data.length];
    // Not faster than the daemons: what the kernel drops for want of room is nobody's fault.
    if (datagram !== undefined && attacks < told()) {
      attack(datagram);
      attacks += 1;
    }
    for (const way of ways) if (way.pending < 10) way.send();
    return attacks >= ATTACKS;
  });
  const arrived = (): number => ears.reduce((sum, { numbers }) => sum + numbers.length, 0);
  const settled = (): boolean => ways.every(({ pending }) => pending === 0);
  try {
    await until("all messages have arrived", () => settled() && arrived() === told());
  } catch (cause) {
    // Which of the two lost something, and by what it says itself.
    throw new Error(`${arrived()} of ${told()}; ${await losses()}`, { cause });
  }
  for (const { outcomes } of ways) expect([...new Set(outcomes.values())]).toEqual(["accepted"]);
  for (const ear of ears) expect(ear.twice()).toEqual([]);

  const { counters } = await daemons.at(1).status();
  for (const name of ["malformed", "replay", "not_authentic", "unknown_index"]) {
    const counter = `link_channel_dropped_${name}`;
    expect(counters[counter], counter).toBeGreaterThan((before[counter] ?? 0) + ATTACKS / 2);
  }
  expect([noisy, forger, copier].map(({ heard }) => heard.length)).toEqual([0, 0, 0]);
  // An index that is unknown may be that of a daemon that forgot it: a hint, at a bounded rate.
  expect(guesser.heard.every(({ length }) => length === HINT_BYTES)).toBe(true);
  expect(guesser.heard.length).toBeLessThan(ATTACKS / 2);
});

it("a peer that is not wanted is told so once, then hears nothing that is sealed", async () => {
  await createRelayed((index) => (index === 0 ? [1] : []));
  const [unwanted, other] = [daemons.at(0), daemons.at(1)];
  await other.process.stderr.waitFor(/peer is not wanted/);
  const sealed = (): number => relay.back.filter(([type]) => type === DATA).length;
  const knocks = (): number => relay.there.filter(([type]) => type === MESSAGE_3).length;
  await until("it has been told", () => sealed() === 1);
  const { peers } = await unwanted.status();
  expect(peers).toEqual([expect.objectContaining({ address: `${other.address}`, up: false })]);
  expect((await other.status()).peers).toEqual([]);
  // It leaves the other in peace, so nothing at all is heard.
  const datagrams = [relay.there.length, relay.back.length];
  await silence(SILENCE_MS);
  expect([relay.there.length, relay.back.length]).toEqual(datagrams);

  // Started anew it does not know any more, and knocks again: it is not told a second time.
  await unwanted.kill();
  const before = knocks();
  await unwanted.start();
  await until("it has knocked again, twice", () => knocks() - before >= 2);
  expect(sealed()).toBe(1);
  expect((await unwanted.status()).peers[0]?.up).toBe(false);
  const words = ["ping", "-c", "1", "-W", "0.1", "--", `${other.address}`];
  expect((await unwanted.workshop.run(words)).code).toBe(1);
});

/** Resolves after so many milliseconds: that nothing is said takes its time to be seen. */
function silence(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
