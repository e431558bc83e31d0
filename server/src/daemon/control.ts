// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What may change while a daemon runs: its peers, and how much it logs. Invariant: a call that is
 * refused has changed nothing, neither the links nor the file.
 */
import {
  type Config,
  checkPeer,
  MAX_PEERS,
  type PeerSettings,
  withoutPeer,
  withPeer,
} from "../config/index.js";
import type { Address } from "../identity/index.js";
import type { Algorithm } from "../network/index.js";
import { type Control, NodeError } from "../service/index.js";
import { createConfigFile } from "./config-file.js";
import type { Engine } from "./engine.js";
import type { AdjustableLogger } from "./logging.js";
import { optionsSchema } from "./networks.js";

/** What controlling needs. */
export interface ControlOptions {
  readonly engine: Engine;
  readonly logger: AdjustableLogger;
  readonly config: Config;
  /** The file that `config` was read from, absolute; undefined: there is none. */
  readonly configPath: string | undefined;
  /** The routing algorithms there are. */
  readonly networks: readonly Algorithm[];
}

/** The control of a daemon, and what only its owner does with it. */
export interface OwnControl extends Control {
  /** Dials the peers of the configuration. */
  start(): void;
  /**
   * Goes over to another configuration as far as that is possible: peers and how much is logged.
   * Answers which sections differ besides, for which the daemon must be started again.
   */
  reload(config: Config): readonly string[];
}

/** Sections that are read at the start only. */
const FIXED = [
  "privateKeyPath",
  "apiEndpoint",
  "api",
  "crypto",
  "network",
  "transports",
  "limits",
  "metrics",
] as const satisfies readonly (keyof Config)[];

/** The control of a daemon whose engine runs. */
export function createControl(options: ControlOptions): OwnControl {
  const { engine, logger, config, networks } = options;
  const file = createConfigFile(options.configPath, networks);
  const configured = new Map<string, PeerSettings>();

  const addressesOf = (id: Address): readonly string[] =>
    configured.get(id.toString())?.addrs ?? [];
  const keep = (peer: PeerSettings): void => {
    const addrs = [...new Set([...addressesOf(peer.id), ...peer.addrs])];
    configured.set(peer.id.toString(), { id: peer.id, addrs });
    engine.dial(peer);
  };
  const letGo = (id: Address): void => {
    configured.delete(id.toString());
    engine.hangUp(id);
  };
  const checked = (address: Address, texts: readonly string[]): PeerSettings => {
    if (address.equals(engine.address)) throw refused("the peer is this daemon itself");
    const peer = checkPeer(address, texts);
    if (typeof peer === "string") throw refused(peer);
    if (!configured.has(address.toString()) && configured.size >= MAX_PEERS) {
      throw refused(`at most ${MAX_PEERS} peers`);
    }
    const all = checkPeer(address, [...new Set([...addressesOf(address), ...peer.addrs])]);
    if (typeof all === "string") throw refused(`with those that it has: ${all}`);
    const out = peer.addrs.find((text) => !engine.reaches(text));
    if (out !== undefined) throw refused(`no transport of this daemon reaches ${out}`);
    return peer;
  };
  const reloadPeers = (peers: readonly PeerSettings[]): void => {
    const wanted = new Map(peers.map((peer) => [peer.id.toString(), peer]));
    for (const [id, peer] of [...configured]) {
      const kept = wanted.get(id)?.addrs ?? [];
      // A link forgets no address: one that lost some is made anew.
      if (!wanted.has(id) || peer.addrs.some((text) => !kept.includes(text))) letGo(peer.id);
    }
    for (const peer of peers) {
      if (!isSame(configured.get(peer.id.toString())?.addrs, peer.addrs)) keep(peer);
    }
  };

  return {
    async addPeer(address, transportAddresses, save) {
      const peer = checked(address, transportAddresses);
      if (save) await file.change((text) => withPeer(text, peer));
      logger.info("a peer is added", { peer: address.toString(), saved: save });
      keep(peer);
    },
    async removePeer(address, save) {
      const peer = address.toString();
      if (!configured.has(peer) && engine.network.peers.link(address) === undefined) {
        throw new NodeError("NO_SUCH_ADDRESS", "there is no such peer");
      }
      if (save) await file.change((text) => withoutPeer(text, address));
      logger.info("a peer is removed", { peer, saved: save });
      letGo(address);
    },
    networks: () =>
      networks.map((algorithm) => ({
        name: algorithm.name,
        description: algorithm.description,
        used: algorithm.name === config.network.name,
        optionsSchema: optionsSchema(algorithm) ?? {},
      })),
    get logLevel() {
      return logger.level;
    },
    setLogLevel(level) {
      const before = logger.level;
      // Said while it can be heard, whichever is louder.
      logger.info("how much is logged changes", { from: before, to: level });
      logger.level = level;
    },
    start() {
      for (const peer of config.peers) keep(peer);
    },
    reload(next) {
      reloadPeers(next.peers);
      logger.level = next.log.level;
      const fixed = FIXED.filter((key) => !isSame(config[key], next[key]));
      const format = config.log.format === next.log.format ? [] : ["log.format"];
      return [...fixed, ...format];
    },
  };
}

/** Sections are plain, and their keys in the order of the schema. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refused(why: string): NodeError {
  return new NodeError("BAD_REQUEST", why);
}
