// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What ICMP said about datagrams of ours: the kernel keeps it in a queue beside the socket, with the
 * address the datagram was sent to (IP_RECVERR). Anybody on the path can forge it.
 */
import type { Koffi } from "./koffi.js";
import type { Libc } from "./libc.js";
import {
  EMSGSIZE,
  EXTENDED_ERROR,
  IOVEC_BYTES,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSGHDR,
  ORIGIN_ICMP,
  ORIGIN_ICMP6,
  SO_ERROR,
  SOL_SOCKET,
} from "./linux.js";
import { getInt, pin, setInt, setLong } from "./pinned.js";
import { NAME_BYTES } from "./socket-name.js";
import { getOption } from "./socket-options.js";

/** Entries of one call of `drain`; the others wait for the next wake-up. */
const MOST_ENTRIES = 64;
const CONTROL_BYTES = 128;

/** Reads the queue of one socket. */
export interface ErrorQueue {
  /** Empties it, telling for each address that it was said to be unreachable. */
  drain(unreachable: (names: Uint32Array, nameAt: number) => void): void;
}

/** The queue of the socket `fd`, which has been asked to keep one. */
export function createErrorQueue(koffi: Koffi, libc: Libc, fd: number): ErrorQueue {
  const header = pin(koffi, MSGHDR.bytes);
  const iov = pin(koffi, IOVEC_BYTES);
  const name = pin(koffi, NAME_BYTES);
  const control = pin(koffi, CONTROL_BYTES);
  setLong(header, MSGHDR.name, name.address);
  // No room for the datagram, of which the kernel would give us our own bytes back.
  setLong(header, MSGHDR.iov, iov.address);
  setLong(header, MSGHDR.control, control.address);

  const next = (): boolean => {
    setInt(header, MSGHDR.nameLength, NAME_BYTES);
    setInt(header, MSGHDR.controlLength, CONTROL_BYTES);
    setInt(header, MSGHDR.flags, 0);
    return libc.recvmsg(fd, header.address, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0;
  };
  const fromThePath = (): boolean => {
    if (getInt(header, MSGHDR.controlLength) < EXTENDED_ERROR.origin + 4) return false;
    const origin = control.bytes[EXTENDED_ERROR.origin] ?? 0;
    if (origin !== ORIGIN_ICMP && origin !== ORIGIN_ICMP6) return false;
    // "Too large for the path" is no reason to leave it: path MTU search finds that out itself.
    return getInt(control, EXTENDED_ERROR.errno) !== EMSGSIZE;
  };
  return {
    drain(unreachable) {
      for (let i = 0; i < MOST_ENTRIES && next(); i++) {
        if (fromThePath()) unreachable(name.words, 0);
      }
      // Reading it clears it; the kernel wakes us for as long as it is there.
      getOption(libc, fd, SOL_SOCKET, SO_ERROR);
    },
  };
}
