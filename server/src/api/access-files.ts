// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The files that say who may call: tokens, the certificate with its key, the authorities of
 * clients. Guards that what is secret is readable by its owner only, and that no error shows any of
 * it (rule P3): a message names the key of the configuration, what is wrong, and what to change.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { createSecureContext } from "node:tls";
import { MAX_ACCESS_FILE_BYTES, MAX_TOKENS, SHORTEST_TOKEN } from "./constants.js";
import { ApiError } from "./errors.js";

/** Where the files are; undefined: there is none. */
export interface AccessPaths {
  readonly tokenPath: string | undefined;
  readonly tlsCertPath: string | undefined;
  readonly tlsKeyPath: string | undefined;
  readonly tlsClientCaPath: string | undefined;
}

/** The key of the configuration a file belongs to. */
export type AccessKey = "token_path" | "tls_cert_path" | "tls_key_path" | "tls_client_ca_path";

/** A file of `api:` cannot be used. */
export class AccessFileError extends ApiError {
  /** Which. */
  readonly key: AccessKey;
  /** What is wrong and what was expected, without the key. */
  readonly sentence: string;

  constructor(key: AccessKey, sentence: string) {
    super("ACCESS_REFUSED", `api.${key}: ${sentence}`);
    this.key = key;
    this.sentence = sentence;
  }
}

/** What a server of tls needs, PEM; known to fit together. */
export interface TlsFiles {
  readonly cert: Buffer;
  /** To be wiped once the server has it. */
  readonly key: Buffer;
  /** Whose signature a client's certificate must have; undefined: clients need none. */
  readonly ca: Buffer | undefined;
}

/** Letters, digits and signs that a header may carry; no spaces. */
const TOKEN = /^[\x21-\x7e]+$/;
const FAILURES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["EACCES", "the daemon may not read it"],
  ["EISDIR", "it is a folder"],
]);

/** Reads the tokens of a file, one a line; empty lines count for nothing. Throws AccessFileError. */
export function readTokens(path: string): readonly string[] {
  const bytes = readSecretFile("token_path", path);
  const tokens = bytes
    .toString("latin1")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  bytes.fill(0);
  const made = "expected one a line, as `inet256 create-token` prints it";
  if (tokens.length === 0) throw new AccessFileError("token_path", `no token in it, ${made}`);
  if (tokens.length > MAX_TOKENS) {
    throw new AccessFileError("token_path", `too many tokens, expected at most ${MAX_TOKENS}`);
  }
  for (const token of tokens) {
    if (token.length < SHORTEST_TOKEN) {
      const expected = `expected at least ${SHORTEST_TOKEN} characters, as \`inet256 create-token\` prints`;
      throw new AccessFileError("token_path", `a token that can be guessed, ${expected}`);
    }
    if (!TOKEN.test(token)) {
      const expected = "expected letters, digits and signs without spaces";
      throw new AccessFileError("token_path", `a token that no header can carry, ${expected}`);
    }
  }
  return tokens;
}

/** Reads what tls needs. Throws AccessFileError. */
export function readTlsFiles(paths: AccessPaths): TlsFiles {
  const { tlsCertPath, tlsKeyPath, tlsClientCaPath } = paths;
  if (tlsCertPath === undefined) throw new AccessFileError("tls_cert_path", "missing");
  if (tlsKeyPath === undefined) throw new AccessFileError("tls_key_path", "missing");
  const cert = readFileOf("tls_cert_path", tlsCertPath);
  loadContext("tls_cert_path", "not a certificate in PEM", { cert });
  const key = readSecretFile("tls_key_path", tlsKeyPath);
  loadContext("tls_key_path", "not a private key in PEM without a passphrase", { key });
  const ca =
    tlsClientCaPath === undefined ? undefined : readFileOf("tls_client_ca_path", tlsClientCaPath);
  if (ca !== undefined) {
    if (!ca.includes("-----BEGIN CERTIFICATE-----")) {
      throw new AccessFileError("tls_client_ca_path", "not certificates in PEM");
    }
    loadContext("tls_client_ca_path", "not certificates in PEM", { ca });
  }
  loadContext("tls_key_path", "not the key of the certificate", { cert, key });
  return { cert, key, ca };
}

/** What is wrong with the files, the first of each key; empty if nothing is. */
export function findAccessFaults(
  paths: AccessPaths,
  usesTls: boolean,
): readonly { readonly key: AccessKey; readonly sentence: string }[] {
  const faults: AccessFileError[] = [];
  const look = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof AccessFileError)) throw error;
      faults.push(error);
    }
  };
  const { tokenPath } = paths;
  if (tokenPath !== undefined) look(() => readTokens(tokenPath));
  if (usesTls) look(() => readTlsFiles(paths));
  return faults;
}

function loadContext(
  key: AccessKey,
  wrong: string,
  files: Readonly<Partial<Record<"cert" | "key" | "ca", Buffer>>>,
): void {
  try {
    createSecureContext({ ...files, minVersion: "TLSv1.3" });
  } catch {
    // What OpenSSL says may quote the file.
    throw new AccessFileError(key, wrong);
  }
}

function readSecretFile(key: AccessKey, path: string): Buffer {
  return readFileOf(key, path, ({ mode, uid, gid }) => {
    // systemd's credentials belong to root and its group, and show the rights of one more user there.
    const wrong = uid === 0 && gid === 0 ? 0o037 : 0o077;
    if ((mode & wrong) === 0) return;
    const shown = (mode & 0o777).toString(8).padStart(4, "0");
    throw new AccessFileError(
      key,
      `mode ${shown} lets others read it, expected 0600: chmod 600 ${path}`,
    );
  });
}

function readFileOf(key: AccessKey, path: string, checkMode = (_stats: Stats): void => {}): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw new AccessFileError(key, "it is a folder, expected a file");
    checkMode(stats);
    const bytes = Buffer.alloc(MAX_ACCESS_FILE_BYTES + 1);
    let length = 0;
    while (length < bytes.length) {
      const more = readSync(file, bytes, length, bytes.length - length, null);
      if (more === 0) break;
      length += more;
    }
    if (length <= MAX_ACCESS_FILE_BYTES) return bytes.subarray(0, length);
    throw new AccessFileError(key, `too large, expected at most ${MAX_ACCESS_FILE_BYTES} bytes`);
  } catch (error) {
    if (error instanceof AccessFileError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new AccessFileError(key, `${FAILURES.get(code) ?? code}: ${path}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
