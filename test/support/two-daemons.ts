// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Daemons as processes that are peers of each other over UDP on loopback, made the way a user makes
 * them: a key by `keygen`, a file by `create-config`, in which the lines of transports and peers are
 * filled in. Each is in a folder of its own. Nothing outlives `end`.
 */
import { createSocket } from "node:dgram";
import { readFileSync, writeFileSync } from "node:fs";
import {
  Address,
  type Client,
  type ConnectOptions,
  connect,
  type DaemonStatus,
  type PeerStatus,
} from "@inet256/client";
import { createWorkshop, type StartedProcess, type Workshop } from "./processes.js";
import { untilAnswer } from "./until-answer.js";

/** Where loopback daemons are. */
export type Host = "127.0.0.1" | "[::1]";

/** One daemon: its files, and its process while there is one. */
export interface PeeredDaemon {
  readonly workshop: Workshop;
  /** Its own address. */
  readonly address: Address;
  /** Where it is reached over UDP, as its peers write it. */
  readonly udp: string;
  /** The process that was started last. */
  readonly process: StartedProcess;
  /** Starts `inet256 daemon --config config.yml`; resolves once it can be called. */
  start(): Promise<StartedProcess>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** A client of it in this process; `end` closes it. */
  connect(options?: ConnectOptions): Client;
  /** What `inet256 status --json` says. */
  status(): Promise<StatusText>;
}

/** `inet256 status --json` as it is parsed, with addresses as text. */
export type StatusText = Omit<DaemonStatus, "address" | "publicKey" | "peers"> & {
  readonly address: string;
  readonly peers: readonly (Omit<PeerStatus, "address"> & { readonly address: string })[];
};

/** Some daemons. */
export interface Daemons {
  /** Daemon `index`, from 0 on. Throws RangeError where there is none. */
  at(index: number): PeeredDaemon;
  /** Starts all of them at the same time. */
  start(): Promise<void>;
  /** Resolves when every daemon says that its configured peers are up. */
  up(): Promise<void>;
  /** Kills all processes, closes all clients, and removes the folders. */
  end(): Promise<void>;
}

/** What may differ. */
export interface DaemonsOptions {
  readonly host?: Host;
  /** The routing algorithm of all of them; default: what a configuration says that says nothing. */
  readonly network?: string;
  /** Which peers daemon `index` has; default: all others. */
  readonly peersOf?: (index: number) => readonly number[];
  /** Where daemon `from` looks for daemon `to`, or that it does not; default: where it is. */
  readonly way?: (from: number, to: number, udp: string) => string | undefined;
}

// Below the ports that the kernel picks by itself, and apart for each process of a test run.
const FIRST_PORT = 10_000;
const PORTS_EACH = 20;
const PARTS = 1_000;
let nextPort = 0;

/** A UDP port of loopback that nobody has. */
export async function freePort(host: Host): Promise<number> {
  for (let tries = 0; tries < PORTS_EACH; tries++) {
    const own = nextPort++ % PORTS_EACH;
    const port = FIRST_PORT + (process.pid % PARTS) * PORTS_EACH + own;
    if (await isFree(port, host)) return port;
  }
  throw new Error("no UDP port is free");
}

function isFree(port: number, host: Host): Promise<boolean> {
  const socket = createSocket(host === "[::1]" ? "udp6" : "udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(port, host.replace(/[[\]]/g, ""), () => socket.close(() => resolve(true)));
  });
}

/** Files for so many daemons, which are not started yet. */
export async function createDaemons(count: number, options: DaemonsOptions = {}): Promise<Daemons> {
  const { host = "127.0.0.1" } = options;
  const indices = Array.from({ length: count }, (_, index) => index);
  const { peersOf = (own) => indices.filter((index) => index !== own) } = options;
  const { way = (_from, _to, udp) => udp } = options;
  const clients: Client[] = [];
  const ports: number[] = [];
  for (const _ of indices) ports.push(await freePort(host));
  const daemons = await Promise.all(
    ports.map((port) => createDaemon(`${host}:${port}`, (client) => clients.push(client))),
  );
  const at = (index: number): PeeredDaemon => {
    const daemon = daemons[index];
    if (daemon === undefined) throw new RangeError(`no daemon ${index}`);
    return daemon;
  };
  for (const index of indices) {
    const own = at(index);
    const peers = peersOf(index).map((peer) => ({
      id: `${at(peer).address}`,
      udp: way(index, peer, at(peer).udp),
    }));
    fillIn(own, peers, options.network);
  }
  return {
    at,
    async start() {
      await Promise.all(daemons.map((daemon) => daemon.start()));
    },
    async up() {
      await Promise.all(
        daemons.map(async (daemon, index) => {
          const client = daemon.connect();
          await untilAnswer(`the peers of daemon ${index} are up`, async () => {
            const { peers } = await client.status();
            return peers.filter(({ up }) => up).length >= peersOf(index).length;
          });
        }),
      );
    },
    async end() {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all(daemons.map(({ workshop }) => workshop.end()));
    },
  };
}

/** What `create-config` prints, which is always the same. */
let exampleConfig: Promise<string> | undefined;

async function createDaemon(
  udp: string,
  onClient: (client: Client) => void,
): Promise<PeeredDaemon> {
  const workshop = createWorkshop();
  const run = async (...words: string[]) => {
    const ended = await workshop.run(words);
    if (ended.code !== 0) throw new Error(`${words.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  };
  const made = await run("keygen", "--output", "private_key.pem", "--json");
  const address = Address.parse(JSON.parse(made).address);
  exampleConfig ??= run("create-config");
  writeFileSync(workshop.path("config.yml"), await exampleConfig, { mode: 0o600 });
  let last: StartedProcess | undefined;
  const running = (): StartedProcess => {
    if (last === undefined) throw new Error("the daemon has not been started");
    return last;
  };
  return {
    workshop,
    address,
    udp,
    get process() {
      return running();
    },
    async start() {
      last = await workshop.startDaemon(["--config", "config.yml"]);
      return last;
    },
    async kill() {
      running().kill("SIGKILL");
      await running().ended;
    },
    connect(options) {
      const client = connect(workshop.endpoint, options);
      onClient(client);
      return client;
    },
    status: async () => JSON.parse(await run("status", "--json")),
  };
}

interface ConfiguredPeer {
  readonly id: string;
  /** undefined: it is waited for. */
  readonly udp: string | undefined;
}

// As a user does: takes the # away, and puts something else where an example stands.
function fillIn(
  daemon: PeeredDaemon,
  peers: readonly ConfiguredPeer[],
  network: string | undefined,
): void {
  const path = daemon.workshop.path("config.yml");
  const entries = peers.map(({ id, udp }) => {
    const addrs = udp === undefined ? "" : `    addrs: ["${udp}"]\n`;
    return `  - id: ${id}\n${addrs}`;
  });
  const lines: readonly (readonly [RegExp, string])[] = [
    [/^ {2}#- type: udp$/m, "  - type: udp"],
    [/^ {4}#bind: .*$/m, `    bind: ["${daemon.udp}"]`],
    [/^ {2}#level: .*$/m, "  level: debug"],
    [/^ {2}#format: .*$/m, "  format: json"],
    [/^ {2}#- id: .*\n/m, entries.join("")],
    ...(network === undefined ? [] : [[/^#network: .*$/m, `network: ${network}`] as const]),
  ];
  const filled = lines.reduce(
    (text, [line, instead]) => {
      if (!line.test(text)) throw new Error(`create-config writes no line like ${line}`);
      return text.replace(line, instead);
    },
    readFileSync(path, "utf8"),
  );
  writeFileSync(path, filled);
}
