// SPDX-License-Identifier: GPL-3.0-or-later

// INET256 section 6: three forms of key file, and everything that is none of them.

import { execFileSync } from "node:child_process";
import { createKeys, IdentityError, portableEd25519 } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { expectNothingOf, textOf } from "./leaks.js";

const keys = createKeys(portableEd25519);

/** The examples of RFC 8410 section 10.3: one key, without and with its public half. */
const RFC_8410 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
`;
const RFC_8410_VERSION_1 = `-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
`;
const RFC_8410_PUBLIC = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

const key = keys.decodeKeyFile(ascii(RFC_8410));
const seed = key.serialize().subarray(17, 49);

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function pem(label: string, body: Uint8Array | string): string {
  const base64 = typeof body === "string" ? body : Buffer.from(body).toString("base64");
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

/** PKCS#8 around this algorithm identifier and key, both in hex. */
function pkcs8(algorithm: string, privateKey: string): string {
  const element = (tag: string, body: string) =>
    tag + (body.length / 2).toString(16).padStart(2, "0") + body;
  const content = `020100${element("30", algorithm)}${element("04", privateKey)}`;
  return pem("PRIVATE KEY", Buffer.from(element("30", content), "hex"));
}

const ED25519_ALGORITHM = "06032b6570";
const seedHex = Buffer.from(seed).toString("hex");

function withSecret(file: string | Uint8Array): Uint8Array {
  return typeof file === "string" ? ascii(file) : file;
}

/** The files that are refused, all of them made from one real key, and what the error says. */
type Refused = readonly [name: string, file: string | Uint8Array, says: RegExp, code?: string];
const REFUSED: readonly Refused[] = [
  ["empty", "", /^the key file is empty$/],
  ["blank", " \r\n\t\n", /^the key file is empty$/],
  ["too large", new Uint8Array(65_537), /at most 65536 bytes, got 65537/],
  ["UTF-16", Buffer.from(`\ufeff${RFC_8410}`, "utf16le"), /UTF-16/],
  ["text", "Lorem ipsum dolor sit amet", /neither PEM nor a serialized private key/],
  ["an ssh public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here\n", /neither PEM nor/],
  ["PEM cut in its first line", RFC_8410.slice(0, 20), /cut short/],
  ["PEM cut in its base64", RFC_8410.slice(0, 60), /cut short: there is no END line/],
  ["PEM cut in its last line", RFC_8410.slice(0, -5), /cut short: the END line/],
  ["PEM with another END", RFC_8410.replace("END PRIVATE", "END PRIWATE"), /the END line does not/],
  ["PEM with a wrong character", RFC_8410.replace("+", "!"), /base64 is not well-formed/],
  ["PEM with a character less", RFC_8410.replace("+", ""), /base64 is not well-formed/],
  ["PEM with a character more", RFC_8410.replace("\n-----END", "A\n-----END"), /not well-formed/],
  ["PEM with padding within", RFC_8410.replace("MC4C", "MC4=MC4C"), /base64 is not well-formed/],
  ["PEM with loose bits", RFC_8410_VERSION_1.replace("ZuE=", "ZuF="), /base64 is not well-formed/],
  ["PEM with an empty block", pem("PRIVATE KEY", ""), /PKCS#8 private key is damaged/],
  ["PEM with half of its DER", pem("PRIVATE KEY", ascii(seedHex)), /PKCS#8 private key is damaged/],
  ["two blocks", RFC_8410 + RFC_8410, /more than one block/],
  ["a key and its public key", RFC_8410 + pem("PUBLIC KEY", seed), /more than one block/],
  ["a nested block", RFC_8410.replace("MC4C", "-----BEGIN X-----"), /more than one block/],
  ["an encrypted key", pem("ENCRYPTED PRIVATE KEY", seed), /is encrypted/],
  [
    "an encrypted key with headers",
    pem("RSA PRIVATE KEY", `Proc-Type: 4,ENCRYPTED\n\n${seedHex}`),
    /encrypted, or in a form older/,
  ],
  ["a public key", pem("PUBLIC KEY", seed), /holds a public key/],
  ["an INET256 public key", pem("INET256 PUBLIC KEY", seed), /holds a public key/],
  ["a certificate", pem("CERTIFICATE", seed), /holds a public key/],
  ["an OpenSSH key", pem("OPENSSH PRIVATE KEY", seed), /another format; expected "PRIVATE KEY"/],
  ["another label", pem("HUNTER2", seed), /another label; expected "PRIVATE KEY" \(PKCS#8\)/],
  ["a bare public key", key.publicKey.serialize(), /a public key was given/],
  ["a bare key cut short", key.serialize().subarray(0, 60), /64 bytes after its tag, got 43/],
  ["a bare key with a line end", Uint8Array.of(...key.serialize(), 10), /after its tag, got 65/],
  ["INET256 PEM cut short", pem("INET256 PRIVATE KEY", key.serialize().subarray(0, 80)), /got 63/],
  [
    "INET256 PEM with a public key",
    pem("INET256 PRIVATE KEY", key.publicKey.serialize()),
    /a public key was given/,
  ],
  [
    "INET256 PEM of another algorithm",
    pem("INET256 PRIVATE KEY", Uint8Array.of(9, 0, ...ascii("x.private"), ...seed)),
    /not known here; expected ed25519/,
    "UNKNOWN_ALGORITHM",
  ],
  [
    "another's public half",
    pem("INET256 PRIVATE KEY", key.serialize().fill(7, 60)),
    /public half is not the one its seed gives/,
  ],
  ["X25519", pkcs8("06032b656e", `0420${seedHex}`), /not known here/, "UNKNOWN_ALGORITHM"],
  [
    "Ed448",
    pkcs8("06032b6571", `0439${seedHex.repeat(2).slice(14)}`),
    /not known/,
    "UNKNOWN_ALGORITHM",
  ],
  [
    "an elliptic curve",
    pkcs8("06072a8648ce3d020106082a8648ce3d030107", `0420${seedHex}`),
    /not known here/,
    "UNKNOWN_ALGORITHM",
  ],
  [
    "RSA",
    pkcs8("06092a864886f70d0101010500", `0420${seedHex}`),
    /not known here/,
    "UNKNOWN_ALGORITHM",
  ],
  ["Ed25519 with parameters", pkcs8(`${ED25519_ALGORITHM}0500`, `0420${seedHex}`), /is damaged/],
  ["a seed of 31 bytes", pkcs8(ED25519_ALGORITHM, `041f${seedHex.slice(2)}`), /is damaged/],
  ["a seed of 33 bytes", pkcs8(ED25519_ALGORITHM, `0421${seedHex}aa`), /is damaged/],
  ["a bare seed", pkcs8(ED25519_ALGORITHM, seedHex), /is damaged/],
  [
    "PKCS#8 with another's public key",
    RFC_8410_VERSION_1.replace("lshQhqow", "lshQhqox"),
    /the public key in the file is not that of its private key/,
  ],
  ["PKCS#8 cut short", RFC_8410_VERSION_1.replace("Z9w7lshQhqowtrbLDFw4rXAxZuE=\n", ""), /damaged/],
];

describe("key files that are read", () => {
  const readable: readonly (readonly [string, string | Uint8Array])[] = [
    ["PKCS#8", RFC_8410],
    ["PKCS#8 with attributes and the public key", RFC_8410_VERSION_1],
    ["INET256 PEM", pem("INET256 PRIVATE KEY", key.serialize())],
    ["bare bytes", key.serialize()],
    ["CR LF", RFC_8410.replaceAll("\n", "\r\n")],
    [
      "a byte order mark and text around",
      `\ufeffBag Attributes\n${RFC_8410}\nEd25519 Private-Key:\n`,
    ],
    ["no last line end", RFC_8410.trimEnd()],
    ["base64 on lines of 10", RFC_8410.replace(/MC4.*/, (line) => line.replace(/.{10}/g, "$&\n"))],
  ];

  it.each(readable)("%s", (_, file) => {
    const read = keys.decodeKeyFile(withSecret(file));
    expect(read.publicKey.equals(key.publicKey)).toBe(true);
    expect(Buffer.from(read.publicKey.raw).toString("hex")).toBe(RFC_8410_PUBLIC);
    expect(read.serialize()).toEqual(key.serialize());
  });

  it("does not change the file's bytes", () => {
    const file = ascii(RFC_8410);
    keys.decodeKeyFile(file);
    expect(text(file)).toBe(RFC_8410);
  });
});

describe("key files that are refused", () => {
  const cases = REFUSED.map(([name, file, says, code = "BAD_KEY"]) => ({ name, file, says, code }));

  it.each(cases)("$name", ({ file, says, code }) => {
    let refusal: unknown;
    try {
      keys.decodeKeyFile(withSecret(file));
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(IdentityError);
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(says) });
    expectNothingOf(seed, textOf(refusal));
    expect(textOf(refusal)).not.toMatch(/HUNTER2|MC4C|Lorem/);
  });
});

describe("key files that are written", () => {
  it("are PKCS#8 by default, byte for byte as in RFC 8410", () => {
    expect(text(keys.encodeKeyFile(key))).toBe(RFC_8410);
    expect(keys.encodeKeyFile(key, "pkcs8")).toEqual(keys.encodeKeyFile(key));
  });

  it("are PEM of INET256 or bare bytes when asked for", () => {
    const inet256 = text(keys.encodeKeyFile(key, "inet256"));
    expect(inet256).toMatch(
      /^-----BEGIN INET256 PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{44}\n-----END INET256 PRIVATE KEY-----\n$/,
    );
    expect(keys.encodeKeyFile(key, "raw")).toEqual(key.serialize());
  });

  it("are in no other format", () => {
    const attempt = () => keys.encodeKeyFile(key, "pem" as "raw");
    expect(attempt).toThrow('the format of a key file is "pkcs8", "inet256" or "raw"');
  });

  it.each(["pkcs8", "inet256", "raw"] as const)("come back: %s", (form) => {
    for (let i = 0; i < 16; i++) {
      const made = keys.fromSeed(new Uint8Array(32).fill(17 * i));
      const read = keys.decodeKeyFile(keys.encodeKeyFile(made, form));
      expect(read.serialize()).toEqual(made.serialize());
    }
  });
});

const openssl = findOpenssl();

function findOpenssl(): ((input: string, ...args: string[]) => string) | undefined {
  const run = (input: string, ...args: string[]) =>
    execFileSync("openssl", args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  try {
    run("", "genpkey", "-algorithm", "ed25519");
    return run;
  } catch {
    return undefined;
  }
}

describe.skipIf(openssl === undefined)("openssl (skipped where it is not installed)", () => {
  const run = openssl ?? (() => "");

  it("writes what we read and would write, byte for byte", () => {
    for (let i = 0; i < 4; i++) {
      const made = run("", "genpkey", "-algorithm", "ed25519");
      const read = keys.decodeKeyFile(ascii(made));
      expect(text(keys.encodeKeyFile(read))).toBe(made);
      const publicPem = run(made, "pkey", "-pubout");
      const der = Buffer.from(publicPem.split("\n").slice(1, -2).join(""), "base64");
      expect(Buffer.from(read.publicKey.raw).equals(der.subarray(-32))).toBe(true);
    }
  });

  it("writes other kinds that are refused for what they are", () => {
    const made = run("", "genpkey", "-algorithm", "ed25519");
    const encrypted = run(made, "pkey", "-aes256", "-passout", "pass:x");
    const cases: readonly (readonly [string, string])[] = [
      [run(made, "pkey", "-pubout"), "BAD_KEY"],
      [encrypted, "BAD_KEY"],
      [run("", "genpkey", "-algorithm", "x25519"), "UNKNOWN_ALGORITHM"],
      [run("", "genpkey", "-algorithm", "ed448"), "UNKNOWN_ALGORITHM"],
      [
        run("", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
        "UNKNOWN_ALGORITHM",
      ],
      [
        run("", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"),
        "UNKNOWN_ALGORITHM",
      ],
    ];
    for (const [file, code] of cases) {
      expect(() => keys.decodeKeyFile(ascii(file))).toThrow(expect.objectContaining({ code }));
    }
    expect(() => keys.decodeKeyFile(ascii(encrypted))).toThrow(/encrypted/);
  });
});
