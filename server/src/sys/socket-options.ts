// SPDX-License-Identifier: GPL-3.0-or-later

// Options of a socket that are integers.

import type { Libc } from "./libc.js";
import { SO_RCVBUF, SO_RCVBUFFORCE, SO_SNDBUF, SO_SNDBUFFORCE, SOL_SOCKET } from "./linux.js";

const INT_BYTES = 4;

function intBytes(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** Sets one; false if the kernel does not know it or refuses. */
export function setOption(libc: Libc, fd: number, level: number, option: number, value: number) {
  return libc.setsockopt(fd, level, option, intBytes(value), INT_BYTES) === 0;
}

/** Reads one; undefined if the kernel does not know it. */
export function getOption(
  libc: Libc,
  fd: number,
  level: number,
  option: number,
): number | undefined {
  const value = new Int32Array(1);
  const bytes = new Uint8Array(value.buffer);
  const got = libc.getsockopt(fd, level, option, bytes, intBytes(INT_BYTES)) === 0;
  return got ? value[0] : undefined;
}

/**
 * Sets the receive buffer to so many bytes, beyond the administrator's limit where this process may,
 * up to it where not. Returns what it became: half of what the kernel says, which doubles it.
 */
export function setReceiveBuffer(libc: Libc, fd: number, bytes: number): number {
  if (!setOption(libc, fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes)) {
    setOption(libc, fd, SOL_SOCKET, SO_RCVBUF, bytes);
  }
  return (getOption(libc, fd, SOL_SOCKET, SO_RCVBUF) ?? 0) / 2;
}

/** The same for the send buffer. */
export function setSendBuffer(libc: Libc, fd: number, bytes: number): number {
  if (!setOption(libc, fd, SOL_SOCKET, SO_SNDBUFFORCE, bytes)) {
    setOption(libc, fd, SOL_SOCKET, SO_SNDBUF, bytes);
  }
  return (getOption(libc, fd, SOL_SOCKET, SO_SNDBUF) ?? 0) / 2;
}
