// SPDX-License-Identifier: GPL-3.0-or-later

import { createSystemTurns, systemClock } from "../../../server/src/core/index.js";
import {
  createMemoryMedium,
  createMemoryTransport,
  type Transport,
} from "../../../server/src/transport/index.js";
import { until } from "../../support/until.js";
import { transportContract } from "./contract.js";

transportContract("in memory", async () => {
  const medium = createMemoryMedium({ clock: systemClock, turns: createSystemTurns() });
  const bound: Transport[] = [];
  return {
    texts: [
      ["memory:a", "memory:a"],
      ["memory:b-2.example", "memory:b-2.example"],
    ],
    badTexts: ["memory", "memory:ä", `memory:${"a".repeat(65)}`, "127.0.0.1:80", "[::1]:80"],
    nowhere: "memory:nowhere",
    largestBytes: 65_507,
    async bind(sink) {
      const transport = createMemoryTransport({ medium, name: `t${bound.length}`, sink });
      bound.push(transport);
      return transport;
    },
    settle: (what, condition) => until(what, condition),
    async quiet() {
      for (let turn = 0; turn < 4; turn++) await new Promise((done) => setImmediate(done));
    },
    async stop() {
      await Promise.all(bound.map((transport) => transport.close()));
    },
  };
});
