// SPDX-License-Identifier: GPL-3.0-or-later

// UDP with segmentation offload on both ways, bare: koffi and the kernel, nothing of the daemon's.
// The numbers are Linux's (udp(7), sendmsg(2), recvmmsg(2)), for 64-bit little-endian machines.

import { createRequire } from "node:module";

const SLOTS = 16;
const SLOT_BYTES = 65_536;
const MSG_DONTWAIT = 0x40;

/** Opens a socket on loopback; undefined where koffi or the kernel cannot. */
export function openSegments() {
  let koffi;
  try {
    koffi = createRequire(new URL("../../../server/package.json", import.meta.url))("koffi");
  } catch {
    return undefined;
  }
  const libc = koffi.load(null);
  const socket = libc.func("int socket(int, int, int)");
  const bind = libc.func("int bind(int, const void *, uint32_t)");
  const getsockname = libc.func("int getsockname(int, void *, void *)");
  const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint32_t)");
  const sendmsg = libc.func("intptr_t sendmsg(int, uintptr_t, int)");
  const recvmmsg = libc.func("int recvmmsg(int, uintptr_t, uint32_t, int, uintptr_t)");

  const held = [];
  const hold = (length) => {
    const memory = new ArrayBuffer(length);
    held.push(memory);
    return { bytes: Buffer.from(memory), address: Number(koffi.address(memory)) };
  };
  const long = ({ bytes }, at, value) => bytes.writeBigUInt64LE(BigInt(value), at);
  const int = (value) => new Uint8Array(Int32Array.of(value).buffer);
  const loopback = (port) => {
    const name = Buffer.alloc(16);
    name.writeUInt16LE(2, 0);
    name.writeUInt16BE(port, 2);
    name.writeUInt32BE(0x7f000001, 4);
    return name;
  };

  const fd = socket(2, 2 | 0x80000 | 0x800, 0);
  const name = loopback(0);
  if (fd < 0 || bind(fd, name, 16) !== 0) return undefined;
  setsockopt(fd, 1, 33, int(4 << 20), 4); // SO_RCVBUFFORCE
  setsockopt(fd, 1, 32, int(2 << 20), 4); // SO_SNDBUFFORCE
  if (setsockopt(fd, 17, 104, int(1), 4) !== 0) return undefined; // UDP_GRO
  getsockname(fd, name, int(16));

  return {
    port: name.readUInt16BE(2),

    /** A function that sends `length` bytes in segments; false when it could not. */
    sender(port, length, segmentBytes) {
      const [header, iov, to, control] = [hold(64), hold(16), hold(16), hold(24)];
      const data = hold(length);
      to.bytes.set(loopback(port));
      long(header, 0, to.address);
      header.bytes.writeUInt32LE(16, 8);
      long(header, 16, iov.address);
      long(header, 24, 1);
      if (segmentBytes < length) {
        long(header, 32, control.address);
        long(header, 40, 24);
        long(control, 0, 18);
        control.bytes.writeInt32LE(17, 8);
        control.bytes.writeInt32LE(103, 12); // UDP_SEGMENT
        control.bytes.writeUInt16LE(segmentBytes, 16);
      }
      long(iov, 0, data.address);
      long(iov, 8, length);
      return () => sendmsg(fd, header.address, MSG_DONTWAIT) >= 0;
    },

    /** Calls `received(bytes)` for each message that the kernel has put together. */
    receive(received) {
      const [area, headers, iovs] = [hold(SLOTS * SLOT_BYTES), hold(SLOTS * 64), hold(SLOTS * 16)];
      const [names, controls] = [hold(SLOTS * 16), hold(SLOTS * 64)];
      const words = new Uint32Array(headers.bytes.buffer);
      for (let i = 0; i < SLOTS; i++) {
        long(headers, i * 64, names.address + i * 16);
        long(headers, i * 64 + 16, iovs.address + i * 16);
        long(headers, i * 64 + 24, 1);
        long(headers, i * 64 + 32, controls.address + i * 64);
        long(iovs, i * 16, area.address + i * SLOT_BYTES);
        long(iovs, i * 16 + 8, SLOT_BYTES);
      }
      const drain = () => {
        for (let round = 0; round < 4; round++) {
          for (let i = 0; i < SLOTS; i++) {
            words[i * 16 + 2] = 16;
            words[i * 16 + 10] = 64;
          }
          const count = recvmmsg(fd, headers.address, SLOTS, MSG_DONTWAIT, 0);
          for (let i = 0; i < count; i++) received(words[i * 16 + 14]);
          if (count < SLOTS) return;
        }
      };
      held.push(koffi.node.poll(fd, { readable: true, writable: false }, drain));
    },
  };
}
