// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The one place where the rooms are put together: bottom-up at the start, top-down at the stop.
 */
import type { Address, PrivateKey } from "@inet256/client/identity";
import { startApi } from "../api/index.js";
import type { Config, NetworkSettings } from "../config/index.js";
import {
  createDeadlines,
  createSystemTimer,
  createSystemTurns,
  systemClock,
  systemRandom,
} from "../core/index.js";
import { selectCrypto } from "../crypto/index.js";
import { type Algorithm, type ConfiguredAlgorithm, listAlgorithms } from "../network/index.js";
import type { DaemonService } from "../service/index.js";
import { loadSys } from "../sys/index.js";
import { createControl } from "./control.js";
import { createEngine, type Engine } from "./engine.js";
import { createLogger, type LogDestination } from "./logging.js";
import { startMetrics } from "./metrics.js";
import type { Measured } from "./metrics-text.js";
import { createRelaySink } from "./relay-sink.js";
import { configuredTransports, type OpenTransports } from "./transports.js";

/** What a daemon needs. */
export interface DaemonOptions {
  readonly config: Config;
  /** The daemon's own identity. It is taken over, and wiped when the daemon stops or cannot start. */
  readonly privateKey: PrivateKey;
  /** The routing algorithms that `config` may name; default: those that are built in. */
  readonly networks?: readonly Algorithm[];
  /** Opens the transports; undefined: those of the configuration. */
  readonly openTransports?: OpenTransports;
  /** The file that `config` was read from, absolute, for peers that are to be saved. */
  readonly configPath?: string;
  /** Where the API listens: an absolute path. */
  readonly socketPath: string;
  /** Descriptors of unix sockets that listen already and are used in place of `socketPath`. */
  readonly inheritedSockets?: readonly number[];
  /** The version it says it has. */
  readonly version: string;
  /** Where log lines go. */
  readonly logTo: LogDestination;
}

/** A running daemon. */
export interface Daemon {
  /** Its own address; the node of that address only answers pings. */
  readonly address: Address;
  /** Where its API is, as clients write it. */
  readonly endpoint: string;
  /** Everywhere its API is, that one first. */
  readonly endpoints: readonly string[];
  /** Where other daemons reach it, as its peers write it in `addrs`. */
  readonly transportAddresses: readonly string[];
  /** Where its metrics are read, as a browser writes it; undefined: nowhere. */
  readonly metricsUrl: string | undefined;
  /** Its use cases, for programs in this process. */
  readonly service: DaemonService;
  /**
   * Goes over to another configuration as far as that is possible: peers, and how much is logged.
   * Answers the keys that differ besides, for which the daemon must be started again.
   */
  reload(config: Config): readonly string[];
  /** Ends every node, tells every client, removes the socket; resolves when all is done. */
  stop(): Promise<void>;
}

/**
 * Starts a daemon; resolves when it can be called. Rejects with ApiError when its API cannot listen,
 * with TransportError when a transport cannot be opened, with RangeError when no algorithm has the
 * name of the configuration's network, with MetricsError when metrics cannot be read where they should.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  try {
    return await start(options);
  } catch (error) {
    options.privateKey.wipe();
    throw error;
  }
}

async function start(options: DaemonOptions): Promise<Daemon> {
  const { config, privateKey } = options;
  const machine = createMachine(options);
  const { logger } = machine;
  const networks = options.networks ?? listAlgorithms();
  const algorithm = configureNetwork(config.network, networks);
  const { address } = privateKey;
  logger.info("starting", {
    version: options.version,
    address: address.toString(),
    network: algorithm.name,
    crypto: machine.crypto.name,
  });

  const lower = await startLowerHalf(options, machine, algorithm);
  const { engine } = lower;
  const { service, budget, nodes, network } = engine;
  const { limits, api: access } = config;
  const { peerProcess: peerOf } = loadSys();
  const control = createControl({
    engine,
    logger,
    config,
    configPath: options.configPath,
    networks,
  });
  const api = await startApi({
    ...options,
    ...machine,
    log: logger,
    service,
    control,
    budget,
    limits,
    access,
    ...(peerOf === undefined ? {} : { peerOf }),
  }).catch(async (error) => {
    await lower.stop();
    throw error;
  });
  const measure = (): Measured => ({
    service: service.status(),
    api: api.status(),
    version: options.version,
  });
  const metrics = await startMetrics(config.metrics.listen, measure, logger).catch(
    async (error) => {
      await api.stop();
      await lower.stop();
      throw error;
    },
  );
  control.start();

  return {
    address,
    endpoint: api.endpoint,
    endpoints: api.endpoints,
    get transportAddresses() {
      return service.status().transportAddresses;
    },
    metricsUrl: metrics.url,
    service,
    reload: control.reload,
    async stop() {
      logger.info("stopping", { nodes: nodes.size(), peers: network.peers.size });
      await Promise.all([api.stop(), metrics.stop()]);
      await lower.stop();
      logger.info("stopped");
    },
  };
}

/** What every room is given of the machine. */
function createMachine({ config, logTo }: DaemonOptions) {
  const clock = systemClock;
  return {
    clock,
    random: systemRandom,
    deadlines: createDeadlines(clock, createSystemTimer()),
    turns: createSystemTurns(),
    crypto: selectCrypto(config.crypto === "auto" ? undefined : config.crypto),
    logger: createLogger(config.log, logTo),
  };
}

/** The transports, and everything between them and the API. */
interface LowerHalf {
  readonly engine: Engine;
  stop(): Promise<void>;
}

async function startLowerHalf(
  { config, privateKey, openTransports }: DaemonOptions,
  machine: ReturnType<typeof createMachine>,
  algorithm: ConfiguredAlgorithm,
): Promise<LowerHalf> {
  const relay = createRelaySink();
  const open = openTransports ?? configuredTransports(config.transports);
  const transports = await open({ ...machine, sink: relay.sink });
  const close = async (): Promise<void> => {
    await Promise.all(transports.map((transport) => transport.close()));
    machine.deadlines.stop();
  };
  const { limits } = config;
  try {
    const engine = createEngine({ ...machine, privateKey, algorithm, limits, transports });
    relay.relayTo(engine.transportSink);
    return {
      engine,
      async stop() {
        engine.stop();
        // The farewells leave with the end of the turn.
        await new Promise<void>((resolve) => machine.turns.atEnd(resolve));
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function configureNetwork(
  { name, options }: NetworkSettings,
  networks: readonly Algorithm[],
): ConfiguredAlgorithm {
  const algorithm = networks.find((each) => each.name === name);
  if (algorithm !== undefined) return algorithm.configure(options);
  const names = networks.map((each) => each.name).join(", ");
  throw new RangeError(`network: expected one of ${names}, got ${name}`);
}
