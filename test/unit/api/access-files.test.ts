// SPDX-License-Identifier: GPL-3.0-or-later

// The files of `api:`: what is refused, with the key and what to change, and that nothing of what
// they hold is ever said.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  findAccessFaults,
  readTlsFiles,
  readTokens,
} from "../../../server/src/api/access-files.js";
import { ApiError } from "../../../server/src/api/errors.js";
import { createAuthority, createSigned } from "../../support/certificates.mjs";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-access-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const TOKEN = "0123456789abcdef".repeat(4);

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "none";
}

describe("a file of tokens", () => {
  it("has one a line, with empty lines and spaces around", () => {
    const other = "x".repeat(32);
    const path = file("good", `\n${TOKEN}\r\n\n  ${other}  \n`);
    expect(readTokens(path)).toEqual([TOKEN, other]);
    chmodSync(path, 0o400);
    expect(readTokens(path)).toHaveLength(2);
  });

  it.each([
    ["readable by all", TOKEN, 0o644, "mode 0644 lets others read it, expected 0600: chmod 600 "],
    [
      "readable by a group",
      TOKEN,
      0o660,
      "mode 0660 lets others read it, expected 0600: chmod 600",
    ],
    ["writable by others", TOKEN, 0o602, "mode 0602 lets others read it"],
    ["empty", "\n \n", 0o600, "no token in it, expected one a line, as `inet256 create-token`"],
    [
      "with a short token",
      `${TOKEN}\nhunter2hunter2`,
      0o600,
      "a token that can be guessed, expected",
    ],
    [
      "with a space",
      `${TOKEN} ${TOKEN}`,
      0o600,
      "a token that no header can carry, expected letters",
    ],
    ["with too many", `${TOKEN}\n`.repeat(65), 0o600, "too many tokens, expected at most 64"],
    ["too large", "a".repeat(300_000), 0o600, "too large, expected at most 262144 bytes"],
  ])("is refused %s", (_, text, mode, sentence) => {
    const said = refusal(() => readTokens(file("bad", text, mode)));
    expect(said).toContain(`ACCESS_REFUSED api.token_path: ${sentence}`);
    expect(said).not.toContain(TOKEN.slice(0, 16));
    expect(said).not.toContain("hunter2");
  });

  it("is refused where there is none", () => {
    const path = join(folder, "nothing");
    const said = refusal(() => readTokens(path));
    expect(said).toBe(`ACCESS_REFUSED api.token_path: there is no such file: ${path}`);
    mkdirSync(join(folder, "folder"));
    expect(refusal(() => readTokens(join(folder, "folder")))).toContain("it is a folder");
  });
});

describe("the files of tls", () => {
  const authority = createAuthority("an authority");
  const { cert, key } = createSigned("a daemon", authority);
  const paths = (more: object = {}) => ({
    tokenPath: undefined,
    tlsCertPath: file("cert.pem", cert, 0o644),
    tlsKeyPath: file("key.pem", key),
    tlsClientCaPath: undefined,
    ...more,
  });

  it("fit together", () => {
    expect(readTlsFiles(paths()).ca).toBeUndefined();
    const tlsClientCaPath = file("ca.pem", authority.cert, 0o644);
    expect(readTlsFiles(paths({ tlsClientCaPath })).ca?.toString()).toBe(authority.cert);
  });

  it.each([
    ["a key that others can read", "tlsKeyPath", key, 0o660, "tls_key_path: mode 0660 lets others"],
    ["a key that is none", "tlsKeyPath", "no key", 0o600, "tls_key_path: not a private key in PEM"],
    [
      "another key",
      "tlsKeyPath",
      authority.key,
      0o600,
      "tls_key_path: not the key of the certificate",
    ],
    [
      "a certificate that is none",
      "tlsCertPath",
      "x",
      0o644,
      "tls_cert_path: not a certificate in PEM",
    ],
    [
      "authorities that are none",
      "tlsClientCaPath",
      "x",
      0o644,
      "tls_client_ca_path: not certificates",
    ],
  ])("are refused with %s", (_, name, text, mode, sentence) => {
    const said = refusal(() => readTlsFiles(paths({ [name]: file("odd.pem", text, mode) })));
    expect(said).toContain(`ACCESS_REFUSED api.${sentence}`);
    expect(said).not.toContain("BEGIN");
  });

  it("are all looked at, each fault by its key", () => {
    const all = paths({ tokenPath: join(folder, "nothing"), tlsKeyPath: join(folder, "nothing") });
    expect(findAccessFaults(all, true).map(({ key: name }) => name)).toEqual([
      "token_path",
      "tls_key_path",
    ]);
    // Nobody needs the files of tls where nothing listens for it.
    expect(findAccessFaults(all, false).map(({ key: name }) => name)).toEqual(["token_path"]);
    expect(findAccessFaults(paths(), true)).toEqual([]);
  });
});
