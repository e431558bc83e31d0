// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon in a process of its own, as the command starts one.
import { generateKey } from "@inet256/client";
import { defaultConfig, startDaemon } from "@inet256/mesh256";

const [, , socketPath] = process.argv;
await startDaemon({
  config: { ...defaultConfig, log: { level: "warn", format: "json" } },
  privateKey: generateKey(),
  socketPath,
  version: "bench",
  logTo: process.stderr,
});
process.stdout.write("ready\n");
process.once("SIGTERM", () => process.exit(0));
