// SPDX-License-Identifier: GPL-3.0-or-later

// What a service manager leaves in the environment: read once, believed only when it is meant for
// this process, and cleared.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createServiceManager } from "../../../../apps/src/daemon/service-manager.js";

const none = (): boolean => expect.unreachable();

it.each([
  ["one socket", { LISTEN_PID: "7", LISTEN_FDS: "1", LISTEN_FDNAMES: "inet256.socket" }, [3]],
  ["three sockets", { LISTEN_PID: "7", LISTEN_FDS: "3" }, [3, 4, 5]],
  ["another process's", { LISTEN_PID: "8", LISTEN_FDS: "1" }, []],
  ["nobody's", { LISTEN_FDS: "1" }, []],
  ["a negative number", { LISTEN_PID: "7", LISTEN_FDS: "-1" }, []],
  ["no number", { LISTEN_PID: "7", LISTEN_FDS: "x" }, []],
  ["more than there can be", { LISTEN_PID: "7", LISTEN_FDS: "100000" }, []],
  ["nothing", {}, []],
])("sockets: %s", (_, variables, sockets) => {
  const env: Record<string, string | undefined> = { OTHER: "1", ...variables };
  expect(createServiceManager({ env }, none, 7).sockets).toEqual(sockets);
  expect(env).toEqual({ OTHER: "1" });
});

it("notices go to the socket that is named, and nowhere without one", async () => {
  const sent: (readonly [string, string])[] = [];
  const send = (socket: string, notice: string): boolean => {
    sent.push([socket, notice]);
    return true;
  };
  const env: Record<string, string | undefined> = { NOTIFY_SOCKET: "/run/notify" };
  const manager = createServiceManager({ env }, send);
  expect(env).toEqual({});
  await manager.tell("READY=1");
  await createServiceManager({ env: {} }, send).tell("READY=1");
  expect(sent).toEqual([["/run/notify", "READY=1"]]);
});

it("notices that cannot be sent go by the program, and a missing one is no harm", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inet256-notify-"));
  const path = process.env["PATH"];
  const said = join(folder, "said");
  const script = `#!/bin/sh\necho "$NOTIFY_SOCKET $1" > '${said}'\n`;
  writeFileSync(join(folder, "systemd-notify"), script, { mode: 0o755 });
  try {
    process.env["PATH"] = `${folder}:${path}`;
    const failing = (): boolean => false;
    const manager = createServiceManager({ env: { NOTIFY_SOCKET: "@x" } }, failing);
    await manager.tell("STOPPING=1");
    const { readFileSync } = await import("node:fs");
    expect(readFileSync(said, "utf8")).toBe("@x STOPPING=1\n");
    process.env["PATH"] = join(folder, "nothing");
    await manager.tell("STOPPING=1");
  } finally {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  }
});
