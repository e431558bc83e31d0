// SPDX-License-Identifier: GPL-3.0-or-later

// Opens the transports of a configuration. A port or an address family that nobody asked for by
// name may be missing: then another port is taken, or one family only.

import type { TransportSettings } from "../config/index.js";
import type { Clock, Logger, MachineTurns } from "../core/index.js";
import { loadSys, type Sys } from "../sys/index.js";
import {
  createUdpTransport,
  type Transport,
  TransportError,
  type TransportSink,
} from "../transport/index.js";

/** What transports are opened with. */
export interface TransportHands {
  readonly sink: TransportSink;
  readonly clock: Clock;
  readonly turns: MachineTurns;
  readonly logger: Logger;
}

/** Opens transports; when one cannot be opened it closes the others and rejects. */
export type OpenTransports = (hands: TransportHands) => Promise<readonly Transport[]>;

/** Opens those of the configuration. Rejects with TransportError. */
export function configuredTransports(settings: readonly TransportSettings[]): OpenTransports {
  return async (hands) => {
    const sys = loadSys();
    const opened: Transport[] = [];
    try {
      for (const each of settings) opened.push(await openUdp(each, hands, sys));
    } catch (error) {
      await Promise.all(opened.map((transport) => transport.close()));
      throw error;
    }
    return opened;
  };
}

async function openUdp(
  { bind, chosen }: TransportSettings,
  hands: TransportHands,
  sys: Sys,
): Promise<Transport> {
  const choices = chosen ? [bind] : [bind, ...substitutes(bind)];
  let failure: unknown;
  for (const choice of choices) {
    try {
      const transport = await createUdpTransport({ ...hands, sys, bind: choice });
      const { localAddresses } = transport;
      hands.logger.info("receiving over UDP", {
        addresses: localAddresses.map(({ text }) => text).join(" "),
        way: transport.path,
        absent: sys.absent,
      });
      return transport;
    } catch (error) {
      if (!(error instanceof TransportError) || error.code !== "BIND_FAILED") throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** What serves as well: any port, then one family alone with its port, then with any. */
function substitutes(bind: readonly string[]): readonly (readonly string[])[] {
  const anyPort = bind.map((text) => text.replace(/\d+$/, "0"));
  return [anyPort, ...[...bind, ...anyPort].map((text) => [text])];
}
