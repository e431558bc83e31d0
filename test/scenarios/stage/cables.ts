// SPDX-License-Identifier: GPL-3.0-or-later

// The links between daemons: how they are, who dials whom, and which of them are cut.

import type { LabDaemon } from "../../sim/daemon-lab.js";
import type { LinkOptions } from "../../sim/link-model.js";
import type { Stage } from "./stage.js";

/** How a link ends: nothing passes any more, or the first one says that it is over. */
export type Cut = "silent" | "announced";

/** One link. */
export interface Cable {
  readonly a: string;
  readonly b: string;
  /** Whether that end knows where the other one is. */
  readonly aDials: boolean;
  readonly bDials: boolean;
}

/** The links. */
export interface Cables {
  /** A link, or one that is otherwise from now on. */
  link(cable: Cable, options: Partial<LinkOptions>): void;
  /** Daemons are there: makes peers of those that were linked so far. */
  lay(): void;
  /** A daemon has been started: what it was told to end is over still. */
  started(name: string): void;
  cut(a: string, b: string, how: Cut): void;
  /** Undoes a cut. */
  join(a: string, b: string): void;
  /** Those that are cut. */
  readonly cuts: readonly Cable[];
  readonly all: readonly Cable[];
}

/** No links. */
export function createCables(stage: Stage): Cables {
  const cables = new Map<string, { cable: Cable; options: Partial<LinkOptions> }>();
  const cuts = new Map<string, { readonly first: string; readonly how: Cut }>();
  let isLaid = false;
  const nameOf = (a: string, b: string): string => [a, b].sort().join(" ");
  const apply = ({ a, b }: Cable, options: Partial<LinkOptions>): void =>
    stage.lab.network.between(ipOf(stage.daemon(a)), ipOf(stage.daemon(b)), options);
  const lay = ({ a, b, aDials, bDials }: Cable, options: Partial<LinkOptions>): void => {
    const [one, other] = [stage.daemon(a), stage.daemon(b)];
    apply({ a, b, aDials, bDials }, options);
    one.peer(other, aDials ? [other.at] : []);
    other.peer(one, bDials ? [one.at] : []);
  };
  const cableOf = (a: string, b: string): Cable => {
    const known = cables.get(nameOf(a, b))?.cable;
    if (known === undefined) throw new Error(`${a} and ${b} have no link`);
    return known;
  };
  /** The first one does not want the other as a peer any more, and says so. */
  const dismiss = (first: string, other: string): void => {
    const { running, engine, host } = stage.daemon(first);
    if (!running) return;
    engine.network.peers.remove(stage.daemon(other).address, host.clock.monotonicMs());
  };
  return {
    link(cable, options) {
      const name = nameOf(cable.a, cable.b);
      const known = cables.get(name);
      cables.set(name, { cable, options: { ...known?.options, ...options } });
      if (!isLaid) return;
      if (known === undefined) lay(cable, options);
      else apply(cable, options);
    },
    lay() {
      isLaid = true;
      for (const { cable, options } of cables.values()) lay(cable, options);
    },
    started(name) {
      for (const [key, { first, how }] of cuts) {
        const other = key.split(" ").find((each) => each !== name);
        if (how === "announced" && first === name && other !== undefined) dismiss(name, other);
      }
    },
    cut(a, b, how) {
      cuts.set(nameOf(a, b), { first: a, how });
      if (how === "silent") apply(cableOf(a, b), { cut: true });
      else dismiss(a, b);
    },
    join(a, b) {
      const cut = cuts.get(nameOf(a, b));
      const cable = cableOf(a, b);
      if (cut === undefined) return;
      cuts.delete(nameOf(a, b));
      if (cut.how === "silent") {
        apply(cable, { cut: false });
        return;
      }
      const other = stage.daemon(cut.first === a ? b : a);
      const knows = cut.first === cable.a ? cable.aDials : cable.bDials;
      const first = stage.daemon(cut.first);
      if (first.running) first.engine.dial({ id: other.address, addrs: knows ? [other.at] : [] });
    },
    get cuts() {
      return [...cables].filter(([name]) => cuts.has(name)).map(([, { cable }]) => cable);
    },
    get all() {
      return [...cables.values()].map(({ cable }) => cable);
    },
  };
}

function ipOf({ at }: LabDaemon): string {
  return at.replace(/:\d+$/, "");
}
