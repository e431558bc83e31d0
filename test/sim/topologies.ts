// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Shapes of meshes: who is a neighbour of whom. All are connected, and the random ones the same for
 * the same source of randomness.
 */
import type { SeededRandom } from "../support/seeded-random.js";

/** Two neighbours, by number, the lesser one first. */
export type Edge = readonly [number, number];

/** A shape of so many daemons. */
export interface Topology {
  readonly name: string;
  readonly daemons: number;
  readonly edges: readonly Edge[];
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const lineEdges = (count: number): Edge[] => range(count - 1).map((i) => [i, i + 1]);

/** One after the other. */
export function line(daemons: number): Topology {
  return { name: `line of ${daemons}`, daemons, edges: lineEdges(daemons) };
}

/** One after the other, and round. */
export function ring(daemons: number): Topology {
  return { name: `ring of ${daemons}`, daemons, edges: [...lineEdges(daemons), [0, daemons - 1]] };
}

/** All around the first one. */
export function star(daemons: number): Topology {
  const edges = range(daemons - 1).map((i): Edge => [0, i + 1]);
  return { name: `star of ${daemons}`, daemons, edges };
}

/** A square of rows and columns. */
export function grid(side: number): Topology {
  const edges = range(side * side).flatMap((i): Edge[] => [
    ...((i + 1) % side === 0 ? [] : [[i, i + 1] as const]),
    ...(i + side < side * side ? [[i, i + side] as const] : []),
  ]);
  return { name: `grid ${side} × ${side}`, daemons: side * side, edges };
}

/** A random tree, and random edges until each daemon has `degree` neighbours on average. */
export function randomGraph(daemons: number, degree: number, random: SeededRandom): Topology {
  const edges = createEdges();
  for (let i = 1; i < daemons; i++) edges.add(random.below(i), i);
  const wanted = Math.floor((daemons * degree) / 2);
  while (edges.list.length < wanted) edges.add(random.below(daemons), random.below(daemons));
  return { name: `random of ${daemons}`, daemons, edges: edges.list };
}

/** Each newcomer has `links` neighbours, the likelier the more neighbours those have already. */
export function preferential(daemons: number, links: number, random: SeededRandom): Topology {
  const edges = createEdges();
  const ends: number[] = [0];
  for (let i = 1; i < daemons; i++) {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(links, i)) chosen.add(random.pick(ends));
    for (const other of chosen) {
      edges.add(other, i);
      ends.push(other, i);
    }
  }
  return { name: `preferential of ${daemons}`, daemons, edges: edges.list };
}

/** Two random graphs that one link joins. */
export function twoClusters(each: number, degree: number, random: SeededRandom): Topology {
  const [first, second] = [randomGraph(each, degree, random), randomGraph(each, degree, random)];
  const moved = second.edges.map(([a, b]): Edge => [a + each, b + each]);
  const edges: Edge[] = [...first.edges, ...moved, [each - 1, each]];
  return { name: `two clusters of ${each}`, daemons: 2 * each, edges };
}

/** The least number of links between every two daemons: `table[from][to]`. */
export function hopTable({ daemons, edges }: Topology): readonly (readonly number[])[] {
  return leastCosts(daemons, edges, () => 1);
}

/** The least sum of costs between every two daemons. */
export function leastCosts(
  daemons: number,
  edges: readonly Edge[],
  costOf: (edge: Edge) => number,
): readonly (readonly number[])[] {
  const neighbours = range(daemons).map(
    () => [] as { readonly to: number; readonly cost: number }[],
  );
  for (const edge of edges) {
    const cost = costOf(edge);
    neighbours[edge[0]]?.push({ to: edge[1], cost });
    neighbours[edge[1]]?.push({ to: edge[0], cost });
  }
  return range(daemons).map((from) => costsFrom(from, neighbours));
}

/** Bellman and Ford's: short, and quick enough for some hundred daemons. */
function costsFrom(
  from: number,
  neighbours: readonly (readonly { readonly to: number; readonly cost: number }[])[],
): readonly number[] {
  const costs = neighbours.map(() => Number.POSITIVE_INFINITY);
  costs[from] = 0;
  let changed = [from];
  while (changed.length > 0) {
    const next = new Set<number>();
    for (const at of changed) {
      for (const { to, cost } of neighbours[at] ?? []) {
        const through = (costs[at] ?? 0) + cost;
        if (through >= (costs[to] ?? 0)) continue;
        costs[to] = through;
        next.add(to);
      }
    }
    changed = [...next];
  }
  return costs;
}

function createEdges() {
  const list: Edge[] = [];
  const known = new Set<string>();
  return {
    list,
    add(a: number, b: number): void {
      const edge: Edge = a < b ? [a, b] : [b, a];
      const name = edge.join(" ");
      if (a === b || known.has(name)) return;
      known.add(name);
      list.push(edge);
    },
  };
}
