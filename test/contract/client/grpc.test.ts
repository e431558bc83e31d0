// SPDX-License-Identifier: GPL-3.0-or-later

import { connect } from "@inet256/client";
import { startTestDaemon } from "../../support/daemon.js";
import { clientContract } from "./contract.js";

clientContract("over gRPC", async () => {
  const { endpoint, privateKey, address, stop } = await startTestDaemon();
  const clients = [connect(endpoint), connect(endpoint)] as const;
  return {
    service: clients[0],
    elsewhere: clients[1],
    daemonKey: privateKey,
    daemonAddress: address,
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await stop();
    },
  };
});
