// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { isComplete, neighboursOf, TOPOLOGIES } from "../../../../apps/src/island/topology.js";

function all(topology: (typeof TOPOLOGIES)[number], count: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, index) => neighboursOf(topology, count, index));
}

describe("the neighbours in an island", () => {
  it.each([
    ["line", [[1], [0, 2], [1, 3], [2]]],
    [
      "ring",
      [
        [1, 3],
        [0, 2],
        [1, 3],
        [0, 2],
      ],
    ],
    ["star", [[1, 2, 3], [0], [0], [0]]],
    [
      "full",
      [
        [1, 2, 3],
        [0, 2, 3],
        [0, 1, 3],
        [0, 1, 2],
      ],
    ],
  ] as const)("%s", (topology, expected) => {
    expect(all(topology, 4)).toEqual(expected);
  });

  it.each(TOPOLOGIES)("of two are each other: %s", (topology) => {
    expect(all(topology, 2)).toEqual([[1], [0]]);
  });

  it.each(TOPOLOGIES)("are so both ways, whatever the number: %s", (topology) => {
    for (let count = 2; count <= 9; count += 1) {
      const neighbours = all(topology, count);
      for (const [one, others] of neighbours.entries()) {
        expect(others).not.toContain(one);
        expect(new Set(others).size).toBe(others.length);
        for (const other of others) expect(neighbours[other]).toContain(one);
      }
    }
  });

  it("are all the others where nobody is to carry for anybody", () => {
    const complete = TOPOLOGIES.map((topology) => [2, 3, 4].map((n) => isComplete(topology, n)));
    expect(complete).toEqual([
      [true, false, false],
      [true, true, false],
      [true, false, false],
      [true, true, true],
    ]);
  });
});
