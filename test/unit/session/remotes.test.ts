// SPDX-License-Identifier: GPL-3.0-or-later

// Thousands of remote identities in bounded memory: 2,000, or SESSION_REMOTES. With 10,000 a pair
// took 19.7 KB with its session and 4.3 KB without.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSessionLab } from "../../support/session-lab.js";
import { createToyCrypto } from "../../support/toy-crypto.js";

const REMOTES = Number(process.env["SESSION_REMOTES"] ?? 2_000);
/** What a pair may cost: with a session, and when its session has ended and it waits to be forgotten. */
const MOST_BYTES = { session: 24 * 1024, idle: 6 * 1024 };

let collect: () => void;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as () => void;
});
afterAll(() => setFlagsFromString("--no-expose-gc"));
function memoryBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function createCrowd() {
  const lab = createSessionLab({ crypto: createToyCrypto() });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  // Message 2 of one identity are looked into 75 times a second (S5), so there are several.
  const here = Array.from({ length: 20 }, (_, i) => lab.node(`here ${i}`));
  for (const node of here) home.open(node);
  for (let i = 0; i < REMOTES; i++) {
    const node = lab.node(`${i}`);
    away.open(node);
    away.send(node, lab.random.pick(here), "hello");
    lab.run(5);
    lab.network.sent.length = 0;
  }
  lab.run(2_000);
  expect(home.letters.length).toBeGreaterThan(REMOTES * 0.999);
  return { lab, home, away, here };
}

it(`${REMOTES} remotes: bounded bytes each, nothing once they are forgotten`, () => {
  const { lab, home, away, here } = createCrowd();
  expect(home.sessions.stats()).toMatchObject({ remotes: REMOTES, sessions: REMOTES });
  // The other side is not what is measured; it goes without a farewell.
  away.place.sink = undefined;
  away.place.room = () => false;
  away.sessions.close(lab.nowMs);
  const withSessions = memoryBytes();
  // The last one is 180 s old then; the first pairs have been forgotten.
  lab.run(178_500);
  lab.network.sent.length = 0;
  const left = home.sessions.stats();
  expect(left.sessions).toBe(0);
  const later = memoryBytes();
  for (const node of here) home.close(node);
  expect(home.sessions.stats()).toMatchObject({ remotes: 0, sessions: 0 });
  lab.network.sent.length = 0;
  const without = memoryBytes();
  const each = (bytes: number, remotes: number): number => Math.round((bytes - without) / remotes);
  const sizes = { session: each(withSessions, REMOTES), idle: each(later, left.remotes) };
  process.stdout.write(
    `a pair with a session: ${sizes.session} B; without, ${left.remotes} left: ${sizes.idle} B\n`,
  );
  expect(sizes.session).toBeLessThan(MOST_BYTES.session);
  expect(sizes.idle).toBeLessThan(MOST_BYTES.idle);
  lab.run(30_000);
  expect(lab.clock.armedForMs).toBeUndefined();
});
