// SPDX-License-Identifier: GPL-3.0-or-later

// One socket of a UDP transport, of one family, and what it shares with the other.

import type { Clock, Logger, MachineTurns } from "../core/index.js";
import type { TransportCounters, TransportSink } from "./transport.js";
import type { UdpAddress, UdpFamily } from "./udp-address.js";
import type { UdpAddresses } from "./udp-addresses.js";
import type { UdpNotices } from "./udp-notices.js";

/** Counters that still count. */
export type UdpCounters = { -readonly [Name in keyof TransportCounters]: TransportCounters[Name] };

/** What the sockets of a transport share. */
export interface UdpShared {
  readonly addresses: UdpAddresses;
  readonly counters: UdpCounters;
  readonly notices: UdpNotices;
  readonly sink: TransportSink;
  readonly clock: Clock;
  readonly turns: MachineTurns;
  readonly logger: Logger;
  /** Whether nothing is to be told any more. */
  isClosed(): boolean;
  /** Bytes to ask of the kernel in each direction. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
}

/** An open socket. */
export interface UdpEnd {
  readonly family: UdpFamily;
  readonly local: UdpAddress;
  readonly dontFragment: boolean;
  readonly receiveBufferBytes: number;
  /** Begins to tell what comes: once, when all sockets of the transport are open. */
  start(): void;
  /** As the port's `send`; the bytes are known to be there. */
  send(
    to: UdpAddress,
    buffer: Uint8Array,
    at: number,
    length: number,
    segmentBytes: number,
  ): boolean;
  /** Tells nothing more; resolves when it is closed. */
  close(): Promise<void>;
}

/** Opens a socket bound to an address. Throws or rejects with what the machine said. */
export type OpenUdpEnd = (shared: UdpShared, bind: UdpAddress) => Promise<UdpEnd>;
