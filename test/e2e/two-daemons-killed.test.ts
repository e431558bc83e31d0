// SPDX-License-Identifier: GPL-3.0-or-later

// kill -9 of a daemon during traffic with the other, and its restart: the traffic resumes without
// anybody touching the clients, and nothing is delivered twice, before or after.

import { type ClientEvent, generateKey, type Node } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  createEar,
  createNumberedTraffic,
  type Ear,
  type NumberedTraffic,
} from "../support/numbered-traffic.js";
import { createDaemons, type Daemons } from "../support/two-daemons.js";
import { until } from "../support/until.js";

/** What we say of ourselves, in milliseconds from the daemon's being there again. */
const CLAIM_MS = 2_000;
const DEADLINE_MS = 20_000;
const ENOUGH = 200;

let daemons: Daemons;
beforeEach(async () => {
  daemons = await createDaemons(2);
  await daemons.start();
});
afterEach(() => daemons.end());

/** One way, and who hears it. */
interface Way {
  readonly traffic: NumberedTraffic;
  readonly ear: Ear;
}

function createWay(from: Node, to: Node): Way {
  const ear = createEar(to);
  return { ear, traffic: createNumberedTraffic(from, to.address, ear) };
}

/** Sends both ways until something sent from now on was heard at each end; in milliseconds. */
async function resumed(ways: readonly Way[]): Promise<number> {
  const began = performance.now();
  const firsts = ways.map(({ traffic }) => traffic.send());
  const back = ({ traffic, ear }: Way, first: number): boolean => {
    traffic.fill();
    return (ear.numbers.at(-1) ?? -1) >= first;
  };
  await until(
    "traffic has resumed both ways",
    () => ways.map((way, index) => back(way, firsts[index] ?? 0)).every(Boolean),
    DEADLINE_MS,
  );
  return performance.now() - began;
}

/** Sends both ways until one side has been told of more messages than wait anywhere. */
async function intoTheVoid(ways: readonly Way[]): Promise<void> {
  const before = ways.map(({ traffic }) => traffic.outcomes.size);
  const told = ({ traffic }: Way, index: number): boolean => {
    traffic.fill();
    return traffic.outcomes.size - (before[index] ?? 0) > 50;
  };
  await until("one side was told of 51 messages", () => ways.map(told).some(Boolean), DEADLINE_MS);
}

const KILLS = [
  { victim: 0, away: "at once" },
  { victim: 1, away: "at once" },
  { victim: 0, away: "late" },
] as const;

it("kill -9 of either daemon: traffic resumes by itself, nothing arrives twice", async () => {
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent): void => void events.push(event);
  const [a, b] = await Promise.all([
    daemons.at(0).connect({ onEvent }).open(generateKey()),
    daemons.at(1).connect({ onEvent }).open(generateKey()),
  ]);
  const ways = [createWay(a, b), createWay(b, a)];

  for (const { victim, away } of KILLS) {
    const daemon = daemons.at(victim);
    await Promise.all(ways.map(({ traffic }) => traffic.flow(ENOUGH)));
    for (const { traffic } of ways) traffic.fill(50);
    await daemon.kill();
    if (away === "late") await intoTheVoid(ways);
    await daemon.start();
    const ms = await resumed(ways);
    console.info(
      `daemon ${victim} was killed and came back ${away}: traffic both ways ${Math.round(ms)} ms later (claimed: under ${CLAIM_MS})`,
    );
  }
  await Promise.all(ways.map(({ traffic }) => traffic.flow(ENOUGH)));
  for (const { ear } of ways) expect(ear.twice()).toEqual([]);
  expect(events.filter(({ type }) => type === "ended")).toEqual([]);
  expect(events.filter(({ type }) => type === "reopened")).toHaveLength(KILLS.length);
}, 60_000);
