// SPDX-License-Identifier: GPL-3.0-or-later

// keygen, addr and ip6-addr.

import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Address, formatIpv6, generateKey, ipv6OfAddress, keys } from "@inet256/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../../../support/commands.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-keys-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);

/** A file with this content. */
function file(name: string, content: string | Uint8Array): string {
  writeFileSync(path(name), content, { mode: 0o600 });
  return path(name);
}

const key = generateKey();
const pem = keys.encodeKeyFile(key);

describe("keygen", () => {
  it.each([
    [[], "PRIVATE KEY"],
    [["--format", "inet256"], "INET256 PRIVATE KEY"],
  ])("prints a key to stdout and its address to stderr: %j", async (options, label) => {
    const { exitCode, stdout, stderr } = await runCommand(["keygen", ...options]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^-----BEGIN ${label}-----\n`));
    expect(stderr).toBe(`${keys.decodeKeyFile(Buffer.from(stdout)).address}\n`);
  });

  it("writes a file of mode 0600, and never over another", async () => {
    const output = path("made.pem");
    const made = await runCommand(["keygen", "--output", output]);
    expect(made).toMatchObject({ exitCode: 0, stdout: "" });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const content = readFileSync(output);
    expect(made.stderr).toBe(`${keys.decodeKeyFile(content).address}\n`);
    expect(await runCommand(["keygen", "-o", output])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `inet256 keygen: ${output}: exists already, and is never overwritten\n`,
    });
    expect(readFileSync(output)).toEqual(content);
  });

  it("has JSON with the address, never with the key", async () => {
    const output = path("json.pem");
    const { stdout } = await runCommand(["keygen", "--json", "--output", output]);
    const { address } = keys.decodeKeyFile(readFileSync(output));
    expect(JSON.parse(stdout)).toEqual({ address: `${address}`, file: output });
    expect(await runCommand(["keygen", "--json"])).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("says so when the file cannot be made", async () => {
    const output = join(folder, "no", "such", "folder.pem");
    expect((await runCommand(["keygen", "-o", output])).stderr).toBe(
      `inet256 keygen: ${output}: no such file\n`,
    );
  });
});

describe("addr", () => {
  it("reads every form of a private key", async () => {
    const forms = (["pkcs8", "inet256", "raw"] as const).map((form) =>
      keys.encodeKeyFile(key, form),
    );
    for (const [i, form] of forms.entries()) {
      expect(await runCommand(["addr", file(`form-${i}`, form)])).toEqual({
        exitCode: 0,
        stdout: `${key.address}\n`,
        stderr: "",
      });
    }
  });

  it.each([[["addr", "-"]], [["addr"]]])("reads standard input: %j", async (words) => {
    expect(await runCommand(words, { stdin: pem })).toMatchObject({ stdout: `${key.address}\n` });
  });

  it("reads every form of a public key", async () => {
    const pair = generateKeyPairSync("ed25519");
    const secret = pair.privateKey.export({ type: "pkcs8", format: "pem" });
    const { address, publicKey } = keys.decodeKeyFile(Buffer.from(secret));
    const serialized = Buffer.from(publicKey.serialize());
    const forms = [
      pair.publicKey.export({ type: "spki", format: "pem" }),
      serialized,
      `-----BEGIN INET256 PUBLIC KEY-----\n${serialized.toString("base64")}\n-----END INET256 PUBLIC KEY-----\n`,
    ];
    for (const [i, form] of forms.entries()) {
      const { stdout } = await runCommand(["addr", file(`public-${i}`, form)]);
      expect(stdout).toBe(`${address}\n`);
    }
  });

  it("prints JSON with the IPv6 address", async () => {
    const { stdout } = await runCommand(["addr", "--json"], { stdin: pem });
    expect(JSON.parse(stdout)).toEqual({
      address: `${key.address}`,
      algorithm: "ed25519",
      ip6: formatIpv6(ipv6OfAddress(key.address)),
    });
  });

  it.each([
    ["empty", "", "the key file is empty"],
    ["cut", Buffer.from(pem).subarray(0, 60), "not a usable PEM file: it is cut short"],
    [
      "other",
      generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({
        type: "spki",
        format: "pem",
      }),
      "the public key is damaged, or not an Ed25519 key",
    ],
    ["text", "hello", "the key file is neither PEM nor a serialized private key, or is cut short"],
    ["large", Buffer.alloc(70_000, 65), "more than 65536 bytes, too many for a key"],
  ])("refuses a wrong key file: %s", async (name, content, reason) => {
    const wrong = file(`wrong-${name}`, content);
    const { exitCode, stdout, stderr } = await runCommand(["addr", wrong]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^inet256 addr: ${wrong}: ${reason}[^\n]*\n$`));
  });

  it("is ended by Ctrl-C while it reads", async () => {
    const started = startCommand(["addr"], { isTTY: true });
    await started.stderr.waitFor(/^reading a key from standard input\n$/);
    started.terminal.interrupt();
    expect(await started.done).toBe(130);
  });

  it("names a file that is not there, and a folder", async () => {
    expect((await runCommand(["addr", path("none")])).stderr).toBe(
      `inet256 addr: ${path("none")}: no such file\n`,
    );
    expect((await runCommand(["addr", folder])).stderr).toBe(
      `inet256 addr: ${folder}: a folder, expected a file\n`,
    );
  });
});

describe("ip6-addr", () => {
  const ip6 = formatIpv6(ipv6OfAddress(key.address));

  it("maps an address, and a key", async () => {
    expect((await runCommand(["ip6-addr", `${key.address}`])).stdout).toBe(`${ip6}\n`);
    expect((await runCommand(["ip6-addr", file("ip6.pem", pem)])).stdout).toBe(`${ip6}\n`);
    expect((await runCommand(["ip6-addr", "-"], { stdin: pem })).stdout).toBe(`${ip6}\n`);
  });

  it("maps an address that begins with a dash", async () => {
    const address = Address.fromBytes(Uint8Array.from([1, 2, ...new Uint8Array(30)]));
    expect(`${address}`).toMatch(/^-/);
    const { stdout } = await runCommand(["ip6-addr", `${address}`, "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      address: `${address}`,
      ip6: formatIpv6(ipv6OfAddress(address)),
    });
  });

  it("maps back to a prefix that the address has", async () => {
    const { stdout } = await runCommand(["ip6-addr", "--reverse", ip6]);
    const [, hex = "", nbits = ""] = /^([0-9a-f]+) (\d+)\n$/.exec(stdout) ?? [];
    expect(key.address.hasPrefix(Buffer.from(hex, "hex"), Number(nbits))).toBe(true);
    const json = await runCommand(["ip6-addr", "--json", "--reverse", ip6]);
    expect(JSON.parse(json.stdout)).toEqual({ prefix: hex, nbits: Number(nbits) });
  });

  it.each([
    [["zzz"], 2, "address: expected an address of 43 characters, or an existing key file"],
    [["-r", "::1"], 1, "only IPv6 addresses in 200::/7 stand for an address"],
    [["-r", "200::1", "x"], 2, "--reverse: expected without an address"],
    [
      [`${Address.NO_ONE}`],
      1,
      "only addresses with fewer than 128 leading zero bits have an IPv6 address, got 256",
    ],
  ])("refuses %j", async (words, exitCode, reason) => {
    expect(await runCommand(["ip6-addr", ...words])).toEqual({
      exitCode,
      stdout: "",
      stderr: `inet256 ip6-addr: ${reason}\n`,
    });
  });
});
