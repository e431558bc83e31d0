// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sends datagrams, many of one size by one call where the kernel cuts them (UDP_SEGMENT). Guards
 * that nothing of the caller's is held after the call, and that a path on which the kernel cannot
 * cut still gets every datagram.
 */
import type { Koffi } from "./koffi.js";
import type { Libc } from "./libc.js";
import {
  CMSG,
  EAGAIN,
  EINVAL,
  EIO,
  EMSGSIZE,
  ENOBUFS,
  ENOMEM,
  IOVEC_BYTES,
  MSG_DONTWAIT,
  MSGHDR,
  SOL_UDP,
  UDP_SEGMENT,
} from "./linux.js";
import { createAddressOf, type Pinned, pin, setInt, setLong } from "./pinned.js";
import { NAME_BYTES } from "./socket-name.js";

/** Datagrams of one call: older kernels take no more. */
const MOST_SEGMENTS = 64;
/**
 * Bytes of one call that is cut. With all its headers it has to stay below 65,536 bytes: from there on
 * the kernel cuts it before the interface sees it, which takes four times as long.
 */
const MOST_BYTES = 65_400;
/** A control message with a u16, and with its padding. */
const CONTROL_LENGTH = CMSG.data + 2;
const CONTROL_BYTES = 24;
/**
 * An error that ICMP brought for an earlier datagram is told once, in place of the sending of a
 * later one, which then has to be sent again.
 */
const ATTEMPTS = 2;

/** Why the rest was not sent. */
export type SendFailure =
  /** The socket's queue is full; the kernel will say when there is room. */
  | "full"
  /** A queue behind it was full, which the kernel says nothing more about. */
  | "lost"
  /** Larger than the interface takes. */
  | "too-large"
  /** No route, no address of ours, or forbidden. */
  | "no-way";

/** How a send went. The sender's own object, which the next send overwrites. */
export interface SendOutcome {
  /** Bytes that were sent, from the first on: whole datagrams. */
  bytes: number;
  datagrams: number;
  /** Why the others were not; undefined if all were. */
  failure: SendFailure | undefined;
}

/** Sends from one socket. */
export interface SegmentSender {
  /** Whether the kernel cuts here. Once it could not, it is never asked again. */
  segmentation(): boolean;
  /**
   * Sends `length` bytes at `at` to the socket of this name as datagrams of `segmentBytes`, the last
   * one what is left.
   */
  send(
    name: Uint8Array,
    bytes: Uint8Array,
    at: number,
    length: number,
    segmentBytes: number,
  ): SendOutcome;
}

/** What one message needs in pinned memory. */
interface Message {
  readonly header: Pinned;
  readonly iov: Pinned;
  readonly name: Pinned;
  readonly control: Pinned;
}

function createMessage(koffi: Koffi): Message {
  const message: Message = {
    header: pin(koffi, MSGHDR.bytes),
    iov: pin(koffi, IOVEC_BYTES),
    name: pin(koffi, NAME_BYTES),
    control: pin(koffi, CONTROL_BYTES),
  };
  setLong(message.header, MSGHDR.name, message.name.address);
  setLong(message.header, MSGHDR.iov, message.iov.address);
  setLong(message.header, MSGHDR.iovLength, 1);
  setLong(message.control, CMSG.length, CONTROL_LENGTH);
  setInt(message.control, CMSG.level, SOL_UDP);
  setInt(message.control, CMSG.type, UDP_SEGMENT);
  return message;
}

/** Sends from the socket `fd`; `segmentation` says whether the kernel knows UDP_SEGMENT. */
export function createSegmentSender(
  koffi: Koffi,
  libc: Libc,
  fd: number,
  options: { readonly segmentation: boolean },
): SegmentSender {
  const message = createMessage(koffi);
  const addressOf = createAddressOf(koffi);
  const outcome: SendOutcome = { bytes: 0, datagrams: 0, failure: undefined };
  let { segmentation } = options;
  let lastName: Uint8Array | undefined;

  const nameIt = (name: Uint8Array): void => {
    message.name.bytes.set(name);
    setInt(message.header, MSGHDR.nameLength, name.length);
    lastName = name;
  };
  /** One call; 0, or the error number. */
  const call = (address: number, length: number, segmentBytes: number): number => {
    const cut = segmentBytes < length;
    setLong(message.header, MSGHDR.control, cut ? message.control.address : 0);
    setInt(message.header, MSGHDR.controlLength, cut ? CONTROL_BYTES : 0);
    if (cut) setInt(message.control, CMSG.data, segmentBytes);
    setLong(message.iov, 0, address);
    setInt(message.iov, 8, length);
    let errno = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (libc.sendmsg(fd, message.header.address, MSG_DONTWAIT) >= 0) return 0;
      errno = libc.errno();
      if (errno === EAGAIN || errno === ENOBUFS) break;
    }
    return errno;
  };
  const sent = (bytes: number, datagrams: number): void => {
    outcome.bytes += bytes;
    outcome.datagrams += datagrams;
  };
  /** Datagram by datagram. */
  const sendPlainly = (address: number, length: number, segmentBytes: number): number => {
    for (let done = 0; done < length; done += segmentBytes) {
      const one = Math.min(segmentBytes, length - done);
      const errno = call(address + done, one, one);
      if (errno !== 0) return errno;
      sent(one, 1);
    }
    return 0;
  };
  const sendChunk = (address: number, length: number, segmentBytes: number): number => {
    if (!segmentation) return sendPlainly(address, length, segmentBytes);
    const errno = call(address, length, segmentBytes);
    if (errno === 0) sent(length, Math.ceil(length / segmentBytes));
    if (errno !== EINVAL && errno !== EIO) return errno;
    // It cannot cut on this path, or the segments are larger than the interface takes.
    const plainly = sendPlainly(address, length, segmentBytes);
    if (plainly === 0 && segmentBytes < length) segmentation = false;
    return plainly;
  };

  return {
    segmentation() {
      return segmentation;
    },
    send(name, bytes, at, length, segmentBytes) {
      outcome.bytes = 0;
      outcome.datagrams = 0;
      outcome.failure = undefined;
      // As it stands, so that NaN is refused as well.
      if (!(at >= 0 && segmentBytes >= 1 && at + length <= bytes.length)) return outcome;
      if (name !== lastName) nameIt(name);
      const address = addressOf(bytes) + at;
      const most = Math.min(MOST_SEGMENTS, Math.max(1, Math.floor(MOST_BYTES / segmentBytes)));
      const chunk = most * segmentBytes;
      for (let done = 0; done < length; done += chunk) {
        const errno = sendChunk(address + done, Math.min(chunk, length - done), segmentBytes);
        if (errno !== 0) {
          outcome.failure = failureOf(errno);
          break;
        }
      }
      return outcome;
    },
  };
}

function failureOf(errno: number): SendFailure {
  if (errno === EMSGSIZE) return "too-large";
  if (errno === EAGAIN) return "full";
  return errno === ENOBUFS || errno === ENOMEM ? "lost" : "no-way";
}
