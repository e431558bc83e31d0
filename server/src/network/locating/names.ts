// SPDX-License-Identifier: GPL-3.0-or-later

/** A router's address as text, under which it is counted and found. */
export function nameOf(address: Uint8Array): string {
  return Buffer.from(address.buffer, address.byteOffset, address.length).toString("hex");
}
