// SPDX-License-Identifier: GPL-3.0-or-later

// UDP transports on loopback for tests: which ways and families this machine has, and one to bind.

import { networkInterfaces } from "node:os";
import { createSystemTurns, silentLogger, systemClock } from "../../server/src/core/index.js";
import { loadSys } from "../../server/src/sys/index.js";
import {
  createUdpTransport,
  type TransportSink,
  type UdpTransport,
} from "../../server/src/transport/index.js";

/** The two ways of the transport. */
export type UdpPath = UdpTransport["path"];

/** Loopback of one family. */
export interface Loopback {
  readonly family: "IPv4" | "IPv6";
  /** With port 0. */
  readonly any: string;
  /** Nobody listens there. */
  readonly nowhere: string;
}

export const LOOPBACKS: readonly Loopback[] = [
  { family: "IPv4", any: "127.0.0.1:0", nowhere: "127.0.0.1:9" },
  { family: "IPv6", any: "[::1]:0", nowhere: "[::1]:9" },
];

const sys = loadSys();

/** Why this cannot be tested here; undefined if it can. Printed, since a silent skip hides much. */
export function missing(path: UdpPath, { family }: Pick<Loopback, "family">): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const found = addresses.some((entry) => entry.internal && entry.family === family);
  const reason =
    path === "kernel" && sys.openUdpSocket === undefined
      ? `the kernel's own means are missing: ${sys.absent}`
      : `no ${family} on loopback`;
  if (found && (path === "plain" || sys.openUdpSocket !== undefined)) return undefined;
  console.log(`skipped: UDP by way of ${path} over ${family}: ${reason}`);
  return reason;
}

/** A transport on the machine's own clock and turns. */
export function bindUdp(
  path: UdpPath,
  bind: readonly string[],
  sink: TransportSink,
): Promise<UdpTransport> {
  return createUdpTransport({
    bind,
    sink,
    clock: systemClock,
    turns: createSystemTurns(),
    logger: silentLogger,
    sys: path === "kernel" ? sys : undefined,
  });
}
