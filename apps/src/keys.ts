// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Keys as files hold them: private ones to open nodes with, and either kind to read an address
 * from. Guards that no error shows any of a file's content, and that buffers are wiped.
 */
import { createPublicKey } from "node:crypto";
import type { PrivateKey } from "@inet256/client";
import { IdentityError, PublicKey, wipe } from "@inet256/client/identity";
import { atPath, CommandError } from "./failures.js";
import { readAtMost } from "./files.js";
import { rejectedBy } from "./wait.js";
import { type Input, note, type Terminal } from "./world.js";

/** Stands for standard input where a file is expected. */
export const STDIN = "-";

/** No key file is longer than this, in bytes. */
const MOST_BYTES = 64 * 1024;
const SPKI_LABEL = "PUBLIC KEY";
const INET256_LABEL = "INET256 PUBLIC KEY";

/**
 * Reads a private key, and tells when others may read its file too. Rejects with IdentityError or
 * CommandError that name the file and what is wrong with it.
 */
export async function readKey(path: string, terminal: Terminal): Promise<PrivateKey> {
  const { readKeyFile } = await import("@inet256/client");
  const { key, warning } = atPath(path, () => readKeyFile(path));
  if (warning !== undefined) note(terminal, `warning: ${warning}`);
  return key;
}

/**
 * The public key of a private or public key file; `-` is standard input. Rejects with
 * IdentityError or CommandError that name the file and what is wrong with it.
 */
export async function readPublicKey(path: string, terminal: Terminal): Promise<PublicKey> {
  const bytes = path === STDIN ? await readStdin(terminal) : readAtMost(path, MOST_BYTES);
  const name = path === STDIN ? "standard input" : path;
  try {
    if (bytes.length > MOST_BYTES) {
      throw new CommandError(`${name}: more than ${MOST_BYTES} bytes, too many for a key`);
    }
    return await decodeEither(bytes);
  } catch (cause) {
    if (!(cause instanceof IdentityError)) throw cause;
    throw new IdentityError(cause.code, `${name}: ${cause.message}`, { cause });
  } finally {
    wipe(bytes);
  }
}

async function readStdin({ stdin, interrupted }: Terminal): Promise<Buffer> {
  try {
    return await Promise.race([readAll(stdin), rejectedBy(interrupted)]);
  } finally {
    stdin.destroy();
  }
}

async function readAll(stdin: Input): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) break;
  }
  const all = Buffer.concat(chunks);
  wipe(...chunks);
  return all;
}

async function decodeEither(bytes: Buffer): Promise<PublicKey> {
  const spki = pemBody(bytes, SPKI_LABEL);
  if (spki !== undefined) return PublicKey.parse(serializedSpki(spki));
  const pem = pemBody(bytes, INET256_LABEL);
  if (pem !== undefined) return PublicKey.parse(pem);
  if (isSerializedPublicKey(bytes)) return PublicKey.parse(bytes);
  const { keys } = await import("@inet256/client");
  const key = keys.decodeKeyFile(bytes);
  key.wipe();
  return key.publicKey;
}

/** The bytes inside a PEM block of that label; undefined when there is none. */
function pemBody(bytes: Buffer, label: string): Buffer | undefined {
  const begin = bytes.indexOf(`-----BEGIN ${label}-----`);
  const end = bytes.indexOf(`-----END ${label}-----`, begin);
  if (begin < 0 || end < 0) return undefined;
  const body = bytes.toString("latin1", begin, end).replace(/^.*$/m, "").trim();
  return Buffer.from(body, "base64");
}

function serializedSpki(der: Buffer): Uint8Array {
  const raw = ed25519OfSpki(der);
  if (raw !== undefined) return Buffer.concat([tagOf("ed25519"), raw]);
  throw new IdentityError("UNKNOWN_ALGORITHM", "the public key is damaged, or not an Ed25519 key");
}

function ed25519OfSpki(key: Buffer): Buffer | undefined {
  try {
    const { crv, x } = createPublicKey({ key, format: "der", type: "spki" }).export({
      format: "jwk",
    });
    return crv === "Ed25519" && x !== undefined ? Buffer.from(x, "base64url") : undefined;
  } catch {
    return undefined;
  }
}

/** The tag that a serialized key begins with (INET256 section 1). */
function tagOf(algorithm: string): Buffer {
  const tag = Buffer.alloc(2 + algorithm.length);
  tag.writeUInt16LE(algorithm.length);
  tag.write(algorithm, 2, "ascii");
  return tag;
}

function isSerializedPublicKey(bytes: Buffer): boolean {
  const tag = tagOf("ed25519");
  return bytes.subarray(0, tag.length).equals(tag);
}
