// SPDX-License-Identifier: GPL-3.0-or-later

// Engines in one process under virtual time, over transports in memory, with what they log.

import { type Logger, silentLogger } from "../../../server/src/core/index.js";
import { type Crypto, selectCrypto } from "../../../server/src/crypto/index.js";
import { createEngine, type Engine } from "../../../server/src/daemon/index.js";
import { createRelaySink } from "../../../server/src/daemon/relay-sink.js";
import {
  type Address,
  createIdentities,
  type PrivateKey,
} from "../../../server/src/identity/index.js";
import { findAlgorithm } from "../../../server/src/network/index.js";
import type { Opening } from "../../../server/src/node/index.js";
import {
  createMemoryMedium,
  createMemoryTransport,
  type Transport,
} from "../../../server/src/transport/index.js";
import type { Host } from "../../sim/host.js";
import { createWorld, type World } from "../../sim/world.js";
import { createMemory, type Memory } from "../node/local-nodes.js";

/** An engine, and the machine around it. */
export interface LabEngine {
  readonly name: string;
  readonly engine: Engine;
  readonly host: Host;
  readonly transport: Transport;
  /** Its own key, as it was handed over. */
  readonly key: PrivateKey;
  readonly address: Address;
  /** "warn message {fields}", in order; info, warn and error. */
  readonly lines: readonly string[];
  /** As if its process was killed: it says nothing any more. */
  kill(): void;
  /** Opens the node of a key, with a reader. */
  open(key: PrivateKey): LabNode;
}

/** An open node. */
export interface LabNode {
  readonly opening: Opening;
  readonly address: Address;
  readonly memory: Memory;
  send(to: Address, text: string): ReturnType<Opening["transmit"]>;
}

/** What may be chosen. */
export interface LabEngineOptions {
  readonly key?: PrivateKey;
  readonly crypto?: Crypto;
  /** Bytes that its transport holds. */
  readonly receiveBufferBytes?: number;
}

/** Engines that meet in one medium. */
export interface EngineLab {
  readonly world: World;
  key(): PrivateKey;
  /** A key of its own from a serialized one. */
  parse(serialized: Uint8Array): PrivateKey;
  start(name: string, options?: LabEngineOptions): LabEngine;
  /** Each keeps a link with the other, and has it now. */
  peer(a: LabEngine, b: LabEngine): void;
}

const LIMITS = {
  nodes: 2_000,
  queuedBytes: 100_000_000,
  inboxBytes: 1_000_000,
  maxInboxBytes: 2_000_000,
};

/** A lab without engines. */
export function createEngineLab(seed = 1): EngineLab {
  const world = createWorld({ seed });
  const native = selectCrypto();
  const identities = createIdentities(native, world.random("keys"));
  const algorithm = findAlgorithm("onehop")?.configure({});
  if (algorithm === undefined) throw new Error("onehop is not registered");
  const middle = world.host("medium");
  const medium = createMemoryMedium({ clock: middle.clock, turns: middle.turns });

  return {
    world,
    key: () => identities.generate(),
    parse: (serialized) => identities.keys.parsePrivateKey(serialized),
    start(name, { key = identities.generate(), crypto = native, ...held } = {}) {
      const host = world.host(name);
      const lines: string[] = [];
      const relay = createRelaySink();
      const transport = createMemoryTransport({ medium, name, sink: relay.sink, ...held });
      const { address } = key;
      const engine = createEngine({
        privateKey: key,
        algorithm,
        limits: LIMITS,
        transports: [transport],
        crypto,
        clock: host.clock,
        random: host.random,
        deadlines: host.deadlines,
        turns: host.turns,
        logger: linesLogger(lines),
      });
      relay.relayTo(engine.transportSink);
      return {
        name,
        engine,
        host,
        transport,
        key,
        address,
        lines,
        kill() {
          host.kill();
          void transport.close();
        },
        open: (opened) => createLabNode(engine, opened),
      };
    },
    peer(a, b) {
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        one.engine.dial({ id: other.address, addrs: [`memory:${other.name}`] });
      }
      const up = (one: LabEngine, other: LabEngine): boolean =>
        one.engine.network.peers.link(other.address)?.up() === true;
      world.runUntil("both see the other", () => up(a, b) && up(b, a), 5_000);
    },
  };
}

/** Two engines that do not know each other yet. */
export function createPair() {
  const lab = createEngineLab();
  const [home, away] = [lab.start("home"), lab.start("away")];
  return { lab, home, away };
}

/** Writes into a list. */
export function linesLogger(lines: string[]): Logger {
  const at =
    (level: string): Logger["info"] =>
    (message, fields) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  return { ...silentLogger, info: at("info"), warn: at("warn"), error: at("error") };
}

function createLabNode(engine: Engine, key: PrivateKey): LabNode {
  const opening = engine.nodes.open(key, { inboxBytes: undefined });
  if (typeof opening === "string") throw new Error(`refused: ${opening}`);
  const memory = createMemory();
  opening.read(memory.reader);
  return {
    opening,
    address: opening.address,
    memory,
    send(to, text) {
      const bytes = Buffer.from(text);
      return opening.transmit(to.bytes, 0, bytes, 0, bytes.length);
    },
  };
}
