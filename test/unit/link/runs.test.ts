// SPDX-License-Identifier: GPL-3.0-or-later

// How the datagrams of one turn leave: in few calls of the transport, all but the last of a run of
// one size, small packets together.

import { describe, expect, it } from "vitest";
import { writeHello } from "../../../server/src/link/frames/hello-frame.js";
import { createFakeLink } from "../../support/fake-link.js";
import { createSeededRandom } from "../../support/seeded-random.js";

function upLink() {
  const fake = createFakeLink();
  const out = new Uint8Array(100);
  fake.establish("peer");
  const end = writeHello(out, 0, 1, new Uint8Array(32).fill(1), 5, 1 << 20);
  fake.receive(Uint8Array.from(out.subarray(0, end)));
  fake.run(1);
  fake.sent.length = 0;
  fake.runs.length = 0;
  const send = (bytes: number): boolean =>
    fake.link.send(new Uint8Array(bytes), 0, bytes, 0, fake.clock.monotonicMs());
  return { ...fake, send };
}

describe("the datagrams of a turn", () => {
  it("leave in one run, whole packets of one size unpadded", () => {
    const { send, run, runs } = upLink();
    for (let i = 0; i < 20; i++) send(1_000);
    run(1);
    // The HELLO that is still due makes the datagrams longer by as much each.
    expect(runs.length).toBe(1);
    expect(runs[0]?.bytes).toBe(20 * (runs[0]?.segmentBytes ?? 0));
    expect(runs[0]?.segmentBytes).toBe(1_000 + 3 + 32 + 42);
  });

  it("are filled by the fragments of a large packet", () => {
    const { send, run, runs, sent } = upLink();
    send(30_000);
    run(1);
    expect(runs.length).toBe(1);
    expect(runs[0]?.segmentBytes).toBe(1_200);
    for (const { bytes } of sent.slice(0, -1)) expect(bytes.length).toBe(1_200);
  });

  it("are padded where little is missing, so that runs of mixed sizes stay long", () => {
    const { send, run, runs, sent } = upLink();
    const random = createSeededRandom(1);
    for (let i = 0; i < 300; i++) send(20 + random.below(40));
    run(1);
    expect(sent.length).toBeGreaterThan(10);
    expect(runs.length).toBeLessThanOrEqual(2);
    for (const { bytes } of sent.slice(0, -1)) expect(bytes.length).toBe(1_200);
  });

  it("never make a run of more than 64, nor of more bytes than a datagram can have", () => {
    const { send, run, runs } = upLink();
    for (let i = 0; i < 26; i++) send(1_150);
    run(1);
    for (const { bytes, segmentBytes } of runs) {
      expect(bytes).toBeLessThanOrEqual(65_507);
      expect(Math.ceil(bytes / segmentBytes)).toBeLessThanOrEqual(64);
    }
  });

  it("do not leave before the turn ends, and nothing leaves in a turn without anything to say", () => {
    const { send, run, runs, clock } = upLink();
    send(10);
    expect(runs.length).toBe(0);
    clock.endTurn();
    expect(runs.length).toBe(1);
    run(1);
    expect(runs.length).toBe(1);
  });

  it("are no more than the path takes: the rest waits", () => {
    const { send, run, sent, link } = upLink();
    for (let i = 0; i < 200; i++) expect(send(1_000)).toBe(true);
    run(1);
    // Nothing has been acknowledged yet: 32 KiB, and the datagram that reaches beyond.
    const bytes = sent.reduce((sum, datagram) => sum + datagram.bytes.length, 0);
    expect(bytes).toBeGreaterThanOrEqual(32 * 1024);
    expect(bytes).toBeLessThan(34 * 1024);
    expect(link.stats().queuedPackets).toBeGreaterThan(150);
  });
});
