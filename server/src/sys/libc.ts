// SPDX-License-Identifier: GPL-3.0-or-later

// The functions of the C library that are used here. Addresses are passed as numbers: koffi takes
// them 50 to 100 ns faster than arrays, and nothing is made per call.

import type { Koffi, NativeFunction } from "./koffi.js";

/** Each returns what its manual says; `errno` is that of the last call. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, name: Uint8Array, nameLength: number): number;
  getsockname(fd: number, name: Uint8Array, nameLength: Uint8Array): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number;
  getsockopt(
    fd: number,
    level: number,
    option: number,
    value: Uint8Array,
    length: Uint8Array,
  ): number;
  sendto(
    fd: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    name: Uint8Array,
    nameLength: number,
  ): number;
  sendmsg(fd: number, message: number, flags: number): number;
  recvmsg(fd: number, message: number, flags: number): number;
  recvmmsg(fd: number, messages: number, count: number, flags: number, timeout: number): number;
  close(fd: number): number;
  errno(): number;
}

/** Binds them by their names in this process. */
export function createLibc(koffi: Koffi): Libc {
  const library = koffi.load(null);
  const declare = (declaration: string): NativeFunction => library.func(declaration);
  return {
    socket: declare("int socket(int, int, int)"),
    bind: declare("int bind(int, const void *, uint32_t)"),
    getsockname: declare("int getsockname(int, void *, void *)"),
    setsockopt: declare("int setsockopt(int, int, int, const void *, uint32_t)"),
    getsockopt: declare("int getsockopt(int, int, int, void *, void *)"),
    sendto: declare("intptr_t sendto(int, const void *, size_t, int, const void *, uint32_t)"),
    sendmsg: declare("intptr_t sendmsg(int, uintptr_t, int)"),
    recvmsg: declare("intptr_t recvmsg(int, uintptr_t, int)"),
    recvmmsg: declare("int recvmmsg(int, uintptr_t, uint32_t, int, uintptr_t)"),
    close: declare("int close(int)"),
    errno: () => koffi.errno(),
  };
}
