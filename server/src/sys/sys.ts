// SPDX-License-Identifier: GPL-3.0-or-later

import { arch, endianness, platform } from "node:os";
import { type Koffi, loadKoffi } from "./koffi.js";
import { createLibc } from "./libc.js";
import { type PeerProcess, peerProcess } from "./peer-process.js";
import { sendServiceNotice } from "./service-notice.js";
import { openUdpSocket, type UdpSocket, type UdpSocketOptions } from "./udp-socket.js";

/** Machines whose kernel has the layouts of linux.ts. */
const ARCHITECTURES: readonly string[] = ["x64", "arm64", "riscv64"];

/** What the kernel gives beyond Node. A function that is undefined is not to be had here. */
export interface Sys {
  /** In a few words, why what is undefined is so; undefined where everything is there. */
  readonly absent: string | undefined;
  /** Opens a UDP socket. Throws SysError REFUSED. */
  readonly openUdpSocket: ((options: UdpSocketOptions) => UdpSocket) | undefined;
  /** The process at the other end of a unix socket, by its descriptor. */
  readonly peerProcess: ((fd: number) => PeerProcess | undefined) | undefined;
  /** Sends a notice to a service manager's socket; false if nobody took it. */
  readonly sendServiceNotice: ((socket: string, notice: string) => boolean) | undefined;
}

/** Looks what this machine has. Never throws. */
export function loadSys(): Sys {
  if (platform() !== "linux") return without("only for Linux so far");
  if (!ARCHITECTURES.includes(arch()) || endianness() !== "LE") {
    return without(`not for ${arch()}`);
  }
  const koffi = loadKoffi();
  if (koffi === undefined) return without("koffi is not installed, or has no build for here");
  try {
    return withKoffi(koffi);
  } catch {
    return without("the C library lacks a function");
  }
}

function withKoffi(koffi: Koffi): Sys {
  const libc = createLibc(koffi);
  return {
    absent: undefined,
    openUdpSocket: (options) => openUdpSocket(koffi, libc, options),
    peerProcess: (fd) => peerProcess(libc, fd),
    sendServiceNotice: (socket, notice) => sendServiceNotice(libc, socket, notice),
  };
}

function without(absent: string): Sys {
  return {
    absent,
    openUdpSocket: undefined,
    peerProcess: undefined,
    sendServiceNotice: undefined,
  };
}
