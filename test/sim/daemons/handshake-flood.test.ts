// SPDX-License-Identifier: GPL-3.0-or-later

// A neighbour that floods a node with the first messages of handshakes, in its own nodes' names and
// in others', across the network: those who talk go on, who begins is heard soon, and what comes
// back is less than what was sent.

import { expect, it } from "vitest";
import { NEIGHBOUR_RATE, SESSION_LAYER } from "../../../server/src/channel/constants.js";
import { mac1Of, responderKeys, writeMac1 } from "../../../server/src/channel/wire/message1.js";
import { writeU32 } from "../../../server/src/core/index.js";
import type { ChannelLab } from "../../support/channel-lab.js";
import { createHandmadeInitiator } from "../../support/handmade-handshake.js";
import { createDaemonLab } from "../daemon-lab.js";
import { createHostileNeighbour } from "../hostile-neighbour.js";
import { createLedger } from "../message-ledger.js";

const FLOOD_MS = 3_000;
const PER_MS = 5;
/** What is claimed for a first message, in virtual time. */
const BEGIN_WITHIN_MS = 2_000;

it.each(["onehop", "beaconnet"])("handshake-flood-from-behind-a-neighbour: %s", (algorithm) => {
  const lab = createDaemonLab({ seed: 5, algorithm, link: { latencyMs: 3, jitterMs: 1 } });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const mallory = createHostileNeighbour(lab, "10.6.6.6:666", algorithm);
  const { world } = lab;
  lab.peers(home, away);
  away.peer(mallory);
  mallory.peer(away);
  lab.untilUp(home, away);
  world.runUntil("mallory is in", () => mallory.isUp(away), 5_000);
  const [alice, bob] = [home.open(lab.key("alice")), away.open(lab.key("bob"))];
  const ledger = createLedger(100_000);
  const [a, b] = [ledger.enrol(alice), ledger.enrol(bob)];
  ledger.send(a, b, 10);
  world.run(1_000);
  expect(ledger.arrived).toBe(1);

  const random = world.random("flood");
  const { mac1 } = responderKeys(lab.crypto, bob.address.bytes);
  const forger = { crypto: lab.crypto, random, rules: SESSION_LAYER } as unknown as ChannelLab;
  const { message1 } = createHandmadeInitiator(forger, {
    responder: bob.address.bytes,
    initiator: mallory.address.bytes,
  });
  let sent = 0;
  let bytes = 0;
  const knock = (source: Uint8Array): void => {
    sent += 1;
    writeU32(message1, 4, sent);
    writeMac1(lab.crypto, mac1, message1);
    const packet = mallory.packet(source, bob.address.bytes, message1);
    if (mallory.sendPacket(away, packet)) bytes += packet.length;
  };
  expect(mac1Of(message1)).toHaveLength(16);
  const strangers = Array.from({ length: 50 }, () => random.bytes(32));
  const begunMs = new Map<number, number>();
  const delays = new Map<number, number>();
  ledger.onArrival = (id) => {
    const atMs = begunMs.get(id);
    if (atMs !== undefined) delays.set(id, world.nowMs - atMs);
  };
  for (let ms = 0; ms < FLOOD_MS; ms++) {
    for (let i = 0; i < PER_MS; i++) {
      knock(random.pick([...strangers, mallory.address.bytes, alice.address.bytes]));
    }
    if (ms % 10 === 0) ledger.send(a, b, 100);
    // Somebody new begins while it lasts.
    if (ms % 500 === 250) {
      const number = ledger.enrol(home.open(lab.key(`newcomer ${ms}`)));
      begunMs.set(ledger.send(number, b, 100), world.nowMs);
    }
    world.run(1);
  }
  const waiting = away.engine.sessions.stats();
  world.runUntil(
    "the newcomers are heard",
    () => delays.size === begunMs.size,
    10 * BEGIN_WITHIN_MS,
  );
  world.run(500);
  const { sent: messages, ...report } = ledger.report();
  expect(report).toEqual({
    refused: 0,
    arrived: messages,
    altered: 0,
    twice: 0,
    misattributed: 0,
  });
  // What a stranger can make us keep, and what he gets back.
  expect(sent).toBeGreaterThan(10_000);
  expect(waiting.remotes).toBeLessThan(100);
  const back = mallory.packets.reduce((sum, packet) => sum + packet.length, 0);
  expect(back).toBeLessThan(bytes / 10);
  const { cookieRepliesSent } = away.engine.sessions.channelCounters;
  // Of one neighbour, whoever it speaks for, so many are looked at (S5); above a few, for a cookie.
  expect(cookieRepliesSent).toBeGreaterThan(100);
  expect(cookieRepliesSent).toBeLessThan(NEIGHBOUR_RATE * (FLOOD_MS / 1_000 + 1));
  expect(Math.max(...delays.values())).toBeLessThan(BEGIN_WITHIN_MS);
});
