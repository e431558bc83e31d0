// SPDX-License-Identifier: GPL-3.0-or-later

// Where a daemon is: the text form, the order of the defaults, and the folder that is refused.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkPrivateFolder,
  defaultEndpoint,
  formatEndpoint,
  parseEndpoint,
  type Surroundings,
  SYSTEM_ENDPOINT,
  surroundings,
  userSocket,
} from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const UID = process.getuid?.() ?? 0;

describe("parseEndpoint", () => {
  it.each([
    ["unix:///run/inet256.sock", { kind: "unix", path: "/run/inet256.sock" }],
    ["unix:///tmp/with space/ünï.sock", { kind: "unix", path: "/tmp/with space/ünï.sock" }],
    ["unix:///tmp/a:b@c?d#e%41", { kind: "unix", path: "/tmp/a:b@c?d#e%41" }],
    ["tcp://localhost:2560", { kind: "tcp", host: "localhost", port: 2560 }],
    ["tcp://localhost", { kind: "tcp", host: "localhost", port: 2560 }],
    ["tcp://10.0.0.1:1/", { kind: "tcp", host: "10.0.0.1", port: 1 }],
    ["tls://daemon.example:65535", { kind: "tls", host: "daemon.example", port: 65_535 }],
    ["tcp://[::1]:2560", { kind: "tcp", host: "[::1]", port: 2560 }],
    ["tls://[2001:db8::1.2.3.4]", { kind: "tls", host: "[2001:db8::1.2.3.4]", port: 2560 }],
  ])("reads %s", (text, expected) => {
    expect(parseEndpoint(text)).toEqual(expected);
    expect(parseEndpoint(formatEndpoint(parseEndpoint(text)))).toEqual(expected);
  });

  const anyForm = "expected unix:///path, tcp://host:port or tls://host:port";
  const absolute = "expected after unix:// an absolute path, as in unix:///run/inet256.sock";
  it.each([
    ["", anyForm],
    ["inet256.sock", anyForm],
    ["/run/inet256.sock", anyForm],
    ["http://localhost:2560", anyForm],
    ["TCP://localhost:2560", anyForm],
    [" tcp://localhost:2560", anyForm],
    ["tcp://localhost:2560 ", anyForm],
    ["tcp://", anyForm],
    ["tcp://:2560", anyForm],
    ["tcp://localhost:", anyForm],
    ["tcp://localhost:0", anyForm],
    ["tcp://localhost:65536", anyForm],
    ["tcp://localhost:25x", anyForm],
    ["tcp://user@localhost:2560", anyForm],
    ["tcp://localhost:2560/path", anyForm],
    ["tcp://::1:2560", anyForm],
    ["tcp://[::1", anyForm],
    ["tcp://local\nhost:2560", anyForm],
    ["unix:/run/inet256.sock", anyForm],
    ["unix://", absolute],
    ["unix://inet256.sock", absolute],
    ["unix://./inet256.sock", absolute],
    ["unix:///run/\0inet256.sock", absolute],
    ["unix:///run/\ninet256.sock", absolute],
    ["unix:///", absolute],
    ["unix:///run/", absolute],
  ])("refuses %j", (text, expected) => {
    expect(() => parseEndpoint(text)).toThrow(
      expect.objectContaining({
        name: "NodeError",
        reason: "BAD_REQUEST",
        message: `not an endpoint: ${expected}`,
      }),
    );
  });

  it("refuses what is no text", () => {
    for (const wrong of [undefined, null, 5, {}, ["tcp://localhost"]]) {
      expect(() => parseEndpoint(wrong as unknown as string)).toThrow(
        expect.objectContaining({ name: "NodeError", reason: "BAD_REQUEST" }),
      );
    }
  });
});

describe("with surroundings of its own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inet256-endpoint-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const around = (env: Surroundings["env"] = {}): Surroundings => ({
    env,
    uid: UID,
    temporary: folder,
  });
  /** The user's folder among other users', with a socket file or without. */
  const makeShared = (mode: number, withSocket = true): string => {
    const shared = join(folder, `inet256-${UID}`);
    mkdirSync(shared);
    chmodSync(shared, mode);
    if (withSocket) writeFileSync(join(shared, "inet256.sock"), "");
    return shared;
  };

  it("the variable comes first, then the user's own socket, then the system's", () => {
    const runtime = join(folder, "runtime");
    mkdirSync(runtime, { mode: 0o755 });
    expect(defaultEndpoint(around({ XDG_RUNTIME_DIR: runtime }))).toBe(SYSTEM_ENDPOINT);
    writeFileSync(join(runtime, "inet256.sock"), "");
    const own = `unix://${runtime}/inet256.sock`;
    expect(defaultEndpoint(around({ XDG_RUNTIME_DIR: runtime }))).toBe(own);
    const named = { XDG_RUNTIME_DIR: runtime, INET256_API: "tcp://elsewhere:1" };
    expect(defaultEndpoint(around(named))).toBe("tcp://elsewhere:1");
    expect(defaultEndpoint(around({ ...named, INET256_API: "" }))).toBe(own);
    expect(SYSTEM_ENDPOINT).toBe("unix:///run/inet256.sock");
  });

  it("a runtime folder that is set does not lead to the shared one", () => {
    makeShared(0o700);
    expect(defaultEndpoint(around({ XDG_RUNTIME_DIR: join(folder, "absent") }))).toBe(
      SYSTEM_ENDPOINT,
    );
  });

  it("without a runtime folder it is a private folder among the temporary files", () => {
    const shared = makeShared(0o700);
    for (const env of [{}, { XDG_RUNTIME_DIR: "" }, { XDG_RUNTIME_DIR: "relative" }]) {
      expect(userSocket(around(env))).toEqual({
        folder: shared,
        path: `${shared}/inet256.sock`,
        shared: true,
      });
      expect(defaultEndpoint(around(env))).toBe(`unix://${shared}/inet256.sock`);
    }
  });

  it("a private folder without a socket leads to the system's", () => {
    makeShared(0o700, false);
    expect(defaultEndpoint(around())).toBe(SYSTEM_ENDPOINT);
  });

  const refusal = (path: string): unknown =>
    expect.objectContaining({
      name: "NodeError",
      reason: "UNAUTHENTICATED",
      message: expect.stringContaining(`${path} must be a folder of your own with mode 0700`),
    });

  it.each([0o701, 0o710, 0o720, 0o750, 0o755, 0o777, 0o1777])("refuses mode %o", (mode) => {
    const shared = makeShared(mode);
    expect(() => defaultEndpoint(around())).toThrow(refusal(shared));
    expect(() => checkPrivateFolder(shared, UID)).toThrow(refusal(shared));
  });

  it("refuses a folder of somebody else, with a socket or without", () => {
    const shared = makeShared(0o700, false);
    expect(() => checkPrivateFolder(shared, UID + 1)).toThrow(refusal(shared));
    const theirs = { ...around(), uid: UID + 1 };
    const squatted = join(folder, `inet256-${UID + 1}`);
    mkdirSync(squatted, { mode: 0o700 });
    expect(() => defaultEndpoint(theirs)).toThrow(refusal(squatted));
  });

  it("refuses a symbolic link, a dangling one too, and a file", () => {
    const real = join(folder, "real");
    mkdirSync(real, { mode: 0o700 });
    for (const target of [real, join(folder, "absent")]) {
      const link = join(folder, `link-to-${target.split("/").at(-1)}`);
      symlinkSync(target, link);
      expect(() => checkPrivateFolder(link, UID)).toThrow(refusal(link));
    }
    const file = join(folder, "file");
    writeFileSync(file, "", { mode: 0o600 });
    expect(() => checkPrivateFolder(file, UID)).toThrow(refusal(file));
  });

  it("says nothing of a folder that is right, or is not there", () => {
    expect(checkPrivateFolder(makeShared(0o700), UID)).toBeUndefined();
    expect(checkPrivateFolder(join(folder, "absent"), UID)).toBeUndefined();
  });
});

describe("surroundings", () => {
  it("are those of the process", () => {
    expect(surroundings()).toEqual({
      env: process.env,
      uid: process.getuid?.(),
      temporary: tmpdir(),
    });
  });
});
