// SPDX-License-Identifier: GPL-3.0-or-later

// A forwarder in the middle of a line that alters, forges, repeats and misroutes whatever it is to
// carry, packets and control messages alike. FUZZ_SEED says which run.

import { describe, expect, it } from "vitest";
import { createDaemonLab, type LabDaemon } from "../daemon-lab.js";
import { createHostileNeighbour, type HostileNeighbour } from "../hostile-neighbour.js";
import { createLedger } from "../message-ledger.js";

const SEED = Number(process.env["FUZZ_SEED"] ?? "1");
const FORWARDER = "10.6.6.6";
const EACH_MS = 20;
const MOST_REMEMBERED = 300;

type Kind = "packet" | "control";

function createScene(seed: number) {
  const lab = createDaemonLab({ seed, link: { latencyMs: 2 }, algorithm: "beaconnet" });
  const [home, away, middle] = [lab.daemon("home"), lab.daemon("away"), lab.daemon("middle")];
  const mallory = createHostileNeighbour(lab, `${FORWARDER}:666`, "beaconnet");
  for (const daemon of [home, away]) {
    lab.network.between(FORWARDER, daemon.at.replace(/:\d+$/, ""), { latencyMs: 40 });
    daemon.peer(mallory);
    mallory.peer(daemon);
  }
  const { world } = lab;
  world.runUntil("mallory is in", () => mallory.isUp(home) && mallory.isUp(away), 5_000);
  const [alice, bob] = [home.open(lab.key("alice")), away.open(lab.key("bob"))];
  const ledger = createLedger(100_000);
  const [a, b] = [ledger.enrol(alice), ledger.enrol(bob)];
  /** Both talk; how many messages arrive in that time and a second more. */
  const talk = (forMs: number): { readonly sent: number; readonly arrived: number } => {
    const before = { sent: ledger.sent, arrived: ledger.arrived };
    for (let ms = 0; ms < forMs; ms += EACH_MS) {
      ledger.send(a, b, 200);
      ledger.send(b, a, 200);
      world.run(EACH_MS);
    }
    world.run(1_000);
    return { sent: ledger.sent - before.sent, arrived: ledger.arrived - before.arrived };
  };
  return { lab, world, home, away, middle, mallory, ledger, talk };
}

/** Hands on what comes to the other end, as it came. */
function carryOn(mallory: HostileNeighbour, ends: readonly [LabDaemon, LabDaemon]): void {
  mallory.onBytes = (from, kind, bytes) => {
    give(mallory, from === ends[0] ? ends[1] : ends[0], kind, bytes);
  };
}

function give(mallory: HostileNeighbour, to: LabDaemon, kind: Kind, bytes: Uint8Array): void {
  if (!mallory.isUp(to) || bytes.length === 0) return;
  if (kind === "packet") mallory.sendPacket(to, bytes);
  else mallory.sendControl(to, bytes);
}

/** Does everything else with it. */
function forge(
  { lab, mallory }: Pick<ReturnType<typeof createScene>, "lab" | "mallory">,
  ends: readonly [LabDaemon, LabDaemon],
): void {
  const random = lab.world.random("mallory");
  const remembered: { readonly kind: Kind; readonly bytes: Uint8Array }[] = [];
  const alter = (bytes: Uint8Array): Uint8Array => {
    const altered = bytes.slice();
    // Mostly what comes after the beginning, which says what it is.
    const from = random.oneIn(3) ? 0 : Math.min(altered.length - 1, random.pick([2, 7, 38, 70]));
    for (let times = 1 + random.below(3); times > 0; times--) {
      altered[from + random.below(altered.length - from)] = random.u32();
    }
    return random.oneIn(6) ? altered.slice(0, 1 + random.below(altered.length)) : altered;
  };
  /** The addresses of a packet the other way round, or its payload under another header. */
  const splice = (bytes: Uint8Array): Uint8Array => {
    const other = random.pick(remembered).bytes;
    const spliced = bytes.slice();
    if (bytes.length < 70 || other.length < 70 || random.oneIn(2)) {
      spliced.set(bytes.subarray(38, 70), 6);
      spliced.set(bytes.subarray(6, 38), 38);
    } else spliced.set(other.subarray(0, 70));
    return spliced;
  };
  mallory.onBytes = (from, kind, bytes) => {
    const [to, back] = from === ends[0] ? [ends[1], ends[0]] : [ends[0], ends[1]];
    remembered.push({ kind, bytes });
    if (remembered.length > MOST_REMEMBERED) remembered.shift();
    const old = random.pick(remembered);
    random.pick([
      () => give(mallory, to, kind, bytes),
      () => give(mallory, to, kind, bytes),
      () => give(mallory, to, kind, alter(bytes)),
      () => give(mallory, to, kind, alter(bytes)),
      () => give(mallory, back, kind, bytes),
      () => give(mallory, back, kind, alter(bytes)),
      () => give(mallory, to, old.kind, old.bytes),
      () => give(mallory, random.pick(ends), old.kind, alter(old.bytes)),
      () => give(mallory, to, kind, kind === "packet" ? splice(bytes) : random.bytes(200)),
      () => give(mallory, to, kind === "packet" ? "control" : "packet", bytes),
      () => {},
    ])();
  };
}

/** What a daemon has counted as not what it should be. */
function refusals({ engine: { network } }: LabDaemon): number {
  const { controlInvalid = 0, beaconsInvalid = 0, locationsInvalid = 0 } = network.routerCounters;
  const { droppedInvalid, droppedNoWay } = network.counters;
  return controlInvalid + beaconsInvalid + locationsInvalid + droppedInvalid + droppedNoWay;
}

describe("forwarder-forges-everything-fuzz", () => {
  it("nothing altered or forged is delivered, counters count, and the ends talk by another way", () => {
    const scene = createScene(SEED);
    const { lab, world, home, away, middle, mallory, ledger, talk } = scene;
    const ends = [home, away] as const;
    carryOn(mallory, ends);
    world.run(3_000);
    // It is the only way, and one.
    const before = talk(1_000);
    expect(before.arrived).toBe(before.sent);
    forge(scene, ends);
    const during = talk(20_000);
    expect(during.arrived).toBeLessThan(during.sent);
    for (const end of ends) expect(refusals(end)).toBeGreaterThan(100);
    // Another way, which is shorter; that is seen when its links are measured.
    lab.peers(home, middle);
    lab.peers(middle, away);
    world.run(70_000);
    const after = talk(5_000);
    const { altered, twice, misattributed } = ledger.report();
    expect([altered, twice, misattributed]).toEqual([0, 0, 0]);
    expect(after.arrived).toBe(after.sent);
    for (const end of ends) expect(end.running && mallory.isUp(end)).toBe(true);
  });
});
