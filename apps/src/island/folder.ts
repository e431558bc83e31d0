// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Where the daemons of an island have their sockets and keys: a folder that is given, which is
 * kept, or one of the island's own. Guards that its own one is open to nobody else, and is removed.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { atPath, CommandError } from "../failures.js";

/** A folder that is there. */
export interface IslandFolder {
  /** Absolute. */
  readonly path: string;
  /** Whether it stays: keys in it are used again the next time. */
  readonly isKept: boolean;
  /** Removes the folder and all that is in it, unless it is kept. */
  remove(): void;
}

/**
 * The folder that is given, which must be there, or else a new one with mode 0700. `env` says
 * where temporary folders are. Throws CommandError.
 */
export function openIslandFolder(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): IslandFolder {
  if (given !== undefined) {
    const path = resolve(given);
    checkFolder(path);
    return { path, isKept: true, remove() {} };
  }
  const temporary = resolve(env["TMPDIR"] || tmpdir());
  // mkdtemp makes it with mode 0700.
  const path = atPath(temporary, () => mkdtempSync(join(temporary, "inet256-island-")));
  return { path, isKept: false, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function checkFolder(path: string): void {
  const found = atPath(path, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) throw new CommandError(`${path}: no such folder`);
  if (!found.isDirectory()) throw new CommandError(`${path}: a file, expected a folder`);
}
