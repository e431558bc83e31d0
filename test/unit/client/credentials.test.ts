// SPDX-License-Identifier: GPL-3.0-or-later

// What a client shows over TCP: where it comes from, where it goes, and that no error shows any of it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CredentialOptions, showAt } from "../../../clients/ts/src/credentials.js";
import { parseEndpoint } from "../../../clients/ts/src/endpoint.js";
import { NodeError } from "../../../clients/ts/src/reasons.js";
import { createAuthority, createSigned } from "../../support/certificates.mjs";

const TOKEN = "0123456789abcdef".repeat(4);
const OTHER = "fedcba9876543210".repeat(4);
const authority = createAuthority("an authority");
const { cert, key } = createSigned("a client", authority);

let folder: string;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-credentials-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const shown = (endpoint: string, options: CredentialOptions = {}, env = {}) =>
  showAt(parseEndpoint(endpoint), options, env).authorization;

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof NodeError) return `${error.reason} ${error.message}`;
    throw error;
  }
  return "none";
}

describe("a token", () => {
  it("is the given one, else that of the environment, else that of its file", () => {
    const path = file("token", `${OTHER}\nsecond\n`);
    const env = { INET256_API_TOKEN: TOKEN, INET256_API_TOKEN_FILE: path };
    expect(shown("tls://h", { token: OTHER }, env)).toBe(`Bearer ${OTHER}`);
    expect(shown("tls://h", {}, env)).toBe(`Bearer ${TOKEN}`);
    expect(shown("tls://h", {}, { ...env, INET256_API_TOKEN: "" })).toBe(`Bearer ${OTHER}`);
    expect(shown("tls://h")).toBeUndefined();
  });

  it("token-never-leaves-in-plaintext: nor goes where none is asked for", () => {
    const env = { INET256_API_TOKEN: TOKEN };
    expect(shown("unix:///run/x", { token: TOKEN }, env)).toBeUndefined();
    for (const here of ["tcp://127.0.0.1", "tcp://127.9.9.9:1", "tcp://localhost", "tcp://[::1]"]) {
      expect(shown(here, {}, env)).toBe(`Bearer ${TOKEN}`);
    }
    for (const there of [
      "tcp://192.0.2.1",
      "tcp://example.org",
      "tcp://[2001:db8::1]",
      "tcp://127.0.0.1.example.org",
    ]) {
      const said = refusal(() => shown(there, {}, env));
      expect(said).toMatch(/^BAD_REQUEST refusing to send a token in plaintext to tcp:.*use tls:/);
      expect(said).not.toContain(TOKEN.slice(0, 8));
    }
    const allowed = { allowPrivateKeysOverPlaintext: true, token: TOKEN };
    expect(shown("tcp://192.0.2.1", allowed)).toBe(`Bearer ${TOKEN}`);
  });

  it.each([
    ["short", "hunter2"],
    ["with a space", `${TOKEN} ${TOKEN}`],
    ["with a line break", `${TOKEN}\n`],
    ["too long", "a".repeat(5_000)],
  ])("that is %s is refused, unshown", (_, token) => {
    const said = refusal(() => shown("tls://h", { token }));
    expect(said).toMatch(/^BAD_REQUEST token: expected 32 to 4096 printable characters/);
    expect(said).not.toContain(token.trim().slice(0, 7));
  });
});

describe("certificates", () => {
  const secure = (options: CredentialOptions, env = {}) =>
    showAt(parseEndpoint("tls://h"), options, env).channel._isSecure();

  it("are the given ones, or those of files", () => {
    const env = {
      INET256_API_CA_FILE: file("ca.pem", authority.cert),
      INET256_API_CERT_FILE: file("cert.pem", cert),
      INET256_API_KEY_FILE: file("key.pem", key),
    };
    expect(secure({})).toBe(true);
    expect(secure({ tls: { ca: authority.cert, cert, key } })).toBe(true);
    expect(secure({ tls: { ca: Buffer.from(authority.cert) } }, env)).toBe(true);
    expect(secure({}, env)).toBe(true);
  });

  it.each([
    ["a certificate alone", { tls: { cert } }, /^BAD_REQUEST tls: expected cert and key together/],
    [
      "a key that is none",
      { tls: { cert, key: "no key" } },
      /^BAD_REQUEST tls: expected ca, cert and key in PEM/,
    ],
    [
      "a key of another",
      { tls: { cert, key: authority.key } },
      /^BAD_REQUEST tls: expected ca, cert/,
    ],
  ])("refuses %s", (_, options, said) => {
    const text = refusal(() => secure(options));
    expect(text).toMatch(said);
    expect(text).not.toContain("BEGIN");
  });

  it("names a file that is missing", () => {
    const env = { INET256_API_CA_FILE: join(folder, "nothing") };
    expect(refusal(() => secure({}, env))).toMatch(
      /^BAD_REQUEST \$INET256_API_CA_FILE: .*nothing: cannot be read \(ENOENT\)$/,
    );
  });
});
