// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Listening on a unix socket that nobody else can reach at any moment: it is bound inside a
 * folder made for it with mode 0700, gets mode 0600 (or its group and 0660), and is then linked to
 * its name. A link never replaces anything, so of two daemons that start at once one is refused.
 */
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { connect, type Server } from "node:net";
import { dirname, join } from "node:path";
import { ApiError } from "./errors.js";
import { groupNumber } from "./groups.js";

/** Bytes of a socket's path on Linux (sun_path, the final zero excluded). */
const LONGEST_PATH_BYTES = 107;
/** What the path of the first name adds to the folder's: mkdtemp puts six letters behind `.i`. */
const TEMPORARY_BYTES = "/.iXXXXXX/s".length;

/** Removes the socket from the file system, if it is still this one. */
export type RemoveSocket = () => void;

/**
 * Makes `server` listen at `path` with mode 0600, or 0660 and that group. A socket file nobody
 * listens on (a daemon was killed) is taken over. Rejects with ApiError SOCKET_IN_USE when somebody
 * answers there, ACCESS_REFUSED for a group that cannot be given, or SOCKET_UNUSABLE.
 */
export async function listenOnUnixSocket(
  server: Server,
  path: string,
  group?: string | number,
): Promise<RemoveSocket> {
  const number = group === undefined ? undefined : groupNumber(group);
  checkLength(path);
  await clearStaleSocket(path);
  let folder: string;
  try {
    folder = mkdtempSync(join(dirname(path), ".i"));
  } catch (cause) {
    throw unusable(path, cause);
  }
  try {
    const temporary = join(folder, "s");
    await listen(server, temporary);
    if (number !== undefined) giveToGroup(temporary, number);
    chmodSync(temporary, number === undefined ? 0o600 : 0o660);
    linkSync(temporary, path);
    unlinkSync(temporary);
  } catch (cause) {
    server.close();
    if (cause instanceof ApiError) throw cause;
    throw codeOf(cause) === "EEXIST" ? inUse(path) : unusable(path, cause);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const own = lstatSync(path).ino;
  return () => {
    if (inode(path) === own) unlinkSync(path);
  };
}

function giveToGroup(path: string, group: number): void {
  try {
    chownSync(path, lstatSync(path).uid, group);
  } catch (cause) {
    throw new ApiError(
      "ACCESS_REFUSED",
      `api.socket_group: the daemon may not give its socket to that group (${codeOf(cause) ?? "refused"}), expected a group that its user is in`,
      { cause },
    );
  }
}

// Node cuts off what is too long without a word, and would bind another name than it was told to.
function checkLength(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > LONGEST_PATH_BYTES) {
    throw new ApiError(
      "SOCKET_UNUSABLE",
      `${path}: ${bytes} bytes are too long for a socket's path, at most ${LONGEST_PATH_BYTES} are possible`,
    );
  }
  const folderBytes = Buffer.byteLength(dirname(path));
  if (folderBytes + TEMPORARY_BYTES <= LONGEST_PATH_BYTES) return;
  throw new ApiError(
    "SOCKET_UNUSABLE",
    `${path}: ${folderBytes} bytes are too long for a socket's folder, at most ${LONGEST_PATH_BYTES - TEMPORARY_BYTES} are possible`,
  );
}

async function clearStaleSocket(path: string): Promise<void> {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before === undefined) return;
  if (!before.isSocket()) {
    throw new ApiError(
      "SOCKET_UNUSABLE",
      `${path}: there is a file that is no socket; remove it or choose another path`,
    );
  }
  const answer = await probe(path);
  if (answer === "somebody") throw inUse(path);
  if (answer !== "ECONNREFUSED" && answer !== "ENOENT") {
    throw new ApiError(
      "SOCKET_UNUSABLE",
      `${path}: cannot find out whether anybody listens there (${answer})`,
    );
  }
  try {
    // The time too: what another daemon has put there meanwhile may have been given the same number.
    const now = lstatSync(path, { throwIfNoEntry: false });
    if (now?.ino === before.ino && now.ctimeMs === before.ctimeMs) unlinkSync(path);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

// Whether somebody listens, or else the system's word for why not.
function probe(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve("somebody");
    });
    socket.once("error", (error) => resolve(codeOf(error) ?? error.message));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function inode(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

function inUse(path: string): ApiError {
  return new ApiError(
    "SOCKET_IN_USE",
    `${path}: another daemon is listening there; stop it, or give this one another api_endpoint`,
  );
}

function unusable(path: string, cause: unknown): ApiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ApiError("SOCKET_UNUSABLE", `${path}: cannot listen there (${why})`, { cause });
}
