// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * UDP as a transport: one socket for IPv4, one for IPv6, through the kernel's own means where the
 * machine has them (segmentation, batches, don't-fragment) and through node:dgram where not. Its
 * addresses are read and written by udp-text.ts and held by udp-addresses.ts; udp-kernel.ts and
 * udp-plain.ts are the two ways. Guards what the port promises of `send` and `close`.
 */
import type { Clock, Logger, MachineTurns } from "../core/index.js";
import type { Sys } from "../sys/index.js";
import { TransportError } from "./errors.js";
import type { Transport, TransportSink } from "./transport.js";
import { familyOf, type UdpAddress, type UdpFamily } from "./udp-address.js";
import { createUdpAddresses, type UdpAddresses } from "./udp-addresses.js";
import type { OpenUdpEnd, UdpCounters, UdpEnd, UdpShared } from "./udp-end.js";
import { createKernelOpener } from "./udp-kernel.js";
import { createUdpNotices, type UdpNotices } from "./udp-notices.js";
import { openPlainEnd } from "./udp-plain.js";
import { isDestination, parseEndpoint } from "./udp-text.js";

/** Asked for where nothing is said: some 30 ms of a gigabit a second. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/**
 * The kernel's queue to the interface: beyond it `send` says that there is no room. Less than an
 * interface's own queue, so that it is this one that fills, and the sender hears of it; and short in
 * time, since what stands in it can be neither dropped nor overtaken.
 */
const SEND_BUFFER_BYTES = 512 * 1024;

/** A transport over UDP. */
export interface UdpTransport extends Transport {
  readonly name: "udp";
  /** Which way it goes: the kernel's own means, or node:dgram. */
  readonly path: "kernel" | "plain";
}

/** How to make one. */
export interface UdpTransportOptions {
  /**
   * What to bind to, one address of each family at most: `0.0.0.0:25632`, `[::]:25632`. Port 0 is
   * any that is free. The IPv6 socket carries no IPv4.
   */
  readonly bind: readonly string[];
  readonly sink: TransportSink;
  readonly clock: Clock;
  readonly turns: MachineTurns;
  readonly logger: Logger;
  /** What the kernel gives; without it, or without UDP in it, node:dgram. */
  readonly sys?: Sys | undefined;
  /** Bytes to ask the kernel to hold, 4 MiB by default; `receiveBufferBytes` is what it gave. */
  readonly receiveBufferBytes?: number | undefined;
}

/**
 * Opens the sockets.
 *
 * An address's `bytes` are its 4 or 16 bytes and the port as a big-endian u16; its `group` is the
 * IPv4 address or the /64. Multicast, broadcast and unspecified addresses are none to send to. By
 * way of node:dgram nothing is unreachable, datagrams that fit no interface are fragmented, and
 * counters of sent datagrams follow in the next turn.
 *
 * Rejects with TransportError BAD_BIND_ADDRESS or BIND_FAILED; nothing is open then.
 */
export async function createUdpTransport(options: UdpTransportOptions): Promise<UdpTransport> {
  const { clock, logger, sink, sys, turns } = options;
  const openSocket = sys?.openUdpSocket;
  const open = openSocket === undefined ? openPlainEnd : createKernelOpener(openSocket);
  const state: State = {
    path: openSocket === undefined ? "plain" : "kernel",
    ends: new Map(),
    localAddresses: [],
    counters: createCounters(),
    notices: createUdpNotices(sink, clock, turns),
    closing: undefined,
  };
  const { transport, addresses } = createTransport(state);
  const shared: UdpShared = {
    addresses,
    counters: state.counters,
    notices: state.notices,
    sink,
    clock,
    turns,
    logger,
    isClosed: () => state.closing !== undefined,
    receiveBufferBytes: options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES,
    sendBufferBytes: SEND_BUFFER_BYTES,
  };
  await openAll(shared, bindAddresses(options.bind, addresses), open, state.ends);
  const ends = [...state.ends.values()];
  transport.dontFragment = ends.every((end) => end.dontFragment);
  transport.receiveBufferBytes = Math.min(...ends.map((end) => end.receiveBufferBytes));
  for (const end of ends) {
    state.localAddresses.push(end.local);
    end.start();
  }
  logger.debug("UDP is open", { path: state.path, absent: sys?.absent });
  return transport;
}

/** Its sockets by their families. */
type Ends = Map<UdpFamily, UdpEnd>;

/** A transport as its maker has it. */
interface MadeTransport extends UdpTransport {
  dontFragment: boolean;
  receiveBufferBytes: number;
}

/** What the parts of a transport share. */
interface State {
  readonly path: UdpTransport["path"];
  readonly ends: Ends;
  readonly localAddresses: UdpAddress[];
  readonly counters: UdpCounters;
  readonly notices: UdpNotices;
  /** Set once it is being closed. */
  closing: Promise<void> | undefined;
}

/** The port on top of the sockets, and the addresses that name it. */
function createTransport(state: State): { transport: MadeTransport; addresses: UdpAddresses } {
  const { counters, ends, localAddresses, path } = state;
  const transport: MadeTransport = {
    name: "udp",
    path,
    localAddresses,
    counters,
    // Until the sockets are open.
    dontFragment: false,
    receiveBufferBytes: 0,
    address(text) {
      const endpoint = parseEndpoint(text);
      if (endpoint === undefined || !isDestination(endpoint)) return undefined;
      return ends.has(familyOf(endpoint)) ? addresses.fromText(text) : undefined;
    },
    send(to, buffer, at, length, segmentBytes) {
      if (state.closing !== undefined || !(segmentBytes > 0)) return true;
      if (!(at >= 0 && length > 0 && at + length <= buffer.length)) return true;
      // Only this transport's table makes addresses that name it.
      const address = to as UdpAddress;
      const end = to.transport === transport ? ends.get(address.family) : undefined;
      if (end !== undefined && Math.min(length, segmentBytes) <= to.largestMtu) {
        return end.send(address, buffer, at, length, segmentBytes);
      }
      const datagrams = Math.ceil(length / segmentBytes);
      if (end === undefined) counters.droppedNoRoute += datagrams;
      else counters.droppedTooLarge += datagrams;
      return true;
    },
    close() {
      state.notices.stop();
      state.closing ??= closeAll(ends);
      return state.closing;
    },
  };
  const addresses = createUdpAddresses(transport);
  return { transport, addresses };
}

function createCounters(): UdpCounters {
  return {
    datagramsSent: 0,
    bytesSent: 0,
    datagramsReceived: 0,
    bytesReceived: 0,
    droppedQueueFull: 0,
    droppedTooLarge: 0,
    droppedNoRoute: 0,
  };
}

function bindAddresses(texts: readonly string[], addresses: UdpAddresses): readonly UdpAddress[] {
  const binds = texts.map((text) => {
    const address = addresses.fromText(text);
    if (address !== undefined) return address;
    throw new TransportError("BAD_BIND_ADDRESS", `bind: expected ADDRESS:PORT, got ${text}`);
  });
  const families = new Set(binds.map(({ family }) => family));
  if (binds.length === 0 || families.size < binds.length) {
    const message = "bind: expected one address of each family at most, and one at least";
    throw new TransportError("BAD_BIND_ADDRESS", message);
  }
  return binds;
}

/** Opens all of them or none. */
async function openAll(
  shared: UdpShared,
  binds: readonly UdpAddress[],
  open: OpenUdpEnd,
  ends: Ends,
): Promise<void> {
  for (const bind of binds) {
    try {
      ends.set(bind.family, await open(shared, bind));
    } catch (cause) {
      shared.notices.stop();
      await closeAll(ends);
      const message = `no UDP socket could be bound to ${bind.text}`;
      throw new TransportError("BIND_FAILED", message, { cause });
    }
  }
}

async function closeAll(ends: Ends): Promise<void> {
  await Promise.all([...ends.values()].map((end) => end.close()));
}
