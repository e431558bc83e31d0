// SPDX-License-Identifier: GPL-3.0-or-later

// Both ways of the UDP transport, the kernel's own means and node:dgram, over both families.

import { describe, it } from "vitest";
import type { UdpTransport } from "../../../server/src/transport/index.js";
import { bindUdp, LOOPBACKS, type Loopback, missing, type UdpPath } from "../../support/udp.js";
import { turn, until } from "../../support/until.js";
import { transportContract } from "./contract.js";

/**
 * On loopback a datagram stands in the receiver's queue when the call that sent it returns; node:dgram
 * takes 32 of them a turn.
 */
const QUIET_TURNS = 8;

/** Turns until nothing has come for some of them. */
async function quiet(bound: readonly UdpTransport[]): Promise<void> {
  const received = () => bound.reduce((sum, { counters }) => sum + counters.datagramsReceived, 0);
  for (let turns = 0, before = received(); turns < QUIET_TURNS; turns++) {
    await turn();
    if (received() === before) continue;
    before = received();
    turns = 0;
  }
}

const NOT_TO_SEND_TO = [
  "0.0.0.0:80",
  "224.0.0.1:80",
  "255.255.255.255:80",
  "[::]:80",
  "[ff02::1]:80",
  "[ff02::1%eth0]:80",
  "[2001:db8::1%eth0]:80",
  "[::ffff:127.0.0.1%eth0]:80",
  "[fe80::1%]:80",
  "[fe80::1%../../x]:80",
];

const TEXTS = {
  IPv4: {
    good: [
      ["127.0.0.1:80", "127.0.0.1:80"],
      ["192.0.2.255:65535", "192.0.2.255:65535"],
      ["[::ffff:192.0.2.7]:1", "192.0.2.7:1"],
      ["[::FFFF:C000:0207]:2", "192.0.2.7:2"],
    ],
    bad: [...NOT_TO_SEND_TO, "[::1]:80"],
    largestBytes: 65_507,
  },
  IPv6: {
    good: [
      ["[::1]:80", "[::1]:80"],
      ["[2001:DB8:0:0:0:0:0:1]:65535", "[2001:db8::1]:65535"],
      ["[2001:db8::192.0.2.1]:7", "[2001:db8::c000:201]:7"],
      ["[fe80::1%no-such-zone]:7", "[fe80::1%no-such-zone]:7"],
    ],
    bad: [...NOT_TO_SEND_TO, "127.0.0.1:80", "[::ffff:127.0.0.1]:80"],
    largestBytes: 65_488,
  },
} as const;

function run(path: UdpPath, loopback: Loopback): void {
  const { good, bad, largestBytes } = TEXTS[loopback.family];
  const name = `UDP by way of ${path} over ${loopback.family}`;
  const reason = missing(path, loopback);
  if (reason !== undefined) {
    describe(name, () => it.skip(`because ${reason}`, () => {}));
    return;
  }
  transportContract(name, async () => {
    const bound: UdpTransport[] = [];
    return {
      texts: good,
      badTexts: bad,
      nowhere: loopback.nowhere,
      largestBytes,
      async bind(sink) {
        const transport = await bindUdp(path, [loopback.any], sink);
        bound.push(transport);
        return transport;
      },
      settle: (what, condition) => until(what, condition),
      quiet: () => quiet(bound),
      async stop() {
        await Promise.all(bound.map((transport) => transport.close()));
      },
    };
  });
}

for (const path of ["kernel", "plain"] as const) {
  for (const loopback of LOOPBACKS) run(path, loopback);
}
