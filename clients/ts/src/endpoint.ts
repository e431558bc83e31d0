// SPDX-License-Identifier: Apache-2.0

/**
 * Where a daemon's API is: `unix:///path`, `tcp://host:port` or `tls://host:port`, and which one
 * is meant when nobody says. The only file of the client that reads the environment.
 */
import { lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeError } from "./reasons.js";

/** The endpoint of a system's daemon. */
export const SYSTEM_ENDPOINT = "unix:///run/inet256.sock";
/** The environment variable that overrides every default. */
export const ENDPOINT_VARIABLE = "INET256_API";
const SOCKET_NAME = "inet256.sock";
const DEFAULT_PORT = 2560;
const ANY_FORM = "unix:///path, tcp://host:port or tls://host:port";
// Absolute, without control characters, and not a folder.
const SOCKET_PATH = /^\/\P{Cc}*(?<!\/)$/u;

/** A parsed endpoint. */
export type Endpoint =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp" | "tls"; readonly host: string; readonly port: number };

/** Parses an endpoint; throws NodeError BAD_REQUEST that says what was expected. */
export function parseEndpoint(text: string): Endpoint {
  if (typeof text !== "string") throw badEndpoint(ANY_FORM);
  if (text.startsWith("unix://")) {
    const path = text.slice("unix://".length);
    if (SOCKET_PATH.test(path)) return { kind: "unix", path };
    throw badEndpoint("after unix:// an absolute path, as in unix:///run/inet256.sock");
  }
  const match = /^(tcp|tls):\/\/(\[[0-9a-fA-F:.]+\]|[^\s/:@[\]]+)(?::(\d{1,5}))?\/?$/.exec(text);
  const [, kind, host, portText] = match ?? [];
  const port = portText === undefined ? DEFAULT_PORT : Number(portText);
  if ((kind !== "tcp" && kind !== "tls") || host === undefined || port < 1 || port > 65_535) {
    throw badEndpoint(ANY_FORM);
  }
  return { kind, host, port };
}

// Does not repeat the text, which may hold a secret that was put in the wrong place.
function badEndpoint(expected: string): NodeError {
  return new NodeError("BAD_REQUEST", `not an endpoint: expected ${expected}`);
}

/** An endpoint as text. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.kind === "unix"
    ? `unix://${endpoint.path}`
    : `${endpoint.kind}://${endpoint.host}:${endpoint.port}`;
}

/** What decides the defaults. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's number; undefined where the system has none. */
  readonly uid: number | undefined;
  /** The folder for temporary files. */
  readonly temporary: string;
}

/** The process's own surroundings. */
export function surroundings(): Surroundings {
  return { env: process.env, uid: process.getuid?.(), temporary: tmpdir() };
}

/** Where a user's own daemon listens. `shared` says that the folder lies among other users'. */
export function userSocket(around: Surroundings): {
  readonly folder: string;
  readonly path: string;
  readonly shared: boolean;
} {
  const runtime = around.env["XDG_RUNTIME_DIR"];
  const shared = runtime === undefined || !runtime.startsWith("/");
  const folder = shared ? join(around.temporary, `inet256-${around.uid ?? "user"}`) : runtime;
  return { folder, path: join(folder, SOCKET_NAME), shared };
}

/**
 * Refuses a folder among other users' that somebody else made, or may write into. Throws NodeError
 * UNAUTHENTICATED; does nothing when there is no such folder.
 */
export function checkPrivateFolder(folder: string, uid: number | undefined): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const mine = uid === undefined || stats.uid === uid;
  if (stats.isDirectory() && mine && (stats.mode & 0o077) === 0) return;
  throw new NodeError(
    "UNAUTHENTICATED",
    `${folder} must be a folder of your own with mode 0700, and it is not: somebody else may be listening there`,
  );
}

/**
 * The endpoint meant when none is given: $INET256_API, else the user's own daemon if its socket
 * exists, else the system's. Throws what parseEndpoint and checkPrivateFolder throw.
 */
export function defaultEndpoint(around: Surroundings = surroundings()): string {
  const named = around.env[ENDPOINT_VARIABLE];
  if (named !== undefined && named !== "") return named;
  const { folder, path, shared } = userSocket(around);
  if (shared) checkPrivateFolder(folder, around.uid);
  const exists = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return exists ? `unix://${path}` : SYSTEM_ENDPOINT;
}
