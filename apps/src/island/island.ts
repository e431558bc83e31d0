// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Several whole daemons in this process, peered over memory. Guards that none is left running: when
 * one cannot start, those that have started are stopped, and a stop stops all even if one fails.
 */
import { join } from "node:path";
import type { PrivateKey } from "@inet256/client";
import type { Config, Daemon, MemoryMedium, OpenTransports } from "@inet256/mesh256";
import { readOrMakeKey } from "../daemon/places.js";
import { UsageError } from "../failures.js";
import type { World } from "../world.js";
import type { IslandFolder } from "./folder.js";
import { createNamedLog } from "./named-log.js";
import { neighboursOf, type Topology } from "./topology.js";

/** What an island is to be. */
export interface IslandOptions {
  readonly daemons: number;
  readonly topology: Topology;
  /** The configuration of all, but for their peers and transports. */
  readonly config: Config;
  readonly folder: IslandFolder;
}

/** A daemon of an island. */
export interface Islander {
  /** d1, d2 and so on: `NAME.sock` in the folder is its socket. */
  readonly name: string;
  readonly daemon: Daemon;
  /** Its neighbours' addresses. */
  readonly neighbours: readonly string[];
}

/** Running daemons. */
export interface Island {
  readonly islanders: readonly Islander[];
  /** Stops all of them; rejects with the first failure once all have ended. */
  stop(): Promise<void>;
}

/** The configuration of a daemon in this network. Throws UsageError when there is none of the name. */
export async function islandConfig(
  network: string | undefined,
  level: Config["log"]["level"],
): Promise<Config> {
  const { parseConfig } = await import("@inet256/mesh256");
  // JSON is YAML; the configuration's own words say what is wrong, and never show the name.
  const text = JSON.stringify(network === undefined ? {} : { network });
  const result = parseConfig(text, { file: "--network" });
  if (!result.ok) throw new UsageError(`--network: ${result.problems[0]?.message}`);
  const { config } = result;
  return { ...config, log: { ...config.log, level }, transports: [], peers: [] };
}

/**
 * Starts the daemons one after the other. Once Ctrl-C was pressed no more are started. Rejects when
 * a key cannot be read or made, or a daemon cannot start; then none is running.
 */
export async function startIsland(world: World, options: IslandOptions): Promise<Island> {
  const keys = await makeKeys(world, options);
  const addresses = keys.map(({ address }) => address);
  const openTransports = await meetingPlace();
  const islanders: Islander[] = [];
  const stop = (): Promise<void> => stopAll(islanders.map(({ daemon }) => daemon));
  try {
    for (const [index, privateKey] of keys.entries()) {
      if (world.terminal.interrupted.aborted) break;
      const name = nameOfDaemon(index);
      const neighbours = neighboursOf(options.topology, options.daemons, index);
      const peers = neighbours.flatMap((other) => {
        const id = addresses[other];
        // Those that come later dial this one.
        return id === undefined ? [] : [{ id, addrs: other < index ? [wayTo(other)] : [] }];
      });
      const { startDaemon } = await import("@inet256/mesh256");
      const daemon = await startDaemon({
        config: { ...options.config, peers },
        privateKey,
        openTransports: openTransports(name),
        socketPath: join(options.folder.path, `${name}.sock`),
        version: world.version,
        logTo: createNamedLog(world.terminal.stderr, name),
      });
      islanders.push({ name, daemon, neighbours: peers.map(({ id }) => id.toString()) });
    }
  } catch (error) {
    // What failed first is what is told.
    await stop().catch(() => {});
    for (const key of keys) key.wipe();
    throw error;
  }
  // Those of daemons that were not started any more.
  for (const key of keys.slice(islanders.length)) key.wipe();
  return { islanders, stop };
}

function nameOfDaemon(index: number): string {
  return `d${index + 1}`;
}

function wayTo(index: number): string {
  return `memory:${nameOfDaemon(index)}`;
}

/** Fresh keys, or those of a folder that is kept. */
async function makeKeys(
  { terminal }: World,
  { daemons, folder }: IslandOptions,
): Promise<readonly PrivateKey[]> {
  const { generateKey } = await import("@inet256/client");
  const keys: PrivateKey[] = [];
  try {
    for (let index = 0; index < daemons; index += 1) {
      const file = join(folder.path, `${nameOfDaemon(index)}.pem`);
      keys.push(folder.isKept ? await readOrMakeKey(file, terminal) : generateKey());
    }
    return keys;
  } catch (error) {
    for (const key of keys) key.wipe();
    throw error;
  }
}

/** Opens a transport for the daemon of a name; all of them meet in one medium. */
async function meetingPlace(): Promise<(name: string) => OpenTransports> {
  const { createMemoryMedium, createMemoryTransport } = await import("@inet256/mesh256");
  let medium: MemoryMedium | undefined;
  return (name) =>
    async ({ clock, turns, sink }) => {
      medium ??= createMemoryMedium({ clock, turns });
      return [createMemoryTransport({ medium, name, sink })];
    };
}

/** Stops daemons side by side; rejects with the first failure once all have ended. */
export async function stopAll(daemons: readonly Pick<Daemon, "stop">[]): Promise<void> {
  const endings = await Promise.allSettled(daemons.map((daemon) => daemon.stop()));
  for (const ending of endings) if (ending.status === "rejected") throw ending.reason;
}
