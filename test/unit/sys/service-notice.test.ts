// SPDX-License-Identifier: GPL-3.0-or-later

// Notices to a service manager, and who is at the other end of a unix socket: with the real kernel.
// A small program in Python plays the manager, for Node has no unix datagrams.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSys } from "../../../server/src/sys/index.js";
import { createCaptured } from "../../support/captured.js";

const { sendServiceNotice, peerProcess } = loadSys();
let folder: string;
let manager: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-notice-"));
});
afterEach(() => {
  manager?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const MANAGER = `
import socket, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\\0" + name[1:] if name.startswith("@") else name)
print("bound", flush=True)
print("got", repr(s.recv(4096).decode()), flush=True)
`;

describe.runIf(sendServiceNotice !== undefined)("sendServiceNotice", () => {
  it.each([
    ["a path", () => join(folder, "notify")],
    ["an abstract name", () => `@inet256-test-${process.pid}`],
  ])("reaches %s", async (_, name) => {
    const said = createCaptured();
    manager = spawn("python3", ["-c", MANAGER, name()]);
    manager.stdout?.pipe(said);
    await said.waitFor(/bound/);
    expect(sendServiceNotice?.(name(), "READY=1\nSTATUS=here")).toBe(true);
    await said.waitFor(/got 'READY=1\\nSTATUS=here'/);
  });

  it("says when nobody takes it", () => {
    expect(sendServiceNotice?.(join(folder, "nobody"), "READY=1")).toBe(false);
    expect(sendServiceNotice?.("", "READY=1")).toBe(false);
    expect(sendServiceNotice?.("vsock:2:1", "READY=1")).toBe(false);
    expect(sendServiceNotice?.(`/${"x".repeat(200)}`, "READY=1")).toBe(false);
  });
});

describe.runIf(peerProcess !== undefined)("peerProcess", () => {
  it("knows who connected", async () => {
    const path = join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const client = connect(path);
    const socket = await accepted;
    const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } };
    expect(peerProcess?.(handle.fd)).toEqual({ pid: process.pid, uid: process.getuid?.() });
    client.destroy();
    server.close();
  });

  it("knows nobody at a descriptor that is no socket", () => {
    expect(peerProcess?.(1_000_000)).toBeUndefined();
  });
});
