// SPDX-License-Identifier: GPL-3.0-or-later

// Links as routers name them: small numbers. A number is used again only when its link is down.

import { Address } from "../identity/index.js";
import type { Link } from "../link/index.js";

/** A link that is up. */
export interface LinkedNeighbour {
  readonly id: number;
  readonly link: Link;
  /** The address as text. */
  readonly name: string;
}

/** The links that are up, by number. */
export interface NeighbourTable {
  add(link: Link): LinkedNeighbour;
  remove(link: Link): LinkedNeighbour | undefined;
  of(link: Link): LinkedNeighbour | undefined;
  get(id: number): LinkedNeighbour | undefined;
}

/** None. */
export function createNeighbourTable(): NeighbourTable {
  const byId: (LinkedNeighbour | undefined)[] = [];
  const byLink = new Map<Link, LinkedNeighbour>();
  return {
    add(link) {
      const free = byId.indexOf(undefined);
      const id = free < 0 ? byId.length : free;
      const neighbour = { id, link, name: Address.fromBytes(link.remote()).toString() };
      byId[id] = neighbour;
      byLink.set(link, neighbour);
      return neighbour;
    },
    remove(link) {
      const neighbour = byLink.get(link);
      if (neighbour === undefined) return undefined;
      byLink.delete(link);
      byId[neighbour.id] = undefined;
      return neighbour;
    },
    of: (link) => byLink.get(link),
    get: (id) => byId[id],
  };
}
