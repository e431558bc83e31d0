// SPDX-License-Identifier: GPL-3.0-or-later

// The port: bytes to and from an address, nothing else. Implementations: udp, memory.

/**
 * Where datagrams go to and come from: made and interned by one transport, for which alone it
 * means anything. Two with the same text are the same address.
 */
export interface TransportAddress {
  /** The transport that made it and that sends to it. */
  readonly transport: Transport;
  /** `192.0.2.1:25632`, `[2001:db8::1]:25632`: unique within the transport. */
  readonly text: string;
  /** What proves an address: ip ‖ port (6 or 18 bytes for UDP). Not to be modified. */
  readonly bytes: Uint8Array;
  /** Who could hold many of them: the IPv4 address, or the /64 of an IPv6 address. */
  readonly group: string;
  /** Bytes of a datagram that any path of this address family carries: 1,200. */
  readonly baseMtu: number;
  /** Bytes of the largest datagram that could ever be sent there: 65,507 for IPv4. */
  readonly largestMtu: number;
}

/** What a transport tells. Called with the time (monotonic), never within a call of `send`. */
export interface TransportSink {
  /**
   * A datagram of `length` bytes, 1 at least, stands at `at` in `buffer`, which is the transport's
   * own: its bytes may be modified, and hold until this returns.
   */
  received(
    buffer: Uint8Array,
    at: number,
    length: number,
    from: TransportAddress,
    nowMs: number,
  ): void;
  /** The datagrams of one wake-up have all been handed over. */
  receivedAll(nowMs: number): void;
  /** ICMP or ECONNREFUSED came for an address: unauthenticated, so a reason to probe, not to stop. */
  unreachable(to: TransportAddress, nowMs: number): void;
  /** This machine cannot send there now: no route, or the interface is gone. */
  failed(to: TransportAddress, nowMs: number): void;
  /** There is room again after `send` said that there was none. */
  writable(nowMs: number): void;
}

/** Sums since the start. */
export interface TransportCounters {
  readonly datagramsSent: number;
  readonly bytesSent: number;
  readonly datagramsReceived: number;
  readonly bytesReceived: number;
  /** Not sent because the machine's queue was full. */
  readonly droppedQueueFull: number;
  /** Not sent because larger than the interface takes (a path MTU probe, mostly). */
  readonly droppedTooLarge: number;
  /** Not sent because the machine has no way there. */
  readonly droppedNoRoute: number;
}

/** Sends and receives datagrams, unreliably, in any order, perhaps twice. */
export interface Transport {
  /** "udp", "memory". */
  readonly name: string;
  /** What it is bound to. */
  readonly localAddresses: readonly TransportAddress[];
  /** Whether datagrams leave unfragmented or not at all, so that probes tell the path MTU. */
  readonly dontFragment: boolean;
  /** Bytes that the receiving side holds before it loses datagrams (a window to announce). */
  readonly receiveBufferBytes: number;
  readonly counters: TransportCounters;
  /** The address of this text; undefined if it is none, or not of a family that is bound. */
  address(text: string): TransportAddress | undefined;
  /**
   * Sends the `length` bytes at `at` in `buffer`: as datagrams of `segmentBytes` each, the last one
   * what is left (segmentBytes = length: one datagram). The bytes are the caller's again when this
   * returns. False when the queue to the machine is full afterwards: wait for `writable`. What
   * cannot be sent is dropped and counted.
   */
  send(
    to: TransportAddress,
    buffer: Uint8Array,
    at: number,
    length: number,
    segmentBytes: number,
  ): boolean;
  /** Stops; nothing is told any more. Resolves when the socket is closed. */
  close(): Promise<void>;
}
