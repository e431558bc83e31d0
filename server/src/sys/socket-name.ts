// SPDX-License-Identifier: GPL-3.0-or-later

// Names of sockets as the kernel writes them: struct sockaddr_in and sockaddr_in6.
//
//     IPv4: u16 family (this machine's order) ‖ u16 port (big-endian) ‖ ip 4 ‖ 8 zero
//     IPv6: u16 family ‖ u16 port ‖ u32 flow label ‖ ip 16 ‖ u32 scope (this machine's order)

import { AF_INET, AF_INET6 } from "./linux.js";

export const IPV4_NAME_BYTES = 16;
export const IPV6_NAME_BYTES = 28;
/** Room for either, a multiple of 8. */
export const NAME_BYTES = 32;

/** Where the address stands in a name. */
export const IPV4_AT = 4;
export const IPV6_AT = 8;
const SCOPE_AT = 24;

/** The name of an address of 4 or 16 bytes; the scope is an interface's index, 0 for none. */
export function socketName(ip: Uint8Array, port: number, scope: number): Uint8Array {
  const v4 = ip.length === 4;
  const name = new Uint8Array(v4 ? IPV4_NAME_BYTES : IPV6_NAME_BYTES);
  const view = new DataView(name.buffer);
  view.setUint16(0, v4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  name.set(ip, v4 ? IPV4_AT : IPV6_AT);
  if (!v4) view.setUint32(SCOPE_AT, scope, true);
  return name;
}

/** The port of a name. */
export function portOfName(name: Uint8Array): number {
  return ((name[2] ?? 0) << 8) | (name[3] ?? 0);
}

/** The address of a name: 4 or 16 bytes, copied. */
export function ipOfName(name: Uint8Array): Uint8Array {
  return name[0] === AF_INET ? name.slice(IPV4_AT, IPV4_AT + 4) : name.slice(IPV6_AT, IPV6_AT + 16);
}

/** The scope of a name; 0 for none. */
export function scopeOfName(name: Uint8Array): number {
  if (name[0] === AF_INET) return 0;
  return new DataView(name.buffer, name.byteOffset).getUint32(SCOPE_AT, true);
}
