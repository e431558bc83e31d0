// SPDX-License-Identifier: GPL-3.0-or-later

// Keys in files: private from their first byte, never over another file, and never in an error.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey, IdentityError, keys, readKeyFile, writeKeyFile } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectNothingOf, textOf } from "./identity/leaks.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-keys-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe("generateKey", () => {
  it("makes another key each time", () => {
    const made = Array.from({ length: 20 }, () => generateKey().address.toString());
    expect(new Set(made).size).toBe(20);
  });
});

describe("writeKeyFile", () => {
  it("writes PKCS#8 with mode 0600, whatever the umask allows", () => {
    const path = join(folder, "key.pem");
    const before = process.umask(0);
    try {
      writeKeyFile(path, generateKey());
    } finally {
      process.umask(before);
    }
    expect(modeOf(path)).toBe(0o600);
    expect(readFileSync(path, "utf8")).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n.+\n-----END PRIVATE KEY-----\n$/s,
    );
  });

  it("writes what readKeyFile reads", () => {
    const path = join(folder, "key.pem");
    const key = generateKey();
    writeKeyFile(path, key);
    const read = readKeyFile(path);
    expect(read.warning).toBeUndefined();
    expect(Buffer.compare(read.key.serialize(), key.serialize())).toBe(0);
  });

  it("never writes over a file, nor through a link", () => {
    const path = join(folder, "key.pem");
    writeFileSync(path, "precious");
    expect(caught(() => writeKeyFile(path, generateKey()))).toMatchObject({ code: "EEXIST" });
    expect(readFileSync(path, "utf8")).toBe("precious");
    const link = join(folder, "link.pem");
    symlinkSync(join(folder, "elsewhere.pem"), link);
    expect(caught(() => writeKeyFile(link, generateKey()))).toMatchObject({ code: "EEXIST" });
    expect(readdirSync(folder).sort()).toEqual(["key.pem", "link.pem"]);
  });

  it("makes no file for a key that was wiped", () => {
    const key = generateKey();
    key.wipe();
    expect(caught(() => writeKeyFile(join(folder, "key.pem"), key))).toMatchObject({
      code: "BAD_KEY",
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("readKeyFile", () => {
  const write = (bytes: string | Uint8Array, mode = 0o600): string => {
    const path = join(folder, "key");
    writeFileSync(path, bytes);
    chmodSync(path, mode);
    return path;
  };

  it.each(["pkcs8", "inet256", "raw"] as const)("reads %s", (format) => {
    const key = generateKey();
    const read = readKeyFile(write(keys.encodeKeyFile(key, format)));
    expect(read.key.address.equals(key.address)).toBe(true);
  });

  it.each([
    [0o644, "0644"],
    [0o640, "0640"],
    [0o620, "0620"],
    [0o601, "0601"],
    [0o777, "0777"],
  ])("warns of mode %o, and reads the key", (mode, text) => {
    const key = generateKey();
    const path = write(keys.encodeKeyFile(key), mode);
    const read = readKeyFile(path);
    expect(read.key.address.equals(key.address)).toBe(true);
    expect(read.warning).toBe(
      `${path} has mode ${text}: others may read or change this private key; use chmod 600`,
    );
  });

  it.each([0o600, 0o400, 0o700])("does not warn of mode %o", (mode) => {
    expect(readKeyFile(write(keys.encodeKeyFile(generateKey()), mode)).warning).toBeUndefined();
  });

  it("reads a link to a key, and warns of the key's own mode", () => {
    const path = write(keys.encodeKeyFile(generateKey()), 0o644);
    const link = join(folder, "link");
    symlinkSync(path, link);
    expect(readKeyFile(link).warning).toContain("0644");
  });

  it("refuses what is too large, without reading it all", () => {
    const path = write(Buffer.alloc(64 * 1024 + 1, 0x61));
    expect(caught(() => readKeyFile(path))).toMatchObject({
      name: "IdentityError",
      code: "BAD_KEY",
      message: `${path}: more than 65536 bytes are too many for a key file`,
    });
    expect(caught(() => readKeyFile(write(Buffer.alloc(64 * 1024, 0x61))))).toMatchObject({
      code: "BAD_KEY",
      message: expect.not.stringContaining("too many"),
    });
  });

  it("refuses a folder, and a device with nothing in it", () => {
    expect(caught(() => readKeyFile(folder))).toMatchObject({ code: "EISDIR" });
    expect(caught(() => readKeyFile("/dev/null"))).toMatchObject({
      code: "BAD_KEY",
      message: expect.stringContaining("/dev/null: "),
    });
  });

  it("reads a pipe, and no more of it than a key file has", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    const key = generateKey();
    const path = write(keys.encodeKeyFile(key));
    const feed = (command: string): Promise<unknown> =>
      once(spawn("sh", ["-c", `${command} > "$0"`, pipe], { stdio: "ignore" }), "exit");
    const whole = feed(`cat ${path}`);
    expect(readKeyFile(pipe).key.address.equals(key.address)).toBe(true);
    await whole;
    const endless = feed("head -c 300000 /dev/zero");
    expect(caught(() => readKeyFile(pipe))).toMatchObject({
      message: expect.stringContaining("too many for a key file"),
    });
    await endless;
  });

  it("says which file is missing", () => {
    const path = join(folder, "absent");
    expect(caught(() => readKeyFile(path))).toMatchObject({ code: "ENOENT", path });
  });

  it("names the file and what is wrong, and repeats nothing of what is in it", () => {
    const key = generateKey();
    const serialized = key.serialize();
    const pem = Buffer.from(keys.encodeKeyFile(key));
    const damaged: readonly Uint8Array[] = [
      serialized.subarray(0, -1),
      Buffer.concat([serialized, Buffer.of(0)]),
      pem.subarray(0, pem.length - 30),
      Buffer.from(pem.toString().replace("PRIVATE KEY", "PUBLIC KEY")),
      key.publicKey.serialize(),
      Buffer.from(serialized.map((byte, i) => (i === 60 ? byte ^ 1 : byte))),
    ];
    for (const bytes of damaged) {
      const path = write(bytes);
      const error = caught(() => readKeyFile(path));
      expect(error).toBeInstanceOf(IdentityError);
      expect((error as Error).message).toMatch(new RegExp(`^${path}: .`));
      expectNothingOf(serialized.subarray(17, 49), textOf(error));
    }
  });
});
