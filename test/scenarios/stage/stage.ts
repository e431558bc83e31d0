// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a scenario plays on: whole daemons of the laboratory, their links and NATs, the nodes that
 * are open at them, and what they send. Daemons are named; what the laboratory says in addresses is
 * said in names again. The same steps with the same seed give the same observations.
 */
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createDaemonLab, type DaemonLab, type LabDaemon } from "../../sim/daemon-lab.js";
import { type Corruption, createCorruption } from "../../sim/hostile-router.js";
import { createNat, type Nat, type NatOptions } from "../../sim/nat.js";
import { withVerdictCache } from "../../sim/verdict-cache.js";
import { type Cables, createCables } from "./cables.js";
import { type Conversations, createConversations } from "./conversations.js";
import { createPeople, type People } from "./people.js";

/** Where a scenario happens. */
export interface Stage {
  readonly lab: DaemonLab;
  /** Milliseconds since the beginning. */
  readonly nowMs: number;
  /** The daemons by name, from the first start on. */
  readonly daemons: ReadonlyMap<string, LabDaemon>;
  daemon(name: string): LabDaemon;
  readonly running: readonly LabDaemon[];
  readonly cables: Cables;
  readonly people: People;
  readonly talk: Conversations;
  /** Those that have or had vices. */
  readonly corrupt: ReadonlyMap<string, Corruption>;
  /** Counters that are looked at after each step. */
  readonly watched: Set<string>;
  /** Will be there from the first start on, maybe with vices. */
  enlist(name: string): void;
  corruption(name: string): Corruption;
  nat(name: string, kind: Omit<NatOptions, "ip">, daemons: readonly string[]): void;
  natNamed(name: string): Nat;
  /** Starts those that are down, with the nodes that were open at them. */
  start(names: readonly string[]): void;
  kill(name: string): void;
  stop(name: string): void;
  /** Sets a machine's wall clock, also for processes to come. */
  jumpClock(name: string, byMs: number): void;
  /** Lets time pass. */
  run(ms: number): void;
  /** Writes an observation. */
  note(what: string): void;
  /** The observations since the last call. */
  takeNotes(): readonly string[];
}

/** Everybody's counters stand in the transcript when these move. */
const ALWAYS_WATCHED = [
  "nodes_displaced",
  "session_given_up",
  "session_lost_waiting",
  "network_dropped_no_way",
  "network_dropped_too_far",
  "network_dropped_invalid",
];
const NAT_NET = "203.0.113";
const PORT = 25_632;

/** A stage without daemons. */
export function createStage(algorithm: string, seed: number): Stage {
  // Quotas depend on the adapter's name: transcripts are the same with either.
  const crypto = withVerdictCache({ ...selectCrypto(), name: "native" });
  const lab = createDaemonLab({ seed, crypto, algorithm });
  const { world } = lab;
  const startMs = world.nowMs;
  const enlisted: string[] = [];
  const insides = new Map<string, string>();
  const nats = new Map<string, Nat>();
  const corrupt = new Map<string, Corruption>();
  const clocks = new Map<string, number>();
  const daemons = new Map<string, LabDaemon>();
  let notes: string[] = [];

  const enlistedDaemons = (): void => {
    if (daemons.size > 0) return;
    for (const name of enlisted) {
      const routing = corrupt.get(name)?.corrupt;
      const at = insides.get(name);
      const options = {
        down: true,
        ...(at === undefined ? {} : { at }),
        ...(routing === undefined ? {} : { routing }),
      };
      daemons.set(name, lab.daemon(name, options));
    }
    stage.cables.lay();
  };
  const stage: Stage = {
    lab,
    get nowMs() {
      return world.nowMs - startMs;
    },
    daemons,
    daemon: (name) => found(daemons, name),
    get running() {
      return [...daemons.values()].filter(({ running }) => running);
    },
    get cables() {
      return cables;
    },
    get people() {
      return people;
    },
    get talk() {
      return talk;
    },
    corrupt,
    watched: new Set(ALWAYS_WATCHED),
    enlist: (name) => void enlisted.push(name),
    corruption(name) {
      const made = corrupt.get(name) ?? createCorruption(world.random(`vices of ${name}`));
      corrupt.set(name, made);
      return made;
    },
    nat(name, kind, inside) {
      const net = nats.size + 1;
      nats.set(name, createNat({ ...kind, ip: `${NAT_NET}.${net}` }));
      for (const [i, daemon] of inside.entries()) {
        const at = `192.168.${net}.${i + 2}:${PORT}`;
        insides.set(daemon, at);
        lab.network.share(at, found(nats, name));
      }
    },
    natNamed: (name) => found(nats, name),
    start(names) {
      enlistedDaemons();
      const list = names.length > 0 ? names : [...daemons.keys()];
      for (const name of list) {
        const daemon = stage.daemon(name);
        if (daemon.running) continue;
        daemon.start();
        daemon.host.jumpWall(clocks.get(name) ?? 0);
        cables.started(name);
        people.started(name);
      }
    },
    kill: (name) => stage.daemon(name).kill(),
    stop: (name) => stage.daemon(name).stop(),
    jumpClock(name, byMs) {
      clocks.set(name, (clocks.get(name) ?? 0) + byMs);
      if (stage.daemon(name).running) stage.daemon(name).host.jumpWall(byMs);
    },
    run: (ms) => world.run(ms),
    note: (what) => void notes.push(what),
    takeNotes() {
      const taken = notes;
      notes = [];
      return taken;
    },
  };
  const cables = createCables(stage);
  const people = createPeople(stage);
  const talk = createConversations(stage);
  return stage;
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`${name} is not on the stage`);
  return value;
}
