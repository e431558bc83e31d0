// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Receives many messages by one call (recvmmsg), each of them one datagram or several of one size
 * that the kernel has put together (UDP_GRO). Guards that the kernel writes only into memory that
 * this receiver holds.
 */
import type { Koffi } from "./koffi.js";
import type { Libc } from "./libc.js";
import { CMSG, IOVEC_BYTES, MSG_DONTWAIT, MSG_TRUNC, MSGHDR, SOL_UDP, UDP_GRO } from "./linux.js";
import { getInt, type Pinned, pin, setInt, setLong } from "./pinned.js";
import { NAME_BYTES } from "./socket-name.js";

/**
 * Messages of one call: of the largest a quarter of a megabyte, which is all that one turn should
 * take in. Small datagrams touch a page each.
 */
const MESSAGES = 4;
/** Room for one, larger than any datagram: none is ever cut off. */
const SLOT_BYTES = 65_536;
const CONTROL_BYTES = 64;
/** Length of a control message with an int in it. */
const CONTROL_WITH_INT = CMSG.data + 4;

/** What came by one call. Valid until the next. */
export interface Batch {
  /** Messages. */
  count(): number;
  /** Whether there may be more. */
  full(): boolean;
  /** Where all of them stand. */
  readonly bytes: Uint8Array;
  /** The senders' socket names, as u32 of this machine's order. */
  readonly names: Uint32Array;
  /** Where message `i` stands in `bytes`. */
  at(i: number): number;
  /** Its bytes; 0 for an empty datagram, and for what is not to be looked at. */
  length(i: number): number;
  /** Bytes of each of its datagrams, the last one perhaps less; its length if it is one. */
  segmentBytes(i: number): number;
  /** Where its sender's name stands in `names`. */
  nameAt(i: number): number;
}

/** Receives from one socket. */
export interface BatchReceiver {
  /** What has come until now. */
  receive(): Batch;
}

interface Slots {
  readonly area: Pinned;
  readonly headers: Pinned;
  readonly iovs: Pinned;
  readonly names: Pinned;
  readonly controls: Pinned;
}

function createSlots(koffi: Koffi): Slots {
  const slots: Slots = {
    area: pin(koffi, MESSAGES * SLOT_BYTES),
    headers: pin(koffi, MESSAGES * MSGHDR.bytes),
    iovs: pin(koffi, MESSAGES * IOVEC_BYTES),
    names: pin(koffi, MESSAGES * NAME_BYTES),
    controls: pin(koffi, MESSAGES * CONTROL_BYTES),
  };
  for (let i = 0; i < MESSAGES; i++) {
    const header = i * MSGHDR.bytes;
    const iov = i * IOVEC_BYTES;
    setLong(slots.headers, header + MSGHDR.name, slots.names.address + i * NAME_BYTES);
    setLong(slots.headers, header + MSGHDR.iov, slots.iovs.address + iov);
    setLong(slots.headers, header + MSGHDR.iovLength, 1);
    setLong(slots.headers, header + MSGHDR.control, slots.controls.address + i * CONTROL_BYTES);
    setLong(slots.iovs, iov, slots.area.address + i * SLOT_BYTES);
    setLong(slots.iovs, iov + 8, SLOT_BYTES);
  }
  return slots;
}

/** The size the kernel says it put a message together from; 0 if it is one datagram. */
function segmentOf({ headers, controls }: Slots, i: number): number {
  const control = i * CONTROL_BYTES;
  const length = getInt(headers, i * MSGHDR.bytes + MSGHDR.controlLength);
  if (length < CONTROL_WITH_INT) return 0;
  const ours =
    getInt(controls, control + CMSG.level) === SOL_UDP &&
    getInt(controls, control + CMSG.type) === UDP_GRO;
  return ours ? getInt(controls, control + CMSG.data) : 0;
}

/** Receives from the socket `fd`. Holds 256 KiB. */
export function createBatchReceiver(koffi: Koffi, libc: Libc, fd: number): BatchReceiver {
  const slots = createSlots(koffi);
  const { headers } = slots;
  let count = 0;
  /** The kernel overwrites the sizes it was given with those it used. */
  const restore = (i: number): void => {
    const header = i * MSGHDR.bytes;
    setInt(headers, header + MSGHDR.nameLength, NAME_BYTES);
    setInt(headers, header + MSGHDR.controlLength, CONTROL_BYTES);
    setInt(headers, header + MSGHDR.flags, 0);
  };
  for (let i = 0; i < MESSAGES; i++) restore(i);
  const lengthOf = (i: number): number => {
    const cut = (getInt(headers, i * MSGHDR.bytes + MSGHDR.flags) & MSG_TRUNC) !== 0;
    return cut ? 0 : getInt(headers, i * MSGHDR.bytes + MSGHDR.messageLength);
  };
  const batch: Batch = {
    count() {
      return count;
    },
    full() {
      return count === MESSAGES;
    },
    bytes: slots.area.bytes,
    names: slots.names.words,
    at: (i) => i * SLOT_BYTES,
    length: lengthOf,
    segmentBytes(i) {
      const length = lengthOf(i);
      const segment = segmentOf(slots, i);
      return segment > 0 && segment < length ? segment : length;
    },
    nameAt: (i) => (i * NAME_BYTES) / 4,
  };
  return {
    receive() {
      for (let i = 0; i < count; i++) restore(i);
      count = Math.max(0, libc.recvmmsg(fd, headers.address, MESSAGES, MSG_DONTWAIT, 0));
      return batch;
    },
  };
}
