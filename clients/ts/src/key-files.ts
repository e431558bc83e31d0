// SPDX-License-Identifier: Apache-2.0

/**
 * Keys in files, and new ones. Files are written with mode 0600 from their first byte and never
 * over another; reading says when others could have read them too.
 */
import { randomFillSync } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, type Stats, writeSync } from "node:fs";
import { surroundings } from "./endpoint.js";
import {
  createKeys,
  IdentityError,
  type PrivateKey,
  portableEd25519,
  wipe,
} from "./identity/index.js";

/** Signing and key parsing with the portable Ed25519 of this package. */
export const keys = createKeys(portableEd25519);

const SEED_BYTES = 32;
/** No key file is longer than this, in bytes; post-quantum keys have room in it. */
const MOST_BYTES = 64 * 1024;

/** Makes a new Ed25519 key from the system's randomness. */
export function generateKey(): PrivateKey {
  const seed = new Uint8Array(SEED_BYTES);
  try {
    return keys.fromSeed(randomFillSync(seed));
  } finally {
    wipe(seed);
  }
}

/** What a key file held. */
export interface KeyFile {
  readonly key: PrivateKey;
  /** What the user should know, in a sentence; undefined when all is well. */
  readonly warning: string | undefined;
}

/**
 * Reads a key file: PKCS#8 PEM, INET256 PEM, or the bare serialized key. Throws IdentityError
 * BAD_KEY that names the file and what is wrong with it, or the system's own error.
 */
export function readKeyFile(path: string): KeyFile {
  const file = openSync(path, "r");
  // One buffer, so that no copy of the secret is left; a pipe or a device has no size beforehand.
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  try {
    const bytes = buffer.subarray(0, readUpTo(file, buffer));
    if (bytes.length > MOST_BYTES) {
      throw new IdentityError(
        "BAD_KEY",
        `${path}: more than ${MOST_BYTES} bytes are too many for a key file`,
      );
    }
    return { key: decode(path, bytes), warning: modeWarning(path, fstatSync(file)) };
  } finally {
    wipe(buffer);
    closeSync(file);
  }
}

// Fills the buffer as far as the file goes; returns how far that is.
function readUpTo(file: number, buffer: Uint8Array): number {
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return length;
}

function decode(path: string, bytes: Uint8Array): PrivateKey {
  try {
    return keys.decodeKeyFile(bytes);
  } catch (cause) {
    if (!(cause instanceof IdentityError)) throw cause;
    throw new IdentityError(cause.code, `${path}: ${cause.message}`, { cause });
  }
}

function modeWarning(path: string, { mode, uid }: Stats): string | undefined {
  if ((mode & 0o077) === 0) return undefined;
  const text = (mode & 0o777).toString(8).padStart(4, "0");
  const what = `${path} has mode ${text}: others may read or change this private key`;
  const reader = surroundings().uid;
  if (reader === undefined || reader === 0 || reader === uid) return `${what}; use chmod 600`;
  // With 0600 alone the one who reads it here could not any more: a container has its own user.
  return `${what}; use chmod 600 and either chown ${reader}, who reads it here, or run as user ${uid}`;
}

/** Writes a new key file as PKCS#8 PEM, mode 0600. Throws EEXIST when there is a file already. */
export function writeKeyFile(path: string, key: PrivateKey): void {
  const bytes = keys.encodeKeyFile(key);
  const file = openSync(path, "wx", 0o600);
  try {
    writeSync(file, bytes);
  } finally {
    closeSync(file);
    wipe(bytes);
  }
}
