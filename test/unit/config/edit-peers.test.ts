// SPDX-License-Identifier: GPL-3.0-or-later

// Peers put into the text of a configuration, and taken out of it: what else stands there stays.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutPeer, withPeer } from "../../../server/src/config/edit-peers.js";
import type { Config } from "../../../server/src/config/index.js";
import { Address } from "../../../server/src/identity/index.js";
import { exampleConfig, parseConfig } from "./bound.js";

const addressOf = (byte: number): Address => Address.fromBytes(new Uint8Array(32).fill(byte));
const ID = addressOf(7);
const PLACE = "192.0.2.1:25632";
const OTHER_PLACE = "[2001:db8::1]:25632";

function read(text: string): Config {
  const result = parseConfig(text, { file: "f" });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}
const peersOf = (text: string): readonly (readonly [string, readonly string[]])[] =>
  read(text).peers.map(({ id, addrs }) => [`${id}`, addrs]);

const TEXTS: readonly (readonly [string, string])[] = [
  ["an empty text", ""],
  ["a section of nothing", "peers:\n"],
  ["a section of comments", "peers:\n  # - id: x\n  #   addrs: []\n\nlimits:\n  nodes: 5 # five\n"],
  ["an empty list", "peers: []\n"],
  ["the example", exampleConfig()],
  [
    "another peer",
    `# mine\nlog: {level: warn}\npeers:\n- id: ${addressOf(8)} # one\n  addrs: ["192.0.2.9:5"]\n`,
  ],
];

describe.each(TEXTS)("a peer in %s", (_, text) => {
  const before = read(text);
  const added = withPeer(text, { id: ID, addrs: [PLACE] });

  it("is there, and everything else as it was", () => {
    const { peers, ...rest } = read(added);
    const { peers: peersBefore, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    expect(peers).toEqual([...peersBefore, { id: ID, addrs: [PLACE] }]);
    const words = (comments: string): readonly string[] =>
      (comments.match(/#.*/g) ?? []).map((comment) => comment.trim());
    expect(words(added)).toEqual(words(text));
  });

  it("gets further addresses, each once", () => {
    const again = withPeer(added, { id: ID, addrs: [PLACE, OTHER_PLACE] });
    expect(peersOf(again).at(-1)).toEqual([`${ID}`, [PLACE, OTHER_PLACE]]);
    expect(read(again).peers).toHaveLength(before.peers.length + 1);
  });

  it("is gone when it is taken out, and comes back", () => {
    const removed = withoutPeer(added, ID);
    expect(read(removed)).toEqual(before);
    expect(peersOf(withPeer(removed, { id: ID, addrs: [] })).at(-1)).toEqual([`${ID}`, []]);
  });

  it("that is not there is not taken out", () => {
    expect(withoutPeer(text, ID)).toBe(text);
    expect(peersOf(withoutPeer(added, addressOf(99)))).toEqual(peersOf(added));
  });
});

describe("any changes one after the other", () => {
  it("leave what a plain list of peers would hold", () => {
    const change = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      add: fc.boolean(),
      places: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...TEXTS.map(([, text]) => text)),
        fc.array(change, { maxLength: 12 }),
        (start, changes) => {
          let text = start;
          const plain = new Map(peersOf(start));
          for (const { id, add, places } of changes) {
            const address = addressOf(id);
            const addrs = places.map((place) => `192.0.2.${place}:25632`);
            if (add) {
              text = withPeer(text, { id: address, addrs });
              const all = new Set([...(plain.get(`${address}`) ?? []), ...addrs]);
              plain.set(`${address}`, [...all]);
            } else {
              text = withoutPeer(text, address);
              plain.delete(`${address}`);
            }
          }
          expect(new Map(peersOf(text))).toEqual(plain);
        },
      ),
      { numRuns: 60 },
    );
  });
});
