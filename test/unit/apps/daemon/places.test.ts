// SPDX-License-Identifier: GPL-3.0-or-later

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Surroundings } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseSocket, defaultKeyPath, readOrMakeKey } from "../../../../apps/src/daemon/places.js";
import { createTestTerminal } from "../../../support/commands.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-places-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the daemon's key", () => {
  it("lies in the state folder of the user", () => {
    const home = { HOME: "/home/somebody" };
    expect(defaultKeyPath({ ...home, XDG_STATE_HOME: "/state" })).toBe(
      "/state/inet256/private_key.pem",
    );
    const usual = "/home/somebody/.local/state/inet256/private_key.pem";
    expect(defaultKeyPath(home)).toBe(usual);
    expect(defaultKeyPath({ ...home, XDG_STATE_HOME: "relative" })).toBe(usual);
  });

  it("is made once, readable by its owner only, in a folder of theirs", async () => {
    const path = join(folder, "a", "inet256", "private_key.pem");
    const terminal = createTestTerminal();
    const first = await readOrMakeKey(path, terminal);
    expect(terminal.stderr.text).toBe(`made a private key: ${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "a", "inet256")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, "a", "inet256"))).toEqual(["private_key.pem"]);
    const second = await readOrMakeKey(path, createTestTerminal());
    expect(second.address.equals(first.address)).toBe(true);
  });

  it("is the same for two that make it at once", async () => {
    const path = join(folder, "private_key.pem");
    const both = await Promise.all([0, 1].map(() => readOrMakeKey(path, createTestTerminal())));
    expect(new Set(both.map(({ address }) => `${address}`)).size).toBe(1);
  });

  it("is warned of when others may read it", async () => {
    const path = join(folder, "private_key.pem");
    await readOrMakeKey(path, createTestTerminal());
    chmodSync(path, 0o644);
    const terminal = createTestTerminal();
    await readOrMakeKey(path, terminal);
    expect(terminal.stderr.text).toBe(
      `warning: ${path} has mode 0644: others may read or change this private key; use chmod 600\n`,
    );
  });

  it("is never made over what is there", async () => {
    const path = join(folder, "private_key.pem");
    writeFileSync(path, "");
    await expect(readOrMakeKey(path, createTestTerminal())).rejects.toThrow(
      "the key file is empty",
    );
  });
});

describe("the daemon's socket", () => {
  const around = (env: Surroundings["env"], uid = process.getuid?.()): Surroundings => ({
    env,
    uid,
    temporary: folder,
  });
  const choose = (given?: string, configured?: string, where = around({})): Promise<string> =>
    chooseSocket({ given, configured, around: where });

  it("is what is said first: command line, configuration, environment", async () => {
    const env = around({ INET256_API: "unix:///env.sock" });
    expect(await choose("unix:///given.sock", "unix:///config.sock", env)).toBe("/given.sock");
    expect(await choose(undefined, "unix:///config.sock", env)).toBe("/config.sock");
    expect(await choose(undefined, undefined, env)).toBe("/env.sock");
  });

  it("is root's own, or in the user's runtime folder", async () => {
    const runtime = { XDG_RUNTIME_DIR: "/run/user/1000" };
    expect(await choose(undefined, undefined, around(runtime, 0))).toBe("/run/inet256.sock");
    expect(await choose(undefined, undefined, around(runtime, 1000))).toBe(
      "/run/user/1000/inet256.sock",
    );
  });

  it("is not where a client of TCP looks", async () => {
    const env = { INET256_API: "tcp://localhost:2560", XDG_RUNTIME_DIR: "/run/user/1000" };
    expect(await choose(undefined, undefined, around(env, 1000))).toBe(
      "/run/user/1000/inet256.sock",
    );
    await expect(choose("tcp://localhost:2560")).rejects.toThrow(
      "--api: this daemon listens on unix sockets, expected unix:///path",
    );
  });

  // Without a runtime folder the user's socket lies among other users' files. The user's number is
  // that of whoever runs the test, but not root, whose place is another.
  const uid = process.getuid?.() ?? 0;
  const user = uid === 0 ? undefined : uid;

  it("has a folder of its own among other users' files", async () => {
    const path = await choose(undefined, undefined, { env: {}, uid: user, temporary: folder });
    const own = join(folder, `inet256-${user ?? "user"}`);
    expect(path).toBe(join(own, "inet256.sock"));
    expect(statSync(own).mode & 0o777).toBe(0o700);
  });

  it("is refused in a folder that others may write into", async () => {
    const own = join(folder, `inet256-${user ?? "user"}`);
    mkdirSync(own);
    chmodSync(own, 0o777);
    const chosen = choose(undefined, undefined, { env: {}, uid: user, temporary: folder });
    await expect(chosen).rejects.toThrow("must be a folder of your own with mode 0700");
  });
});
