// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Where a datagram came from, as far as this room cares. In the link layer a transport address is
 * one; in the session layer the address that a packet claims to come from.
 */
export interface Source {
  /** ip ‖ port, or the claimed address (32 bytes): what a cookie proves (C7). */
  readonly bytes: Uint8Array;
  /** Whose rate is limited (S5): the IPv4 address, the /64, or the claimed address. */
  readonly group: string;
}
