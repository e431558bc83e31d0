// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon in this process, on a socket in a folder of its own, for tests that need a real one.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { generateKey, type PrivateKey } from "@inet256/client";
import { type Daemon, defaultConfig, type Limits, startDaemon } from "@inet256/mesh256";

/** A daemon and what belongs to it. */
export interface TestDaemon extends Daemon {
  /** Its own key. */
  readonly privateKey: PrivateKey;
  /** Where its socket is. */
  readonly socketPath: string;
  /** Everything it has logged so far, as JSON lines. */
  log(): string;
}

/** What may differ from the defaults. */
export interface TestDaemonOptions {
  readonly limits?: Partial<Limits>;
  /** Where to listen; default: in a folder that `stop` removes. */
  readonly socketPath?: string;
}

/** Starts a daemon; the caller stops it. */
export async function startTestDaemon(options: TestDaemonOptions = {}): Promise<TestDaemon> {
  const folder = mkdtempSync(join(tmpdir(), "inet256-daemon-"));
  const socketPath = options.socketPath ?? join(folder, "socket");
  const privateKey = generateKey();
  const lines: string[] = [];
  const logTo = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const daemon = await startDaemon({
    config: {
      ...defaultConfig,
      log: { level: "trace", format: "json" },
      // A test plays many programs in one process.
      limits: { ...defaultConfig.limits, connectionsPerSecond: 10_000, ...options.limits },
    },
    privateKey,
    socketPath,
    version: "test",
    logTo,
  });
  return {
    ...daemon,
    privateKey,
    socketPath,
    log: () => lines.join(""),
    async stop() {
      await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
