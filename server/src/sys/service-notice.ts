// SPDX-License-Identifier: GPL-3.0-or-later

// Notices to a service manager, as sd_notify(3) describes them: lines of NAME=VALUE in one datagram
// to the unix socket that NOTIFY_SOCKET names. Node has no such datagrams.

import type { Libc } from "./libc.js";
import { AF_UNIX, SOCK_DGRAM_CLOEXEC_NONBLOCK } from "./linux.js";

/** Bytes of sun_path. */
const PATH_BYTES = 108;
const FAMILY_BYTES = 2;

/**
 * Sends one notice; false if nobody took it. `socket` is a path, or begins with @ for a name in
 * Linux's abstract namespace.
 */
export function sendServiceNotice(libc: Libc, socket: string, notice: string): boolean {
  const path = Buffer.from(socket);
  const abstract = socket.startsWith("@");
  if (!(abstract || socket.startsWith("/")) || path.length >= PATH_BYTES) return false;
  const name = Buffer.alloc(FAMILY_BYTES + path.length + (abstract ? 0 : 1));
  name.writeUInt16LE(AF_UNIX);
  path.copy(name, FAMILY_BYTES);
  if (abstract) name[FAMILY_BYTES] = 0;
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0);
  if (fd < 0) return false;
  const bytes = Buffer.from(notice);
  const sent = libc.sendto(fd, bytes, bytes.length, 0, name, name.length);
  libc.close(fd);
  return sent === bytes.length;
}
