// SPDX-License-Identifier: GPL-3.0-or-later

// S8: both sides begin at once. Seeds of a wire that loses, doubles and reorders; the primitives
// are toys, so that thousands of crossings cost seconds. CROSSINGS says how many seeds.

import { describe, expect, it } from "vitest";
import { readU32 } from "../../../../server/src/core/index.js";
import { type ChannelLab, createChannelLab, type LabHost } from "../../../support/channel-lab.js";
import { createSeededRandom } from "../../../support/seeded-random.js";
import { createToyCrypto } from "../../../support/toy-crypto.js";

const SEEDS = Number(process.env["CROSSINGS"] ?? 10_000);
const MESSAGES = 4;
const crypto = createToyCrypto();

/** Whether what each side seals with are the two ends of one session. */
function agree(lab: ChannelLab, alice: LabHost, bob: LabHost): boolean {
  const atBob = alice.channelTo(bob).sendingIndex();
  const atAlice = bob.channelTo(alice).sendingIndex();
  return lab.sent.some(({ bytes, from }) => {
    if (bytes[0] !== 0x53) return false;
    const [sender, receiver] = from.name === "alice" ? [atAlice, atBob] : [atBob, atAlice];
    return readU32(bytes, 4) === sender && readU32(bytes, 8) === receiver;
  });
}

/** What is wrong with one run, or "". */
function crossing(layer: "link" | "session", seed: number): { wrong: string; both: boolean } {
  const lab = createChannelLab({ layer, seed, crypto });
  const random = createSeededRandom(seed + 1_000_000);
  const alice = lab.host("alice");
  const bob = lab.host("bob");
  const delay = () => ({ delayMs: 2 + random.below(120) });
  lab.fate = () => {
    if (random.below(100) < 5) return [];
    return random.below(100) < 10 ? [delay(), delay()] : [delay()];
  };
  for (let i = 0; i < MESSAGES; i++) {
    alice.send(bob, Uint8Array.of(1, i));
    lab.run(random.below(60));
    bob.send(alice, Uint8Array.of(2, i));
    lab.run(random.below(120));
  }
  lab.run(11_000);
  lab.fate = () => [{ delayMs: 10 }];
  alice.send(bob, Uint8Array.of(1, MESSAGES));
  bob.send(alice, Uint8Array.of(2, MESSAGES));
  lab.run(100);
  const both =
    alice.channelTo(bob).counters.established > 1 || bob.channelTo(alice).counters.established > 1;
  for (const [host, other] of [
    [alice, 2],
    [bob, 1],
  ] as const) {
    const seen = host.arrivals.map(({ bytes }) => bytes.join());
    if (new Set(seen).size !== seen.length) return { wrong: "a message came twice", both };
    if (!seen.includes(`${other},${MESSAGES}`)) return { wrong: "the last one did not come", both };
  }
  return { wrong: agree(lab, alice, bob) ? "" : "two sessions in use", both };
}

describe.each(["link", "session"] as const)("crossing initiations in the %s layer", (layer) => {
  it("crossing-10k-seeds-agree-no-duplicate", () => {
    const wrong: string[] = [];
    let crossed = 0;
    for (let seed = 1; seed <= SEEDS / 2; seed++) {
      const run = crossing(layer, layer === "link" ? seed : seed + SEEDS / 2);
      if (run.wrong !== "") wrong.push(`seed ${seed}: ${run.wrong}`);
      if (run.both) crossed += 1;
    }
    expect(wrong).toEqual([]);
    // Or nothing was shown: both handshakes complete in most runs.
    expect(crossed).toBeGreaterThan(SEEDS / 8);
  }, 600_000);
});
