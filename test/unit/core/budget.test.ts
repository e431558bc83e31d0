// SPDX-License-Identifier: GPL-3.0-or-later

// Budgets inside budgets: by example, and that no sequence of taking and giving breaks the bound.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBudget } from "../../../server/src/core/index.js";

describe("createBudget", () => {
  it("gives up to its limit, exactly, and takes back", () => {
    const budget = createBudget(100);
    expect(budget.take(60)).toBe(true);
    expect(budget.take(41)).toBe(false);
    expect(budget.used()).toBe(60);
    expect(budget.take(40)).toBe(true);
    expect(budget.take(1)).toBe(false);
    expect(budget.take(0)).toBe(true);
    budget.give(100);
    expect(budget.used()).toBe(0);
    expect(budget.take(100)).toBe(true);
  });

  it("takes from its parent too, and nothing anywhere when either refuses", () => {
    const parent = createBudget(100);
    const [a, b] = [createBudget(80, parent), createBudget(80, parent)];
    expect(a.take(70)).toBe(true);
    expect(b.take(40)).toBe(false);
    expect([a.used(), b.used(), parent.used()]).toEqual([70, 0, 70]);
    expect(a.take(11)).toBe(false);
    expect([a.used(), parent.used()]).toEqual([70, 70]);
    a.give(30);
    expect(b.take(40)).toBe(true);
    expect([a.used(), b.used(), parent.used()]).toEqual([40, 40, 80]);
  });

  it("holds the bound everywhere, whatever is taken and given", () => {
    const LIMITS = [50, 30, 30, 20] as const;
    const act = fc.record({ who: fc.nat(LIMITS.length - 1), take: fc.boolean(), n: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        // root ◄ a, b; a ◄ c
        const root = createBudget(LIMITS[0]);
        const a = createBudget(LIMITS[1], root);
        const b = createBudget(LIMITS[2], root);
        const all = [root, a, b, createBudget(LIMITS[3], a)] as const;
        const own = [0, 0, 0, 0];
        const sums = (): number[] => {
          const [r = 0, ofA = 0, ofB = 0, ofC = 0] = own;
          return [r + ofA + ofB + ofC, ofA + ofC, ofB, ofC];
        };
        for (const { who, take, n } of acts) {
          const budget = all[who];
          if (budget === undefined) continue;
          const held = own[who] ?? 0;
          if (take) {
            own[who] = held + n;
            const fits = sums().every((sum, i) => sum <= (LIMITS[i] ?? 0));
            expect(budget.take(n)).toBe(fits);
            if (!fits) own[who] = held;
          } else {
            const given = Math.min(n, held);
            budget.give(given);
            own[who] = held - given;
          }
          expect(all.map(({ used }) => used())).toEqual(sums());
        }
      }),
    );
  });
});
