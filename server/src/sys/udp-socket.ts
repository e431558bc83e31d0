// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A UDP socket of our own, with what node:dgram cannot give: segmentation on both ways, batches,
 * don't-fragment, and what ICMP says. Guards the order of closing (the watch before the descriptor)
 * and that nothing is told after it.
 */
import type { MachineTurns } from "../core/index.js";
import { type BatchReceiver, createBatchReceiver } from "./batch-receiver.js";
import { createErrorQueue } from "./error-queue.js";
import { SysError } from "./errors.js";
import type { Koffi } from "./koffi.js";
import type { Libc } from "./libc.js";
import * as linux from "./linux.js";
import { createSegmentSender, type SegmentSender } from "./segmentation.js";
import { NAME_BYTES } from "./socket-name.js";
import { setOption, setReceiveBuffer, setSendBuffer } from "./socket-options.js";
import { type Ready, watch } from "./watch.js";

/**
 * What is handled in one wake-up before the rest of the process has its turn, in bytes. About what
 * a unix socket of Linux holds (208 KiB): a turn writes no more than that to a program, and where
 * turns took in more, what is for a program would pile up although it reads.
 */
const WAKE_UP_BYTES = 192 * 1024;
/** What a datagram counts beyond its bytes: small ones take time too, and empty ones. */
const DATAGRAM_BYTES = 1024;

/** What a socket tells. Never within a call of `send`. */
export interface UdpSocketHandler {
  /** Something has come: the first call of a wake-up. */
  wakeUp(): void;
  /**
   * One message: `length` bytes at `at`, 1 at least, which are datagrams of `segmentBytes` each and a
   * last one of what is left, from the socket whose name stands at `nameAt` in `names`. All of it is
   * the receiver's, and holds until this returns.
   */
  message(
    bytes: Uint8Array,
    at: number,
    length: number,
    segmentBytes: number,
    names: Uint32Array,
    nameAt: number,
  ): void;
  /** The messages of a wake-up have all been handed over. */
  messagesEnd(): void;
  /** ICMP said that a datagram of ours did not arrive at the socket of this name. */
  unreachable(names: Uint32Array, nameAt: number): void;
  /** There is room to send again, after `awaitRoom`. Once. */
  writable(): void;
}

/** How to open one. */
export interface UdpSocketOptions {
  /** What to bind to, and so of which family: a socket name. IPv6 sockets carry no IPv4. */
  readonly name: Uint8Array;
  /** Bytes that the kernel should hold in each direction; it may give less. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
  readonly turns: MachineTurns;
  readonly handler: UdpSocketHandler;
}

/** An open socket. */
export interface UdpSocket extends SegmentSender {
  /** The socket name it is bound to, its port known. */
  readonly name: Uint8Array;
  /** Whether datagrams leave unfragmented or not at all. */
  readonly dontFragment: boolean;
  /** Bytes that the kernel holds, its own for each datagram included, before it drops. */
  readonly receiveBufferBytes: number;
  /** Asks to be told when there is room to send. */
  awaitRoom(): void;
  /** Closes at once; nothing is told any more. More calls do nothing. */
  close(): void;
}

/**
 * Opens and binds.
 *
 * @throws SysError REFUSED when the kernel has no socket, or not with that name.
 */
export function openUdpSocket(koffi: Koffi, libc: Libc, options: UdpSocketOptions): UdpSocket {
  const fd = openBound(libc, options.name);
  const v4 = isIpv4(options.name);
  const dontFragment = v4
    ? setOption(libc, fd, linux.SOL_IP, linux.IP_MTU_DISCOVER, linux.PMTUDISC_PROBE)
    : setOption(libc, fd, linux.SOL_IPV6, linux.IPV6_MTU_DISCOVER, linux.PMTUDISC_PROBE);
  setOption(libc, fd, linux.SOL_UDP, linux.UDP_GRO, 1);
  const receiveBufferBytes = setReceiveBuffer(libc, fd, options.receiveBufferBytes);
  setSendBuffer(libc, fd, options.sendBufferBytes);
  const segmentation = setOption(libc, fd, linux.SOL_UDP, linux.UDP_SEGMENT, 0);
  const sender = createSegmentSender(koffi, libc, fd, { segmentation });
  const receiver = createBatchReceiver(koffi, libc, fd);
  const errors = createErrorQueue(koffi, libc, fd);
  const { handler } = options;
  let closed = false;
  const isClosed = (): boolean => closed;

  const ready = ({ readable, writable, error }: Ready): void => {
    if (error) errors.drain((names, nameAt) => closed || handler.unreachable(names, nameAt));
    if (readable || error) receiveAll(receiver, handler, isClosed);
    if (writable && !closed) {
      watched.setWritable(false);
      handler.writable();
    }
  };
  const watched = watch(koffi, options.turns, fd, ready);

  return {
    name: boundName(libc, fd, options.name.length),
    dontFragment,
    receiveBufferBytes,
    segmentation() {
      return sender.segmentation();
    },
    send: sender.send,
    awaitRoom: () => watched.setWritable(true),
    close() {
      if (closed) return;
      closed = true;
      watched.close();
      libc.close(fd);
    },
  };
}

const isIpv4 = (name: Uint8Array): boolean => name[0] === linux.AF_INET;

function openBound(libc: Libc, name: Uint8Array): number {
  const family = isIpv4(name) ? linux.AF_INET : linux.AF_INET6;
  const fd = libc.socket(family, linux.SOCK_DGRAM_CLOEXEC_NONBLOCK, 0);
  if (fd < 0) throw new SysError("REFUSED", "socket", libc.errno());
  const own = family === linux.AF_INET || setOption(libc, fd, linux.SOL_IPV6, linux.IPV6_V6ONLY, 1);
  const errors =
    family === linux.AF_INET
      ? setOption(libc, fd, linux.SOL_IP, linux.IP_RECVERR, 1)
      : setOption(libc, fd, linux.SOL_IPV6, linux.IPV6_RECVERR, 1);
  if (own && errors && libc.bind(fd, name, name.length) === 0) return fd;
  const errno = libc.errno();
  libc.close(fd);
  throw new SysError("REFUSED", own && errors ? "bind" : "setsockopt", errno);
}

function boundName(libc: Libc, fd: number, length: number): Uint8Array {
  const name = new Uint8Array(NAME_BYTES);
  libc.getsockname(fd, name, new Uint8Array(Uint32Array.of(NAME_BYTES).buffer));
  return name.slice(0, length);
}

/** Hands over what has come, up to a bound. What is left wakes us again in the next turn. */
function receiveAll(
  receiver: BatchReceiver,
  handler: UdpSocketHandler,
  isClosed: () => boolean,
): void {
  let bytes = 0;
  let woken = false;
  for (;;) {
    if (isClosed()) return;
    const batch = receiver.receive();
    for (let i = 0; i < batch.count(); i++) {
      const length = batch.length(i);
      const segmentBytes = batch.segmentBytes(i);
      bytes += length + DATAGRAM_BYTES * Math.ceil(length / segmentBytes || 1);
      if (length === 0) continue;
      if (!woken) handler.wakeUp();
      woken = true;
      handler.message(batch.bytes, batch.at(i), length, segmentBytes, batch.names, batch.nameAt(i));
      if (isClosed()) return;
    }
    if (!batch.full() || bytes >= WAKE_UP_BYTES) break;
  }
  if (woken) handler.messagesEnd();
}
