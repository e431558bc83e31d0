// SPDX-License-Identifier: GPL-3.0-or-later

import type { Transport } from "../../../server/src/transport/index.js";
import { createNetwork } from "../../sim/network.js";
import { createWorld } from "../../sim/world.js";
import { transportContract } from "./contract.js";

const FAMILIES = [
  ["IPv4", (i: number) => `10.0.0.${i}:25632`, "10.0.0.99:25632"],
  ["IPv6", (i: number) => `[fd00::${i}]:25632`, "[fd00::99]:25632"],
] as const;

for (const [family, text, nowhere] of FAMILIES) {
  transportContract(`in the laboratory, ${family}`, async () => {
    const world = createWorld({ seed: 1 });
    const network = createNetwork({ world, link: { icmp: true } });
    const bound: Transport[] = [];
    return {
      texts: [
        ["10.0.0.9:1", "10.0.0.9:1"],
        ["10.0.0.9:65535", "10.0.0.9:65535"],
        ["[fd00:0::1]:80", "[fd00::1]:80"],
        ["[FD00::A]:80", "[fd00::a]:80"],
        ["[::ffff:10.0.0.1]:80", "[::ffff:a00:1]:80"],
      ],
      badTexts: ["memory:a", "[fe80::1%eth0]:80"],
      nowhere,
      largestBytes: 65_507,
      async bind(sink) {
        const i = bound.length + 1;
        const transport = network.bind(world.host(`host${i}`), text(i), sink);
        bound.push(transport);
        return transport;
      },
      async settle(what, condition) {
        world.runUntil(what, condition);
      },
      async quiet() {
        world.run(1_000);
      },
      async stop() {
        for (const transport of bound) await transport.close();
      },
    };
  });
}
