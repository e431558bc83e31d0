// SPDX-License-Identifier: GPL-3.0-or-later

// One key at two daemons, while a node exchanges messages with it: nothing is delivered twice, and
// the one that opened it earlier is told that it was displaced (rules O4 and R3).

import { generateKey, type Node } from "@inet256/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  createEar,
  createNumberedTraffic,
  type NumberedTraffic,
} from "../support/numbered-traffic.js";
import { createDaemons, type Daemons } from "../support/two-daemons.js";
import { until } from "../support/until.js";

/** What we say of ourselves, from the first message between the daemons on, in milliseconds. */
const CLAIM_MS = 2_000;
const DEADLINE_MS = 20_000;
/** Where the numbers of the newer opening begin. */
const NEWER = 1_000_000;

let daemons: Daemons;
beforeAll(async () => {
  daemons = await createDaemons(3);
  await daemons.start();
  await daemons.up();
});
afterAll(() => daemons.end());

/** Sends everything on until a send of `older` is refused as displaced; in milliseconds. */
async function untilDisplaced(older: NumberedTraffic, others: readonly NumberedTraffic[]) {
  const began = performance.now();
  await until(
    "the older one is displaced",
    () => {
      for (const traffic of [older, ...others]) traffic.fill(5);
      return [...older.outcomes.values()].includes("DISPLACED");
    },
    DEADLINE_MS,
  );
  return performance.now() - began;
}

it.each([
  ["beside the one that talks with it", 1],
  ["at a third daemon", 2],
])("a key opened again %s: no duplicate, and the older one is displaced", async (_, place) => {
  const clients = [0, 1, 2].map((index) => daemons.at(index).connect());
  const open = (index: number, key = generateKey()): Promise<Node> => {
    const client = clients[index];
    if (client === undefined) throw new RangeError(`no daemon ${index}`);
    return client.open(key);
  };
  const key = generateKey();
  const [older, partner, neighbour] = await Promise.all([open(0, key), open(1), open(0)]);
  const [atPartner, atKey, atNeighbour] = [
    createEar(partner),
    createEar(older),
    createEar(neighbour),
  ];
  const answers = createNumberedTraffic(older, partner.address, atPartner);
  const questions = createNumberedTraffic(partner, key.address, atKey);
  await Promise.all([answers.flow(100), questions.flow(100)]);

  const newer = await open(place, key);
  atKey.listen(newer);
  // The first messages between the daemons: of the newer one to the others.
  const newAnswers = createNumberedTraffic(newer, partner.address, atPartner, NEWER);
  const greetings = createNumberedTraffic(newer, neighbour.address, atNeighbour);
  const ms = await untilDisplaced(answers, [questions, newAnswers, greetings]);
  console.info(`displaced after ${Math.round(ms)} ms (claimed: under ${CLAIM_MS})`);

  // From here on the newer one is who has the key.
  const last = questions.send();
  await until("the newer one talks with the partner", () => {
    for (const traffic of [questions, newAnswers]) traffic.fill(5);
    const heard = (numbers: readonly number[], from: number): boolean =>
      (numbers.at(-1) ?? 0) > from;
    return heard(atKey.numbers, last) && heard(atPartner.numbers, NEWER);
  });
  for (const ear of [atPartner, atKey, atNeighbour]) expect(ear.twice()).toEqual([]);
  const told = new Set(newAnswers.outcomes.values());
  expect([...told]).toEqual(["accepted"]);
});
