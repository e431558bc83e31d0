// SPDX-License-Identifier: GPL-3.0-or-later

// Many messages over a network that loses, doubles and reorders, with restarts and reopenings. How
// many: SESSION_MESSAGES in the environment, 20,000 unless set.

import { expect, it } from "vitest";
import { readU32, writeU32 } from "../../../server/src/core/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createSessionLab, type LabNode } from "../../support/session-lab.js";

const MESSAGES = Number(process.env["SESSION_MESSAGES"] ?? 20_000);
const SEED = Number(process.env["SESSION_SEED"] ?? 1);
const HEADER_BYTES = 8;

/** What message `id` is: its bytes tell from whom, to whom, and everything else about it. */
function messageOf(id: number, from: number, to: number): Uint8Array {
  const draw = createSeededRandom(id * 2_654_435_761);
  const size = Math.floor(2 ** (16 * (draw.u32() / 0x1_0000_0000))) - 1;
  const bytes = draw.bytes(Math.max(size, HEADER_BYTES));
  writeU32(bytes, 0, id);
  writeU32(bytes, 4, from * 256 + to);
  return bytes;
}

it(`${MESSAGES} messages: none altered, none twice, none misattributed`, () => {
  const lab = createSessionLab({ seed: SEED });
  const { random } = lab;
  const daemons = ["north", "east", "south"].map((name) => lab.daemon(name));
  const nodes: LabNode[] = [];
  for (const daemon of daemons) {
    for (let i = 0; i < 3; i++) {
      const node = lab.node(`${nodes.length}`);
      nodes.push(node);
      daemon.open(node);
    }
  }
  const seen = new Uint8Array(MESSAGES);
  const wrong: string[] = [];
  for (const daemon of daemons) {
    daemon.onLetter = ({ from, to, bytes }) => {
      const id = readU32(bytes, 0);
      if (seen[id] !== 0) wrong.push(`${id} twice, or never sent`);
      seen[id] = 1;
      const expected = messageOf(id, Number(from), Number(to));
      if (Buffer.compare(bytes, expected) !== 0) wrong.push(`${id} altered or misattributed`);
    };
  }
  lab.network.fate = ({ to }) => {
    if (random.below(100) < 2 && to !== "") return [];
    const delay = (): number => 1 + random.below(random.oneIn(20) ? 200 : 10);
    return random.below(100) < 5 ? [delay(), delay()] : [delay()];
  };
  let accepted = 0;
  for (let id = 0; id < MESSAGES; id++) {
    const from = random.below(nodes.length);
    const home = Math.floor(from / 3);
    const to = (3 * home + 3 + random.below(6)) % nodes.length;
    const [daemon, source, destination] = [daemons[home], nodes[from], nodes[to]];
    if (!daemon || !source || !destination) throw new Error("expected both ends");
    const outcome = daemon.send(source, destination, messageOf(id, from, to));
    if (outcome === "accepted") accepted += 1;
    if (random.oneIn(4)) lab.run(random.below(4));
    if (random.oneIn(5_000)) random.pick(daemons).restart(random.below(500));
    if (random.oneIn(3_000)) {
      daemon.close(source);
      daemon.open(source);
    }
    for (const { letters } of daemons) (letters as unknown[]).length = 0;
    lab.network.sent.length = 0;
  }
  lab.run(15_000);
  const arrived = seen.reduce((sum, one) => sum + one, 0);
  expect(wrong).toEqual([]);
  expect(accepted).toBeGreaterThan(MESSAGES * 0.95);
  // Restarts cost most: beyond three a minute a new incarnation is made to wait (O4).
  expect(arrived).toBeGreaterThan(MESSAGES * 0.75);
  for (const { sessions } of daemons) {
    expect(sessions.stats()).toMatchObject({ waitingRemotes: 0, waitingBytes: 0 });
  }
});
