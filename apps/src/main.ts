// SPDX-License-Identifier: GPL-3.0-or-later

/** The command inet256, as a process: bin/inet256.js runs this file. */
import { createProcessTerminal, endProcess } from "./process-terminal.js";
import { run } from "./program.js";
import { readVersion } from "./version.js";

const terminal = createProcessTerminal();
const exitCode = await run(process.argv.slice(2), {
  terminal,
  version: readVersion(),
  async connect(endpoint, options) {
    const { connect } = await import("@inet256/client");
    return connect(endpoint, options);
  },
});
await endProcess(exitCode);
