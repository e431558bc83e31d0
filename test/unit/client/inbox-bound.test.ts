// SPDX-License-Identifier: GPL-3.0-or-later

// An inbox holds at most its bound, loses the oldest, and holds nothing that was taken.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createInbox } from "@inet256/client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { turn } from "../../support/until.js";
import { batch, idOf } from "./inbox-batches.js";

describe("the bound", () => {
  it("loses the oldest and counts them", async () => {
    const totals: number[] = [];
    const inbox = createInbox(100, (total) => totals.push(total));
    inbox.push(batch(1, 2), 40);
    inbox.push(batch(3), 40);
    await inbox.receive();
    inbox.push(batch(4), 40);
    expect([inbox.lost, totals]).toEqual([1, [1]]);
    inbox.push(batch(5), 100);
    expect([inbox.lost, totals]).toEqual([3, [1, 3]]);
    expect(idOf(await inbox.receive())).toBe(5);
  });

  it("keeps the newest batch even when that alone exceeds it", async () => {
    const inbox = createInbox(10);
    inbox.push(batch(1), 5);
    inbox.push(batch(2), 50);
    expect(inbox.lost).toBe(1);
    expect(idOf(await inbox.receive())).toBe(2);
  });

  it("lets go of what was taken", async () => {
    const inbox = createInbox(1e9);
    const pushed = (): WeakRef<object> => {
      const taken = batch(1);
      inbox.push(taken, 10);
      return new WeakRef(taken);
    };
    const taken = pushed();
    inbox.push(batch(2), 10);
    await inbox.receive();
    expect(idOf(await inbox.receive())).toBe(2);
    expect(await collected(taken)).toBe(true);
  });

  it("and the order hold whatever comes and goes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200, size: "max" }), async (steps) => {
        const [bound, totals] = [500, [0]];
        const inbox = createInbox(bound, (total) => totals.push(total));
        // The slow twin: every message with its batch; who was lost is computed from scratch.
        let twin: { readonly ids: number[]; readonly bytes: number }[] = [];
        let [lost, next] = [0, 1];
        for (const { push, bytes } of steps) {
          if (push > 0) {
            const ids = Array.from({ length: push }, () => next++);
            inbox.push(batch(...ids), bytes);
            twin.push({ ids, bytes });
            while (twin.length > 1 && twin.reduce((sum, one) => sum + one.bytes, 0) > bound) {
              lost += twin.shift()?.ids.length ?? 0;
            }
          } else if (twin.length > 0) {
            expect(idOf(await inbox.receive())).toBe(twin[0]?.ids.shift());
            twin = twin.filter(({ ids }) => ids.length > 0);
          }
          expect([inbox.lost, totals.at(-1)]).toEqual([lost, lost]);
        }
      }),
    );
  });
});

const step = fc.record({
  push: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })),
  bytes: fc.integer({ min: 1, max: 300 }),
});

// Whether nothing holds it any more: the collector, asked by name, has taken it.
async function collected(reference: WeakRef<object>): Promise<boolean> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  for (let round = 0; round < 10 && reference.deref() !== undefined; round++) {
    await turn();
    collect();
  }
  return reference.deref() === undefined;
}
