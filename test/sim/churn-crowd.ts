// SPDX-License-Identifier: GPL-3.0-or-later

// Who talks while a mesh churns: a node of each daemon, which is opened again when the daemon is
// back, and visitors, which are new each minute and leave at its end. Every message is accounted for.

import type { SeededRandom } from "../support/seeded-random.js";
import type { NodeKey } from "./lab-node.js";
import type { Mesh } from "./mesh.js";
import { createLedger, type LedgerReport } from "./message-ledger.js";

/** The nodes of a mesh. */
export interface ChurnCrowd {
  /** A daemon was started again: its node is opened. */
  back(daemon: number): void;
  /** Visitors come; they leave. */
  visit(): void;
  leave(): void;
  /** A third of them send a message each to somebody. */
  send(isCalm: boolean): void;
  /** Closes every node: what became of the messages. */
  end(): LedgerReport & { readonly calmSent: number; readonly calmArrived: number };
}

const STEPS_PER_MINUTE = 600;
const VISITORS = 4;
const LEAST_BYTES = 12;
const MOST_BYTES = 1_500;

/** A node at each daemon, and messages for so many minutes. */
export function createChurnCrowd(mesh: Mesh, minutes: number, random: SeededRandom): ChurnCrowd {
  const { lab, daemons } = mesh;
  const ledger = createLedger((daemons.length + VISITORS) * STEPS_PER_MINUTE * minutes);
  const keys = daemons.map(() => lab.key());
  const calm: number[] = [];
  /** Which daemon each number is at, of those that are open, and in which of its starts. */
  const homes = new Map<number, { readonly daemon: number; readonly engine: object }>();
  let visitors: number[] = [];
  const open = (daemon: number, key: NodeKey): number => {
    const number = ledger.enrol(mesh.daemon(daemon).open(key));
    homes.set(number, { daemon, engine: mesh.daemon(daemon).engine });
    return number;
  };
  const isOpen = (number: number): boolean => {
    const home = homes.get(number);
    const daemon = home && mesh.daemon(home.daemon);
    return daemon?.running === true && daemon.engine === home?.engine;
  };
  const close = (number: number): void => {
    if (isOpen(number)) ledger.node(number).opening.close();
    homes.delete(number);
  };
  for (const [daemon, key] of keys.entries()) open(daemon, key);
  return {
    back(daemon) {
      const key = keys[daemon];
      if (key !== undefined) open(daemon, key);
    },
    visit() {
      visitors = Array.from({ length: VISITORS }, () =>
        open(random.below(daemons.length), lab.key()),
      );
    },
    leave() {
      for (const visitor of visitors) close(visitor);
    },
    send(isCalm) {
      const all = [...homes.keys()];
      for (const from of all) {
        const to = random.pick(all);
        const length = LEAST_BYTES + random.below(MOST_BYTES);
        if (!random.oneIn(3) || to === from || !isOpen(from) || ledger.node(from).paused) continue;
        const id = ledger.send(from, to, length);
        if (isCalm && isOpen(to)) calm.push(id);
      }
    },
    end() {
      for (const number of [...homes.keys()]) close(number);
      const calmArrived = calm.filter((id) => id >= 0 && ledger.has(id)).length;
      return { ...ledger.report(), calmSent: calm.length, calmArrived };
    },
  };
}
