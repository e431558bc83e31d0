// SPDX-License-Identifier: GPL-3.0-or-later

// What a whole daemon on this machine is started with: a folder for its socket, its key, its log.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { type DaemonOptions, parseConfig } from "../../../server/src/daemon/index.js";
import { createIdentities } from "../../../server/src/identity/index.js";
import { type Captured, createCaptured } from "../../support/captured.js";

const identities = createIdentities(selectCrypto(), systemRandom);

/** How to start one, and what it leaves to look at. */
export interface Setting {
  readonly options: DaemonOptions;
  readonly log: Captured;
  /** Whether the key has been wiped. */
  isWiped(): boolean;
  /** Removes the folder. */
  clean(): void;
}

/** With this configuration; without transports unless it names some. */
export function createSetting(yaml = "transports: []\n"): Setting {
  const folder = mkdtempSync(join(tmpdir(), "inet256-unit-"));
  const parsed = parseConfig(yaml, { file: join(folder, "config.yaml") });
  if (!parsed.ok) throw new Error("the configuration has problems");
  const privateKey = identities.generate();
  const log = createCaptured();
  return {
    options: {
      config: { ...parsed.config, log: { level: "trace", format: "json" } },
      privateKey,
      socketPath: join(folder, "socket"),
      version: "test",
      logTo: log,
    },
    log,
    isWiped() {
      try {
        privateKey.serialize();
        return false;
      } catch {
        return true;
      }
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}
