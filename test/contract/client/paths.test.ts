// SPDX-License-Identifier: GPL-3.0-or-later

// Sockets in folders with names that mean something elsewhere: in addresses, in escapes, in paths.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, generateKey } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTestDaemon } from "../../support/daemon.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-paths-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each(["with space", "100%41", "a:b", "#hash?query", "ünï✓", "[::1]"])(
  "reaches a daemon in a folder named %s",
  async (name) => {
    mkdirSync(join(folder, name));
    const daemon = await startTestDaemon({ socketPath: join(folder, name, "socket") });
    // Twice the same slash is one, at the beginning too.
    for (const endpoint of [daemon.endpoint, daemon.endpoint.replaceAll(/(?<!:|:\/)\//g, "//")]) {
      const client = connect(endpoint);
      const node = await client.open(generateKey());
      expect((await client.status()).address.equals(daemon.address)).toBe(true);
      await node.close();
      await client.close();
    }
    await daemon.stop();
  },
);
