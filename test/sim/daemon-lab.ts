// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Whole daemons in the laboratory: every room but the API and the real transports, any number of
 * them in one process, on the laboratory's network and time. What it guards: a daemon that was
 * killed has said nothing, and one that is started again shares nothing with the one before but its
 * key. The same seed and the same calls give the same run.
 */
import { type Logger, silentLogger } from "../../server/src/core/index.js";
import { type Crypto, selectCrypto } from "../../server/src/crypto/index.js";
import { createEngine, type Engine, type EngineOptions } from "../../server/src/daemon/index.js";
import { createRelaySink } from "../../server/src/daemon/relay-sink.js";
import {
  type Address,
  createIdentities,
  type PrivateKey,
} from "../../server/src/identity/index.js";
import { type ConfiguredAlgorithm, findAlgorithm } from "../../server/src/network/index.js";
import type { Host } from "./host.js";
import { type LabNode, type NodeKey, openLabNode } from "./lab-node.js";
import type { LinkOptions } from "./link-model.js";
import { createNetwork, type Network } from "./network.js";
import type { SimTransport } from "./sim-transport.js";
import { createWorld, type World } from "./world.js";

/** A daemon, through all its starts. What it has now is undefined for none: then this throws. */
export interface LabDaemon {
  readonly name: string;
  /** Its own address. */
  readonly address: Address;
  /** Its own key, serialized. */
  readonly serialized: Uint8Array;
  /** What is running now. Throws while it is down. */
  readonly engine: Engine;
  readonly host: Host;
  readonly transport: SimTransport;
  /** Where it is bound, for others' `addrs`. */
  readonly at: string;
  readonly running: boolean;
  /** "warn message {fields}" of all its starts, warnings and errors. */
  readonly lines: readonly string[];
  /** Keeps a link with a peer from now on, after later starts too; it may be told where that is. */
  peer(other: Pick<LabDaemon, "address" | "at">, at?: readonly string[]): void;
  /** Opens a node. */
  open(key: NodeKey): LabNode;
  /** Whether its link with another is up. */
  isUp(other: Pick<LabDaemon, "address">): boolean;
  /** kill -9: nothing is said, nothing is kept. */
  kill(): void;
  /** Starts it, here or at another address, with the same key and peers. */
  start(at?: string): void;
  /** Ends it in good order. */
  stop(): void;
}

/** What can be chosen. */
export interface DaemonLabOptions {
  readonly seed?: number;
  /** How all links are. */
  readonly link?: Partial<LinkOptions>;
  readonly trace?: boolean;
  readonly crypto?: Crypto;
  readonly limits?: Partial<EngineOptions["limits"]>;
  readonly algorithm?: string;
}

/** What can be chosen for one daemon. */
export interface DaemonOptions {
  readonly at?: string;
  /** The daemon's own key, serialized; undefined: a new one. */
  readonly serialized?: Uint8Array;
  /** Whether it waits for `start`. */
  readonly down?: boolean;
  /** Makes another algorithm of the lab's, for a daemon that routes otherwise than it says. */
  readonly routing?: (honest: ConfiguredAlgorithm) => ConfiguredAlgorithm;
}

/** Daemons on one network. */
export interface DaemonLab {
  readonly world: World;
  readonly network: Network;
  readonly crypto: Crypto;
  /** A daemon, running unless said otherwise; at 10.0.0.1 and so on unless said where. */
  daemon(name: string, options?: DaemonOptions): LabDaemon;
  /** A new identity for a node. */
  key(name?: string): NodeKey;
  /** Its public key, serialized. */
  publicKey(key: NodeKey): Uint8Array;
  /** Each is a configured peer of the other. */
  peers(a: LabDaemon, b: LabDaemon): void;
  /** Runs until these see each other: how many milliseconds it took. */
  untilUp(a: LabDaemon, b: LabDaemon, withinMs?: number): number;
}

const LIMITS: EngineOptions["limits"] = {
  nodes: 20_000,
  queuedBytes: 256 * 1024 * 1024,
  inboxBytes: 4 * 1024 * 1024,
  maxInboxBytes: 16 * 1024 * 1024,
};
const PORT = 25_632;

interface Running {
  readonly engine: Engine;
  readonly host: Host;
  readonly transport: SimTransport;
}

/** A lab without daemons. */
export function createDaemonLab(options: DaemonLabOptions = {}): DaemonLab {
  const world = createWorld({ seed: options.seed ?? 1 });
  const { link = {}, trace = false, crypto = selectCrypto() } = options;
  const network = createNetwork({ world, link, trace });
  const identities = createIdentities(crypto, world.random("identities"));
  const parse = (serialized: Uint8Array): PrivateKey =>
    identities.keys.parsePrivateKey(serialized.slice());
  const algorithm = findAlgorithm(options.algorithm ?? "onehop")?.configure({});
  if (algorithm === undefined) throw new RangeError("algorithm: expected one that is built in");
  const limits = { ...LIMITS, ...options.limits };
  let daemons = 0;
  let keys = 0;

  const run = (
    name: string,
    serialized: Uint8Array,
    at: string,
    logger: Logger,
    routing: NonNullable<DaemonOptions["routing"]>,
  ): Running => {
    const host = world.host(name);
    const relay = createRelaySink();
    const transport = network.bind(host, at, relay.sink);
    const engine = createEngine({
      privateKey: parse(serialized),
      algorithm: routing(algorithm),
      limits,
      transports: [transport],
      crypto,
      clock: host.clock,
      random: host.random,
      deadlines: host.deadlines,
      turns: host.turns,
      logger,
    });
    relay.relayTo(engine.transportSink);
    return { engine, host, transport };
  };
  const makeKey = (): Pick<NodeKey, "address" | "serialized"> => {
    const made = identities.generate();
    const key = { address: made.address, serialized: made.serialize() };
    made.wipe();
    return key;
  };

  const createDaemon = (name: string, chosen: DaemonOptions): LabDaemon => {
    daemons += 1;
    const serialized = chosen.serialized ?? makeKey().serialized;
    const parsed = parse(serialized);
    const { address } = parsed;
    parsed.wipe();
    const lines: string[] = [];
    const logger = linesLogger(lines);
    const peers: Parameters<Engine["dial"]>[0][] = [];
    let at = chosen.at ?? addressText(daemons);
    let running: Running | undefined;
    const now = (): Running => {
      if (running === undefined) throw new Error(`${name} is down`);
      return running;
    };
    const end = (): void => {
      const { transport, host } = now();
      void transport.close();
      host.kill();
      running = undefined;
    };
    const daemon: LabDaemon = {
      name,
      address,
      serialized,
      get engine() {
        return now().engine;
      },
      get host() {
        return now().host;
      },
      get transport() {
        return now().transport;
      },
      get at() {
        return at;
      },
      get running() {
        return running !== undefined;
      },
      lines,
      peer(other, addrs = [other.at]) {
        const peer = { id: other.address, addrs };
        peers.push(peer);
        running?.engine.dial(peer);
      },
      open: (key) => openLabNode(now().engine, now().host, key),
      isUp: (other) => running?.engine.network.peers.link(other.address)?.up() === true,
      kill: end,
      start(where = at) {
        if (running !== undefined) throw new Error(`${name} is running`);
        at = where;
        running = run(name, serialized, at, logger, chosen.routing ?? ((honest) => honest));
        for (const peer of peers) running.engine.dial(peer);
      },
      stop() {
        const { engine } = now();
        engine.stop();
        // The farewells leave with the end of the turn, while the machine is still there.
        world.run(0);
        end();
      },
    };
    if (chosen.down !== true) daemon.start();
    return daemon;
  };

  return {
    world,
    network,
    crypto,
    daemon: (name, chosen = {}) => createDaemon(name, chosen),
    key(name = `node ${keys}`) {
      keys += 1;
      return { name, ...makeKey() };
    },
    publicKey({ serialized }) {
      const parsed = parse(serialized);
      const publicKey = parsed.publicKey.serialize();
      parsed.wipe();
      return publicKey;
    },
    peers(a, b) {
      a.peer(b);
      b.peer(a);
    },
    untilUp: (a, b, withinMs = 10_000) =>
      world.runUntil(
        `${a.name} and ${b.name} see each other`,
        () => a.isUp(b) && b.isUp(a),
        withinMs,
      ),
  };
}

function addressText(number: number): string {
  return `10.${number >> 16}.${(number >> 8) & 0xff}.${number & 0xff}:${PORT}`;
}

/** Keeps what is worth a look. */
function linesLogger(lines: string[]): Logger {
  const at =
    (level: string): Logger["warn"] =>
    (message, fields) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  return { ...silentLogger, warn: at("warn"), error: at("error") };
}
