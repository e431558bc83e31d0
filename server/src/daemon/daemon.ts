// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The one place where the rooms are put together: bottom-up at the start, top-down at the stop.
 */
import type { Address, PrivateKey } from "@inet256/client/identity";
import { type Api, startApi } from "../api/index.js";
import type { Config } from "../config/index.js";
import {
  createBudget,
  createDeadlines,
  createSystemTimer,
  createSystemTurns,
  systemClock,
  systemRandom,
} from "../core/index.js";
import { selectCrypto } from "../crypto/index.js";
import { createIdentities } from "../identity/index.js";
import { createNodes } from "../node/index.js";
import { createService, type DaemonService } from "../service/index.js";
import { createLogger, type LogDestination } from "./logging.js";

/** What a daemon needs. */
export interface DaemonOptions {
  readonly config: Config;
  /** The daemon's own identity; it stays the caller's, and is not kept after the start. */
  readonly privateKey: PrivateKey;
  /** Where the API listens: an absolute path. */
  readonly socketPath: string;
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
  /** Its use cases, for programs in this process. */
  readonly service: DaemonService;
  /** Ends every node, tells every client, removes the socket; resolves when all is done. */
  stop(): Promise<void>;
}

/** Starts a daemon; resolves when it can be called. Rejects with ApiError when it cannot listen. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, privateKey } = options;
  const { limits } = config;
  const log = createLogger(config.log, options.logTo);
  const clock = systemClock;
  const random = systemRandom;
  const deadlines = createDeadlines(clock, createSystemTimer());
  const turns = createSystemTurns();
  const crypto = selectCrypto(config.crypto === "auto" ? undefined : config.crypto);
  const identities = createIdentities(crypto, random);
  const budget = createBudget(limits.queuedBytes);
  const { address, publicKey } = privateKey;
  const own = { address, publicKey };
  log.info("starting", {
    version: options.version,
    address: address.toString(),
    crypto: crypto.name,
  });

  const nodes = createNodes({
    own,
    random,
    budget,
    inboxBytes: limits.inboxBytes,
    limit: limits.nodes,
  });
  const service = createService({ ...limits, nodes, identities, clock, budget, own });
  let api: Api;
  try {
    api = await startApi({
      ...options,
      service,
      clock,
      deadlines,
      turns,
      random,
      crypto,
      log,
      budget,
      limits,
    });
  } catch (error) {
    deadlines.stop();
    throw error;
  }

  return {
    address,
    endpoint: api.endpoint,
    service,
    async stop() {
      log.info("stopping", { nodes: nodes.size });
      await api.stop();
      nodes.stop();
      deadlines.stop();
      log.info("stopped");
    },
  };
}
