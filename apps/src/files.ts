// SPDX-License-Identifier: GPL-3.0-or-later

/** Files, read without trusting their size and written without letting others read them. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { atPath } from "./failures.js";

/**
 * The first bytes of a file: at most one more than `most`, which tells that there are too many.
 * Throws CommandError that names the file and what is wrong with it.
 */
export function readAtMost(path: string, most: number): Buffer {
  return atPath(path, () => {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(most + 1);
      let length = 0;
      while (length < bytes.length) {
        const more = readSync(file, bytes, length, bytes.length - length, null);
        if (more === 0) break;
        length += more;
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  });
}

/** Writes a new file with mode 0600 from its first byte. Throws EEXIST rather than overwrite. */
export function writePrivateFile(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}
