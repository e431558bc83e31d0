// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createReassembly, type Reassembly } from "../../../server/src/channel/reassembly.js";
import { encodeMessage, fragmentsOf } from "../../../server/src/channel/wire/fragments.js";
import { readHandshakeHeader } from "../../../server/src/channel/wire/handshake-header.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const ignore = (): void => {};
const random = createSeededRandom(3);
const indices = { sender: 5, receiver: 6 };
function add(to: Reassembly, datagram: Uint8Array, source = "source", nowMs = 0) {
  const header = readHandshakeHeader(datagram);
  if (header === undefined) throw new Error("expected a header");
  return to.add(datagram, header, source, nowMs);
}
const messageOf = (bytes: number, of = indices, type = 0x52) =>
  encodeMessage(type, of, random.bytes(bytes), true);

describe("fragments of a message", () => {
  it("carry 1,156 bytes each, 15 of them at most, 16 KiB at most", () => {
    expect([0, 1, 1_156, 1_157, 16_384].map((bytes) => fragmentsOf(bytes, true))).toEqual([
      1, 1, 1, 2, 15,
    ]);
    expect(fragmentsOf(16_384, false)).toBe(1);
    const sizes = messageOf(2_400).map((datagram) => datagram.length);
    expect(sizes).toEqual([1_168, 1_168, 100]);
    expect(messageOf(16_384).length).toBe(15);
    expect(messageOf(16_385)).toEqual([]);
  });

  it("make the message again, in any order", () => {
    const message = random.bytes(5_000);
    const datagrams = encodeMessage(0x52, indices, message, true);
    const to = createReassembly(ignore);
    const got = [2, 0, 4, 1, 3].map((i) => add(to, datagrams[i] ?? new Uint8Array(12)));
    expect(got.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(Buffer.compare(got[4] ?? new Uint8Array(), message)).toBe(0);
    expect(to.bytes()).toBe(0);
  });

  it("are kept apart by type, index pair and count", () => {
    const to = createReassembly(ignore);
    const [mine = new Uint8Array(12)] = messageOf(2_000);
    const others = [
      ...messageOf(2_000, indices, 0x53).slice(1),
      ...messageOf(2_000, { ...indices, sender: 7 }).slice(1),
      ...messageOf(2_000, { ...indices, receiver: 7 }).slice(1),
      ...messageOf(3_000).slice(1),
    ];
    expect(add(to, mine)).toBeUndefined();
    for (const datagram of others) expect(add(to, datagram, `${random.u32()}`)).toBeUndefined();
  });

  it("of a size that none has are not kept, nor is one a second time", () => {
    const to = createReassembly(ignore);
    const [first = new Uint8Array(12), last = new Uint8Array(12)] = messageOf(2_000);
    add(to, first.subarray(0, first.length - 1));
    add(to, last.subarray(0, 12));
    add(to, Uint8Array.from([...last, ...random.bytes(400)]));
    expect(to.bytes()).toBe(0);
    add(to, first);
    add(to, first);
    expect(to.bytes()).toBe(1_156);
  });

  it("are forgotten after 5 s, and with four newer messages of their source", () => {
    const to = createReassembly(ignore);
    const [first = new Uint8Array(12), last = new Uint8Array(12)] = messageOf(2_000);
    add(to, first, "source", 0);
    expect(add(to, last, "source", 5_001)).toBeUndefined();
    expect(add(to, first, "source", 5_002)).toBeDefined();
    const many = createReassembly(ignore);
    for (let sender = 1; sender <= 100; sender++) {
      const [one = new Uint8Array(12)] = messageOf(2_000, { sender, receiver: 1 });
      add(many, one, "source");
      expect(many.bytes()).toBeLessThanOrEqual(4 * 1_156);
    }
    const [other = new Uint8Array(12)] = messageOf(2_000);
    add(many, other, "another");
    expect(many.bytes()).toBe(5 * 1_156);
  });

  it("are 4 MiB in all, and 1,024 messages, from however many sources", () => {
    const to = createReassembly(ignore);
    for (let sender = 1; sender <= 1_000; sender++) {
      const datagrams = messageOf(16_384, { sender, receiver: 1 });
      for (const datagram of datagrams.slice(1)) add(to, datagram, `${sender}`);
      expect(to.bytes()).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    expect(to.bytes()).toBeGreaterThan(3 * 1024 * 1024);
    const tiny = createReassembly(ignore);
    for (let sender = 1; sender <= 5_000; sender++) {
      const [, last = new Uint8Array(12)] = messageOf(1_157, { sender, receiver: 1 });
      add(tiny, last, `${sender}`);
    }
    expect(tiny.bytes()).toBe(1_024);
  });
});
