// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What whoever sees every datagram of a lab can do without a key: say again what was said, to
 * anybody, from anywhere, spoil it, and forge what needs no key to be looked at.
 */
import { readU32 } from "../../server/src/core/index.js";
import type { ChannelLab, LabHost, LabSource } from "./channel-lab.js";
import type { SeededRandom } from "./seeded-random.js";

/** Does one hostile thing. */
export interface ChannelAdversary {
  act(): void;
}

/** An adversary of this lab, with draws of its own. */
export function createChannelAdversary(
  lab: ChannelLab,
  hosts: readonly LabHost[],
  random: SeededRandom,
): ChannelAdversary {
  const stranger = lab.source("stranger");
  const anySource = (): LabSource => random.pick([stranger, ...hosts.map(({ source }) => source)]);
  const seen = () => (lab.sent.length === 0 ? undefined : random.pick(lab.sent));
  /** The newest things are the ones that may still be believed. */
  const recent = () => lab.sent[Math.max(0, lab.sent.length - 1 - random.below(12))];

  function replay(): void {
    const said = random.oneIn(2) ? seen() : recent();
    if (said === undefined) return;
    const right = hosts.find(({ source }) => source.name === said.to.name);
    const to = random.oneIn(3) || right === undefined ? random.pick(hosts) : right;
    const from = random.oneIn(3) ? anySource() : said.from;
    lab.inject(to, said.bytes, from, random.below(2_000));
  }
  function spoil(): void {
    const said = random.oneIn(2) ? seen() : recent();
    if (said === undefined) return;
    let bytes = said.bytes.slice();
    const at = random.oneIn(2)
      ? random.below(Math.min(16, bytes.length))
      : random.below(bytes.length);
    if (random.oneIn(5)) bytes = bytes.slice(0, at);
    else if (random.oneIn(8)) bytes = Uint8Array.from([...bytes, random.below(256)]);
    else bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    const to = hosts.find(({ source }) => source.name === said.to.name) ?? random.pick(hosts);
    lab.inject(to, bytes, random.oneIn(4) ? anySource() : said.from, random.below(200));
  }
  /** Says "I do not know this index" of one that is in use. */
  function hint(): void {
    const data = [recent(), recent(), seen()].find((said) => said?.bytes[0] === 0x55);
    if (data === undefined) return;
    const forged = new Uint8Array(16);
    forged[0] = 0x56;
    forged.set(data.bytes.subarray(4, 8), 4);
    const to = hosts.find(({ source }) => source.name === data.from.name);
    if (to !== undefined) lab.inject(to, forged, data.to, random.below(50));
  }
  /** Messages 2 and 3, and cookies, with indices that are waited for and nothing else right. */
  function answer(): void {
    const said = recent();
    if (said === undefined || (said.bytes[0] ?? 0) > 0x53) return;
    const mine = readU32(said.bytes, 4);
    const type = random.pick([0x52, 0x53, 0x54]);
    const forged = random.bytes(type === 0x54 ? 64 : type === 0x52 ? 237 : 205);
    forged.set([type, type === 0x54 ? 0 : 1, type === 0x54 ? 0 : 1, 0]);
    const view = new DataView(forged.buffer);
    view.setUint32(type === 0x54 ? 4 : 8, mine, true);
    if (type !== 0x54)
      view.setUint32(4, random.oneIn(2) ? random.u32() : readU32(said.bytes, 8), true);
    const to = hosts.find(({ source }) => source.name === said.from.name);
    if (to !== undefined) lab.inject(to, forged, random.oneIn(3) ? anySource() : said.to);
  }
  return {
    act() {
      random.pick([replay, replay, replay, spoil, spoil, hint, answer])();
    },
  };
}
