// SPDX-License-Identifier: GPL-3.0-or-later

// A kernel for tests of what talks to one: memory with made-up addresses, a sendmsg that reads the
// structures there as their manuals say, and answers that a test chooses. Written from the manuals
// (msghdr, cmsg, udp(7)), not from the code it tests.

import type { Koffi } from "../../../server/src/sys/koffi.js";
import type { Libc } from "../../../server/src/sys/libc.js";

/** A datagram that left. */
export interface SentDatagram {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One call of sendmsg. */
export interface SendCall {
  readonly bytes: number;
  /** 0 where the kernel was not asked to cut. */
  readonly segmentBytes: number;
}

/** The made-up kernel. */
export interface FakeKernel {
  readonly koffi: Koffi;
  readonly libc: Libc;
  readonly sent: readonly SentDatagram[];
  readonly calls: readonly SendCall[];
  /** The error number of a call, 0 to let it pass. */
  answer: (call: SendCall) => number;
}

const absent = (): never => {
  throw new Error("not of this kernel");
};

/** Nothing sent yet, every call passes. */
export function createFakeKernel(): FakeKernel {
  const memories: ArrayBufferLike[] = [];
  const spacing = 2 ** 33;
  const koffi = {
    address(bytes: ArrayBufferLike | Uint8Array) {
      const memory = bytes instanceof Uint8Array ? bytes.buffer : bytes;
      const known = memories.indexOf(memory);
      const at = known >= 0 ? known : memories.push(memory) - 1;
      const offset = bytes instanceof Uint8Array ? bytes.byteOffset : 0;
      return BigInt((at + 1) * spacing + offset);
    },
    errno: () => errno,
  } as Partial<Koffi> as Koffi;
  const at = (address: bigint, length: number): DataView => {
    const number = Number(address);
    const memory = memories[Math.floor(number / spacing) - 1];
    if (memory === undefined) throw new Error("EFAULT: an address that nobody gave");
    return new DataView(memory, number % spacing, length);
  };
  let errno = 0;
  const sent: SentDatagram[] = [];
  const calls: SendCall[] = [];

  const sendmsg = (_fd: number, message: number): number => {
    const header = at(BigInt(message), 56);
    const name = at(header.getBigUint64(0, true), header.getUint32(8, true));
    if (header.getBigUint64(24, true) !== 1n) throw new Error("one iovec expected");
    const iov = at(header.getBigUint64(16, true), 16);
    const length = Number(iov.getBigUint64(8, true));
    const data = at(iov.getBigUint64(0, true), length);
    const segmentBytes = segmentOf(header, at);
    const call = { bytes: length, segmentBytes };
    calls.push(call);
    errno = kernel.answer(call);
    if (errno !== 0) return -1;
    const size = segmentBytes === 0 ? length : segmentBytes;
    for (let done = 0; done < length; done += size) {
      const one = Math.min(size, length - done);
      const bytes = new Uint8Array(data.buffer, data.byteOffset + done, one).slice();
      const nameBytes = new Uint8Array(name.buffer, name.byteOffset, name.byteLength);
      sent.push({ name: Buffer.from(nameBytes).toString("hex"), bytes });
    }
    return length;
  };
  const libc: Libc = {
    socket: absent,
    bind: absent,
    getsockname: absent,
    setsockopt: absent,
    getsockopt: absent,
    recvmsg: absent,
    recvmmsg: absent,
    close: absent,
    sendto: absent,
    sendmsg,
    errno: () => errno,
  };
  const kernel: FakeKernel = { koffi, libc, sent, calls, answer: () => 0 };
  return kernel;
}

/** The u16 of a control message of UDP_SEGMENT; 0 without one. */
function segmentOf(header: DataView, at: (address: bigint, length: number) => DataView): number {
  const length = Number(header.getBigUint64(40, true));
  if (length === 0) return 0;
  const control = at(header.getBigUint64(32, true), length);
  if (Number(control.getBigUint64(0, true)) !== 18 || length < 24) throw new Error("EINVAL");
  if (control.getInt32(8, true) !== 17 || control.getInt32(12, true) !== 103) {
    throw new Error("EINVAL");
  }
  return control.getUint16(16, true);
}
