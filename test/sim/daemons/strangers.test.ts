// SPDX-License-Identifier: GPL-3.0-or-later

// Who is not wanted is told so once, and then hears nothing; who proves nothing hears nothing at
// all. Traffic goes on.

import { describe, expect, it } from "vitest";
import type { LabDaemon } from "../daemon-lab.js";
import { createDaemonTalk } from "../daemon-talk.js";

const HINT = 0x56;
const HINT_BYTES = 16;
const HINTS_PER_SECOND = 100;
const FINE = { latencyMs: 5, jitterMs: 3 };

function dropped({ engine }: LabDaemon): number {
  const { counters } = engine.network.peers;
  return Object.entries(counters)
    .filter(([name]) => name.startsWith("dropped"))
    .reduce((sum, [, count]) => sum + count, 0);
}

describe("a peer that is not in the configuration", () => {
  it("is told once that it is refused, and then nothing", () => {
    const { lab, home, ledger, talk } = createDaemonTalk({ seed: 1, link: FINE });
    talk(200);
    const stranger = lab.daemon("stranger");
    let toStranger = 0;
    let fromStranger = 0;
    lab.network.tap(({ from, to }) => {
      if (to === stranger.at) toStranger += 1;
      if (from === stranger.at) fromStranger += 1;
      return undefined;
    });
    stranger.peer(home);
    talk(2_000);
    const { counters } = home.engine.network.peers;
    expect(counters.refusalsSent).toBe(1);
    expect(counters.droppedIdentity).toBeGreaterThan(0);
    expect(home.engine.network.peers.size).toBe(1);
    expect(stranger.isUp(home)).toBe(false);
    const [told, said] = [toStranger, fromStranger];
    lab.world.run(120_000);
    expect([toStranger - told, fromStranger - said]).toEqual([0, 0]);
    expect(counters.refusalsSent).toBe(1);
    talk(1_000);
    lab.world.run(100);
    const { sent, arrived } = ledger.report();
    expect(arrived).toBe(sent);
  });

  it("hears nothing more for trying again and again", () => {
    const { lab, home, ledger, talk } = createDaemonTalk({ seed: 2, link: FINE });
    const stranger = lab.daemon("stranger", { down: true });
    stranger.peer(home);
    let [bytesTo, bytesFrom] = [0, 0];
    lab.network.tap(({ from, to, bytes }) => {
      if (to === stranger.at) bytesTo += bytes.length;
      if (from === stranger.at) bytesFrom += bytes.length;
      return undefined;
    });
    for (let i = 0; i < 20; i++) {
      stranger.start();
      talk(300);
      stranger.kill();
    }
    expect(bytesTo).toBeLessThan(bytesFrom);
    const { refusalsSent } = home.engine.network.peers.counters;
    expect(refusalsSent).toBeLessThanOrEqual(20);
    expect(home.engine.network.peers.size).toBe(1);
    lab.world.run(100);
    expect(ledger.arrived).toBe(ledger.sent);
  });
});

describe("datagrams that prove nothing", () => {
  it("get silence and a count, and a few hints, in their own name or in the peer's", () => {
    const { lab, home, away, ledger, talk } = createDaemonTalk({ seed: 3, link: FINE });
    const { network, world } = lab;
    talk(300);
    const random = world.random("garbage");
    const types = [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x00, 0xff];
    const genuine: Uint8Array[] = [];
    // All that anybody is ever told: that an index is unknown, in 16 bytes, at most 100 a second
    // (S12).
    const answers: Uint8Array[] = [];
    network.tap(({ to, bytes }) => {
      if (genuine.length < 50) genuine.push(bytes.slice());
      if (to !== home.at && to !== away.at) answers.push(bytes.slice());
      return undefined;
    });
    talk(100);
    const before = dropped(home);
    const startMs = world.nowMs;
    let injected = 0;
    for (let i = 0; i < 2_000; i++) {
      let bytes: Uint8Array = random.bytes(1 + random.below(1_400));
      bytes[0] = random.pick(types);
      if (random.oneIn(3)) bytes.fill(0, 1, 4);
      if (random.oneIn(3)) {
        bytes = random.pick(genuine).slice();
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      const from = random.oneIn(2) ? away.at : `192.0.2.${random.below(250) + 1}:${1 + i}`;
      network.inject(from, home.at, bytes);
      injected += 1;
      if (i % 10 === 0) talk(4);
    }
    talk(1_000);
    world.run(100);
    const hints = answers.filter((bytes) => bytes.length === HINT_BYTES && bytes[0] === HINT);
    expect(answers.length - hints.length).toBe(0);
    expect(hints.length).toBeLessThanOrEqual(
      (HINTS_PER_SECOND * (world.nowMs - startMs)) / 1_000 + HINTS_PER_SECOND,
    );
    expect(dropped(home) - before).toBe(injected);
    expect(home.engine.network.peers.size).toBe(1);
    const { sent, ...report } = ledger.report();
    expect(report).toEqual({ refused: 0, arrived: sent, altered: 0, twice: 0, misattributed: 0 });
  });
});
