// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Two daemons whose nodes talk all the time, each of them to each at the other daemon, with an
 * account of every message: the scene for what happens to daemons in traffic.
 */
import { createDaemonLab, type DaemonLab, type LabDaemon } from "./daemon-lab.js";
import type { NodeKey } from "./lab-node.js";
import type { LinkOptions } from "./link-model.js";
import { createLedger, type Ledger } from "./message-ledger.js";

/** The scene. */
export interface DaemonTalk {
  readonly lab: DaemonLab;
  readonly home: LabDaemon;
  readonly away: LabDaemon;
  readonly ledger: Ledger;
  /** Opens the nodes of a daemon (again). */
  openAll(daemon: LabDaemon): void;
  /** Everybody sends to everybody every few milliseconds, for so long. */
  talk(forMs: number): void;
  /**
   * Talks until of each ordered pair a message has come that was sent from now on: how many
   * milliseconds that took, 10,000 at most.
   */
  untilResumed(): number;
  /** The datagrams that were seen on the way lately are all sent once more. */
  replay(): void;
}

/** What can be chosen. */
export interface TalkOptions {
  readonly seed: number;
  readonly link: Partial<LinkOptions>;
  /** Nodes at each daemon. */
  readonly each?: number;
  readonly trace?: boolean;
}

const MOST_MESSAGES = 200_000;
const MOST_REPLAYED = 3_000;
const STEP_MS = 4;
const MESSAGE_BYTES = 100;
const RESUME_LIMIT_MS = 10_000;

/** Daemons that are peers, and have just been started. */
export function createDaemonTalk({ seed, link, each = 2, trace = false }: TalkOptions): DaemonTalk {
  const lab = createDaemonLab({ seed, link, trace });
  const { world, network } = lab;
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  lab.peers(home, away);
  const keys: readonly NodeKey[] = Array.from({ length: 2 * each }, () => lab.key());
  const ledger = createLedger(MOST_MESSAGES);
  const homeOf = (number: number): LabDaemon => (number < each ? home : away);
  const openAll = (daemon: LabDaemon): void => {
    for (const [number, key] of keys.entries()) {
      if (homeOf(number) === daemon) ledger.enrol(daemon.open(key));
    }
  };
  openAll(home);
  openAll(away);
  const seen: { from: string; to: string; bytes: Uint8Array }[] = [];
  network.tap(({ from, to, bytes }) => {
    seen.push({ from, to, bytes: bytes.slice() });
    if (seen.length > MOST_REPLAYED) seen.shift();
    return undefined;
  });
  /** Sends between all pairs; calls with the pair and the number of each message. */
  const send = (sent: (pair: number, id: number) => void): void => {
    for (let from = 0; from < 2 * each; from++) {
      for (let to = 0; to < 2 * each; to++) {
        if (homeOf(from) === homeOf(to)) continue;
        if (!homeOf(from).running || ledger.node(from).paused) continue;
        sent(from * 2 * each + to, ledger.send(from, to, MESSAGE_BYTES));
      }
    }
  };
  return {
    ...{ lab, home, away, ledger, openAll },
    talk(forMs) {
      for (let ms = 0; ms < forMs; ms += STEP_MS) {
        send(() => {});
        world.run(STEP_MS);
      }
    },
    untilResumed() {
      const startMs = world.nowMs;
      const awaited: [number, number][] = [];
      const heard = new Set<number>();
      while (heard.size < 2 * each * each && world.nowMs - startMs < RESUME_LIMIT_MS) {
        send((pair, id) => void awaited.push([pair, id]));
        world.run(STEP_MS);
        for (const [pair, id] of awaited) if (id >= 0 && ledger.has(id)) heard.add(pair);
      }
      return world.nowMs - startMs;
    },
    replay() {
      for (const { from, to, bytes } of seen.splice(0)) network.inject(from, to, bytes);
    },
  };
}
