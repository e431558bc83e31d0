// SPDX-License-Identifier: GPL-3.0-or-later

/** Who is whose neighbour in an island of numbered daemons, from 0. */

/** The words of --topology. */
export const TOPOLOGIES = ["line", "ring", "star", "full"] as const;

/** One of them: in a star, daemon 0 is the middle. */
export type Topology = (typeof TOPOLOGIES)[number];

/** The neighbours of one of `count` daemons, in order; never itself, none twice. */
export function neighboursOf(topology: Topology, count: number, index: number): readonly number[] {
  const others = Array.from({ length: count }, (_, other) => other);
  return others.filter((other) => other !== index && areJoined(topology, count, index, other));
}

/** Whether every daemon is every other one's neighbour. */
export function isComplete(topology: Topology, count: number): boolean {
  return Array.from({ length: count }, (_, index) => index).every(
    (index) => neighboursOf(topology, count, index).length === count - 1,
  );
}

function areJoined(topology: Topology, count: number, one: number, other: number): boolean {
  const apart = Math.abs(one - other);
  switch (topology) {
    case "line":
      return apart === 1;
    case "ring":
      return apart === 1 || apart === count - 1;
    case "star":
      return one === 0 || other === 0;
    case "full":
      return true;
  }
}
