// SPDX-License-Identifier: GPL-3.0-or-later

import { startTestDaemon } from "../../support/daemon.js";
import { clientContract } from "./contract.js";

clientContract("in a daemon's process", async () => {
  const { service, privateKey, address, stop } = await startTestDaemon();
  return { service, elsewhere: service, daemonKey: privateKey, daemonAddress: address, stop };
});
