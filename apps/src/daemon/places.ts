// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Where a daemon that is told nothing keeps its key and listens: in places of the user's own.
 * Guards that nobody else can read the key, or listen where clients will look.
 */
import { chmodSync, existsSync, linkSync, mkdirSync, unlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { PrivateKey, Surroundings } from "@inet256/client";
import { wipe } from "@inet256/client/identity";
import { CommandError, systemCode, UsageError } from "../failures.js";
import { writePrivateFile } from "../files.js";
import { readKey } from "../keys.js";
import { note, type Terminal } from "../world.js";

const KEY_NAME = "private_key.pem";
const UNIX = "unix://";

/** The file of the daemon's own key: in $XDG_STATE_HOME/inet256, or ~/.local/state/inet256. */
export function defaultKeyPath(env: Readonly<Record<string, string | undefined>>): string {
  const state = env["XDG_STATE_HOME"];
  const home = env["HOME"] ?? homedir();
  const folder = state?.startsWith("/") === true ? state : join(home, ".local", "state");
  return join(folder, "inet256", KEY_NAME);
}

/** Reads the daemon's own key; makes it, and its folder, the first time. */
export async function readOrMakeKey(path: string, terminal: Terminal): Promise<PrivateKey> {
  if (!existsSync(path)) await makeKey(path, terminal);
  return readKey(path, terminal);
}

// Under another name first, so that a file of that name always holds a whole key, and of two
// daemons that start at once both have the same one.
async function makeKey(path: string, terminal: Terminal): Promise<void> {
  const { generateKey, keys } = await import("@inet256/client");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const key = generateKey();
  const bytes = keys.encodeKeyFile(key);
  key.wipe();
  const draft = `${path}.${process.pid}`;
  try {
    writePrivateFile(draft, bytes);
    linkSync(draft, path);
    note(terminal, `made a private key: ${path}`);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    wipe(bytes);
    if (existsSync(draft)) unlinkSync(draft);
  }
}

/** Endpoints that may be meant, the first that is there counts. */
export interface EndpointChoice {
  /** From the command line. */
  readonly given: string | undefined;
  /** From the configuration. */
  readonly configured: string | undefined;
  readonly around: Surroundings;
}

/**
 * The path of the socket to listen at: the endpoint given, else configured, else $INET256_API if
 * it is a unix socket, else root's or the user's own. Makes the user's folder where it lies among
 * other users'. Throws UsageError, NodeError UNAUTHENTICATED when that folder is not the user's
 * own, or the system's error.
 */
export async function chooseSocket(choice: EndpointChoice): Promise<string> {
  const { given, configured, around } = choice;
  if (given !== undefined) return socketOf(given, "--api");
  if (configured !== undefined) return socketOf(configured, "api_endpoint");
  const { checkPrivateFolder, ENDPOINT_VARIABLE, SYSTEM_ENDPOINT, userSocket } = await import(
    "@inet256/client"
  );
  const named = around.env[ENDPOINT_VARIABLE];
  if (named?.startsWith(UNIX) === true) return socketOf(named, ENDPOINT_VARIABLE);
  if (around.uid === 0) return socketOf(SYSTEM_ENDPOINT, "default");
  const { folder, path, shared } = userSocket(around);
  if (shared) {
    makePrivateFolder(folder);
    checkPrivateFolder(folder, around.uid);
  }
  return path;
}

function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
    // The umask may have taken away more than others' rights.
    chmodSync(folder, 0o700);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return;
    throw new CommandError(`${folder}: cannot be made, expected a place for the daemon's socket`, {
      cause: error,
    });
  }
}

function socketOf(endpoint: string, name: string): string {
  const path = endpoint.startsWith(UNIX) ? endpoint.slice(UNIX.length) : "";
  if (path.startsWith("/")) return path;
  throw new UsageError(`${name}: this daemon listens on unix sockets, expected unix:///path`);
}
