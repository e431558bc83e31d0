// SPDX-License-Identifier: GPL-3.0-or-later

// Who is at the other end of a unix socket, by SO_PEERCRED: as the kernel wrote it down when the
// connection was made.

import type { Libc } from "./libc.js";
import { SO_PEERCRED, SOL_SOCKET, UCRED_BYTES } from "./linux.js";

/** A process, and the user it ran as. */
export interface PeerProcess {
  readonly pid: number;
  readonly uid: number;
}

/** The process that connected; undefined where the kernel does not tell. */
export function peerProcess(libc: Libc, fd: number): PeerProcess | undefined {
  const ucred = Buffer.alloc(UCRED_BYTES);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(UCRED_BYTES);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ucred, length) !== 0) return undefined;
  const pid = ucred.readInt32LE(0);
  // A pid of 0 is none, or one of another namespace.
  return length.readUInt32LE() === UCRED_BYTES ? { pid, uid: ucred.readUInt32LE(4) } : undefined;
}
