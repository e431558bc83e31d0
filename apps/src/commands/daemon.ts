// SPDX-License-Identifier: GPL-3.0-or-later

import { resolve } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Config, Daemon } from "@inet256/mesh256";
import { fileArgument, oneOf } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { readConfig } from "../config-file.js";
import { letSmallHeapGrow } from "../daemon/collector.js";
import { chooseSocket, defaultKeyPath, readOrMakeKey } from "../daemon/places.js";
import { reloadOnHangUp } from "../daemon/reload.js";
import { createServiceManager } from "../daemon/service-manager.js";
import { refuseTraces } from "../daemon/trace-guard.js";
import { CommandError } from "../failures.js";
import { readKey } from "../keys.js";
import { aborted } from "../wait.js";
import { print, printJson, type Terminal, type World } from "../world.js";

/** The words of --log-level. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** What `daemon` is told. */
interface DaemonCommandOptions {
  readonly api: string | undefined;
  readonly config?: string | undefined;
  readonly logLevel?: (typeof LOG_LEVELS)[number] | undefined;
  readonly unsafeTrace?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const ABOUT = `\
Runs the daemon that all programs of this machine, or of this user, talk through, until Ctrl-C.
Without a configuration it makes a key in $XDG_STATE_HOME/inet256 (~/.local/state/inet256),
listens on $XDG_RUNTIME_DIR/inet256.sock (root: /run/inet256.sock), where clients look first, and
prints its address, its endpoint and what to try next. --api, api_endpoint in the configuration,
or $INET256_API, in this order, let it listen elsewhere; a unix socket that systemd hands over
takes the place of its own. The log goes to stderr. SIGHUP lets it read its configuration again:
peers and how much is logged change at once, the rest at the next start.`;

/** `inet256 daemon`: what everything else talks to. */
export function createDaemonCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "daemon")
    .summary("run the daemon")
    .description(ABOUT)
    .option("-c, --config <file>", "its configuration", fileArgument("--config"))
    .option(
      "--log-level <level>",
      `${LOG_LEVELS.join(", ")} (default: what the configuration says, else info)`,
      oneOf("--log-level", LOG_LEVELS),
    )
    .option("--unsafe-trace", "run although gRPC's trace variables would write tokens to the log")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 daemon", "for yourself, with no configuration at all"],
        ["inet256 create-config > config.yml", "a configuration to begin from, …"],
        ["inet256 keygen > private_key.pem", "… the key that it names, and …"],
        ["inet256 daemon --config config.yml", "… a daemon with both"],
      ),
    )
    .action((options, command) => runDaemon(world, { ...options, api: apiOf(command) }));
}

async function runDaemon(world: World, options: DaemonCommandOptions): Promise<void> {
  const { terminal } = world;
  if (options.unsafeTrace !== true) refuseTraces(terminal.env);
  letSmallHeapGrow();
  const { defaultConfig, notifyServiceManager, startDaemon } = await import("@inet256/mesh256");
  const manager = createServiceManager(terminal, notifyServiceManager);
  const read = options.config === undefined ? defaultConfig : await readConfig(options.config);
  const config = withLevel(read, options.logLevel);
  const { surroundings } = await import("@inet256/client");
  const around = { ...surroundings(), env: terminal.env };
  const socketPath = await chooseSocket({
    given: options.api,
    configured: config.apiEndpoint,
    around,
  });
  const keyPath = config.privateKeyPath ?? defaultKeyPath(terminal.env);
  const privateKey =
    config.privateKeyPath === undefined
      ? await readOrMakeKey(keyPath, terminal)
      : await readKey(keyPath, terminal);
  const daemon = await startDaemon({
    config,
    ...(options.config === undefined ? {} : { configPath: resolve(options.config) }),
    privateKey,
    socketPath,
    inheritedSockets: manager.sockets,
    version: world.version,
    logTo: terminal.stderr,
  });
  const { config: file } = options;
  reloadOnHangUp(terminal, async () => {
    if (file === undefined) throw new CommandError("there is no configuration file to read");
    return daemon.reload(withLevel(await readConfig(file), options.logLevel));
  });
  if (options.json === true) printJson(terminal, { ...placesOf(daemon), privateKeyPath: keyPath });
  else await introduce(daemon, terminal);
  await manager.tell("READY=1");
  await aborted(terminal.interrupted);
  await manager.tell("STOPPING=1");
  await daemon.stop();
}

function withLevel(config: Config, level: DaemonCommandOptions["logLevel"]): Config {
  return level === undefined ? config : { ...config, log: { ...config.log, level } };
}

interface Places {
  readonly address: string;
  readonly endpoint: string;
  /** Everywhere the API is, `endpoint` first. */
  readonly endpoints: readonly string[];
  readonly transportAddresses: readonly string[];
}

function placesOf({ address, endpoint, endpoints, transportAddresses }: Daemon): Places {
  return { address: address.toString(), endpoint, endpoints, transportAddresses };
}

async function introduce(daemon: Daemon, terminal: Terminal): Promise<void> {
  const { address, endpoint, endpoints, transportAddresses } = placesOf(daemon);
  const variable = (await isWhereClientsLook(endpoint, terminal)) ? "" : `INET256_API=${endpoint} `;
  const command = `${variable}${nameOfCommand(terminal)}`;
  print(terminal, `address   ${address}`);
  print(terminal, `endpoint  ${endpoint}`);
  for (const other of endpoints.slice(1)) print(terminal, `          ${other}`);
  print(terminal, `peers at  ${transportAddresses.join(", ") || "nothing: no transports"}`);
  print(terminal, "");
  print(terminal, "Try next, in other terminals:");
  print(terminal, `  ${command} echo`);
  print(terminal, `  ${command} ping ADDRESS`);
}

/** What to type: whoever runs it with npm start may not have the command in the path. */
export function nameOfCommand({ env }: Terminal): string {
  return env["npm_lifecycle_event"] === undefined ? "inet256" : "npx inet256";
}

// The terminals that follow have their own variables: one that is set here may not be set there.
async function isWhereClientsLook(endpoint: string, terminal: Terminal): Promise<boolean> {
  const { defaultEndpoint, ENDPOINT_VARIABLE, surroundings } = await import("@inet256/client");
  const env = { ...terminal.env, [ENDPOINT_VARIABLE]: undefined };
  try {
    return defaultEndpoint({ ...surroundings(), env }) === endpoint;
  } catch {
    return false;
  }
}
