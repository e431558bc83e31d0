// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createControlReceiver } from "../../../server/src/link/control-receiver.js";
import { createControlSender } from "../../../server/src/link/control-sender.js";
import { createSeededRandom } from "../../support/seeded-random.js";

/** Both halves with a way between them that loses, repeats and reorders. */
function run(seed: number, loss: number) {
  const random = createSeededRandom(seed);
  const sender = createControlSender();
  const got: Uint8Array[] = [];
  const receiver = createControlReceiver((buffer, at, length) => {
    got.push(Uint8Array.from(buffer.subarray(at, at + length)));
  });
  const messages = Array.from({ length: 60 }, () =>
    random.bytes(random.oneIn(4) ? random.below(65_537) : random.below(600)),
  );
  let next = 0;
  let under: { sequence: number; more: boolean; bytes: Uint8Array }[] = [];
  for (let nowMs = 0; nowMs < 60_000 && got.length < messages.length; nowMs += 5) {
    const message = messages[next];
    if (message !== undefined && sender.push(message)) next += 1;
    for (let from = 0; ; ) {
      const piece = sender.due(from, 30, nowMs);
      if (piece === undefined) break;
      from = piece.sequence + 1;
      sender.sent(piece, nowMs);
      for (let i = random.oneIn(10) ? 2 : 1; i > 0; i--) {
        if (random.below(1_000) >= loss * 1_000) under.push(piece);
      }
    }
    under.sort(() => (random.oneIn(3) ? 1 : -1));
    for (const { sequence, more, bytes } of under.splice(0, 40)) {
      const fields = { numbering: 0, sequence, more, at: 3, length: bytes.length };
      receiver.add(fields, Buffer.concat([Buffer.from([1, 2, 3]), bytes]), nowMs);
    }
    under = under.filter(() => !random.oneIn(50));
    if (random.below(1_000) >= loss * 1_000) sender.acknowledged(receiver.next());
  }
  return { messages, got, sender };
}

describe("control messages", () => {
  for (const loss of [0, 0.05, 0.4]) {
    it(`arrive whole, in order and once, with ${loss * 100} % lost`, () => {
      for (let seed = 1; seed <= 5; seed++) {
        const { messages, got, sender } = run(seed, loss);
        expect(got.length).toBe(messages.length);
        for (const [i, message] of messages.entries()) {
          expect(Buffer.compare(message, got[i] ?? new Uint8Array([1]))).toBe(0);
        }
        sender.acknowledged(Number.MAX_SAFE_INTEGER);
        expect(sender.nextMs(30, 0)).toBeGreaterThanOrEqual(-1);
      }
    });
  }

  it("are copied when they are given, a Buffer as well", () => {
    const sender = createControlSender();
    const message = Buffer.alloc(10, 7);
    sender.push(message);
    message.fill(0);
    expect([...(sender.due(0, 1, 0)?.bytes ?? [])]).toEqual(new Array(10).fill(7));
  });

  it("keep what came early for themselves, whatever becomes of the buffer", () => {
    const got: number[][] = [];
    const receiver = createControlReceiver((buffer, at, length) => {
      got.push([...buffer.subarray(at, at + length)]);
    });
    const buffer = Buffer.alloc(10, 7);
    receiver.add({ numbering: 0, sequence: 1, more: false, at: 0, length: 4 }, buffer, 0);
    buffer.fill(9);
    receiver.add({ numbering: 0, sequence: 0, more: false, at: 0, length: 2 }, buffer, 0);
    expect(got).toEqual([
      [9, 9],
      [7, 7, 7, 7],
    ]);
  });

  it("are refused when a mebibyte waits", () => {
    const sender = createControlSender();
    let taken = 0;
    while (sender.push(new Uint8Array(65_536))) taken += 1;
    expect(taken).toBe(16);
    const empty = createControlSender();
    taken = 0;
    while (empty.push(new Uint8Array(0)) && taken < 10_000) taken += 1;
    expect(taken).toBe(4_096);
  });

  it("ignore acknowledgements of what was never sent", () => {
    const sender = createControlSender();
    sender.push(new Uint8Array(3));
    sender.acknowledged(1);
    sender.acknowledged(5);
    expect(sender.due(0, 1, 0)?.sequence).toBe(0);
  });

  it("ignore pieces beyond the window, and messages beyond 64 KiB", () => {
    const got: number[] = [];
    const receiver = createControlReceiver((_buffer, _at, length) => void got.push(length));
    const piece = new Uint8Array(1_024);
    const add = (sequence: number, more: boolean) =>
      receiver.add({ numbering: 0, sequence, more, at: 0, length: 1_024 }, piece, 0);
    add(256, false);
    for (let i = 0; i < 80; i++) add(i, i < 79);
    add(80, false);
    expect(got).toEqual([1_024]);
    expect(receiver.tooLong()).toBe(1);
    expect(receiver.next()).toBe(81);
  });
});
