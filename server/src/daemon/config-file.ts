// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The configuration file of a running daemon, changed. Guards the file: what is written is a
 * configuration that can be read again, it takes the place of the old one in one step and with its
 * mode, and two changes do not overtake each other.
 */
import { promises } from "node:fs";
import { formatProblem, type NetworkKinds, parseConfig } from "../config/index.js";
import { NodeError } from "../service/index.js";

const { chmod, readFile, realpath, rename, rm, stat, writeFile } = promises;

/** A file that can be changed. */
export interface ConfigFile {
  /**
   * Replaces the text by what `edit` makes of it. Rejects with NodeError UNSUPPORTED_OPTION when
   * there is no file or it cannot be written, BAD_REQUEST when it would not be a configuration.
   */
  change(edit: (text: string) => string): Promise<void>;
}

/** The file at a path; undefined: there is none. */
export function createConfigFile(path: string | undefined, networks: NetworkKinds): ConfigFile {
  let before: Promise<unknown> = Promise.resolve();
  const change = async (edit: (text: string) => string): Promise<void> => {
    if (path === undefined) {
      const why = "save: the daemon was started without a configuration file";
      throw new NodeError("UNSUPPORTED_OPTION", why);
    }
    const text = await readFile(path, "utf8").catch((cause) => unusable("read", cause));
    const edited = edit(text);
    if (edited === text) return;
    const result = parseConfig(edited, { file: path, networks });
    if (!result.ok) {
      const why = result.problems.map(formatProblem).join("; ");
      throw new NodeError("BAD_REQUEST", `save: the configuration would be faulty: ${why}`);
    }
    await replace(path, edited).catch((cause) => unusable("written", cause));
  };
  return {
    change(edit) {
      const mine = before.then(() => change(edit));
      before = mine.catch(() => {});
      return mine;
    },
  };
}

async function replace(named: string, text: string): Promise<void> {
  // Where a link leads: the link itself stays.
  const path = await realpath(named);
  const mode = (await stat(path)).mode & 0o777;
  const beside = `${path}.new`;
  try {
    await writeFile(beside, text, { mode, flag: "wx" });
    // The process's umask may have taken some of it.
    await chmod(beside, mode);
    await rename(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(beside, { force: true });
    throw error;
  }
}

function unusable(done: string, cause: unknown): never {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "unknown";
  const why = `save: the configuration file cannot be ${done} (${code})`;
  throw new NodeError("UNSUPPORTED_OPTION", why, { cause });
}
