// SPDX-License-Identifier: GPL-3.0-or-later

/** A daemon whose configuration may name `static`, as well as what is built in. */
import { readFileSync } from "node:fs";
import { readKeyFile } from "@inet256/client";
import {
  type Daemon,
  formatProblem,
  type LogDestination,
  listAlgorithms,
  parseConfig,
  startDaemon,
} from "@inet256/mesh256";
import { staticRoutes } from "./index.js";

/**
 * Starts a daemon with the configuration in `file`; its API listens at `socketPath`, which is
 * absolute. Rejects with an Error that says what is wrong with the configuration, and as readKeyFile
 * and startDaemon do.
 */
export async function runDaemon(
  file: string,
  socketPath: string,
  logTo: LogDestination,
): Promise<Daemon> {
  const networks = [...listAlgorithms(), staticRoutes];
  const read = parseConfig(readFileSync(file, "utf8"), { file, networks });
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join("\n"));
  const { config } = read;
  if (config.privateKeyPath === undefined) throw new Error(`${file}: expected private_key_path`);
  const { key: privateKey } = readKeyFile(config.privateKeyPath);
  return startDaemon({ config, networks, privateKey, socketPath, version: "1.0.0", logTo });
}
