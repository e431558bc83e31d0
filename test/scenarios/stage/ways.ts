// SPDX-License-Identifier: GPL-3.0-or-later

// The way from one daemon to another as the tables of all of them say it now, one hop after the
// other; and who did carry.

import type { LabDaemon } from "../../sim/daemon-lab.js";
import type { Stage } from "./stage.js";

/** Daemons from the first to the last, or as far as the tables lead. */
export interface Trail {
  readonly names: readonly string[];
  readonly arrives: boolean;
}

/** Follows the tables. */
export function trailOf(stage: Stage, from: string, to: string): Trail {
  const target = stage.daemon(to).address.bytes;
  const names = [from];
  for (let at = from; at !== to; ) {
    const next = nextHop(stage, stage.daemon(at), target);
    if (next === undefined) return { names, arrives: false };
    const isLoop = names.includes(next);
    names.push(next);
    if (isLoop) return { names, arrives: false };
    at = next;
  }
  return { names, arrives: true };
}

function nextHop(stage: Stage, at: LabDaemon, target: Uint8Array): string | undefined {
  if (!at.running) return undefined;
  const way = at.engine.network.ways().find(({ router }) => Buffer.compare(router, target) === 0);
  if (way === undefined) return undefined;
  return daemonWith(stage, way.nextHop)?.name;
}

/** The daemon with this address. */
export function daemonWith(stage: Stage, address: Uint8Array): LabDaemon | undefined {
  return [...stage.daemons.values()].find(
    (daemon) => Buffer.compare(daemon.address.bytes, address) === 0,
  );
}

/** The daemon of a node, or the daemon of this name: where the source takes it to be. */
export function placeOf(stage: Stage, name: string, from?: string): string {
  if (stage.daemons.has(name)) return name;
  const { home, key } = stage.people.person(name);
  const source = from === undefined ? undefined : stage.daemon(from);
  if (source?.running !== true) return home;
  const { router } = source.engine.network.explain(key.address.bytes, stage.lab.world.nowMs);
  return router === undefined ? home : (daemonWith(stage, router)?.name ?? home);
}

/** Packets that each daemon has carried for others. */
export function carriedNow(stage: Stage): ReadonlyMap<string, number> {
  return new Map(
    stage.running.map(({ name, engine }) => [name, engine.network.counters.forwarded]),
  );
}

/** Who carried most of so many packets since then, and who did in part; undefined: too few to say. */
export function carriersSince(
  stage: Stage,
  before: ReadonlyMap<string, number>,
  packets: number,
): string | undefined {
  const most: string[] = [];
  const some: string[] = [];
  for (const [name, count] of carriedNow(stage)) {
    const had = before.get(name) ?? 0;
    const share = (count < had ? count : count - had) / packets;
    if (share > 0.5) most.push(name);
    else if (share > 0.05) some.push(name);
  }
  const part = some.length === 0 ? "" : ` in part by ${some.join(" ")}`;
  if (most.length === 0) return part === "" ? undefined : `carried${part}`;
  return `carried by ${most.join(" ")}${part === "" ? "" : `,${part}`}`;
}
