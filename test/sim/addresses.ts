// SPDX-License-Identifier: GPL-3.0-or-later

// Addresses of the laboratory's network: the texts, bytes and groups of IPv4 and IPv6 with a port.

import { isIPv6 } from "node:net";

/** An address apart from any transport. */
export interface SimAddress {
  /** `192.0.2.1:25632` or `[2001:db8::1]:25632`, written in one way only. */
  readonly text: string;
  /** The text without the port and brackets. */
  readonly ip: string;
  readonly port: number;
  /** ip ‖ port, big-endian: 6 or 18 bytes. */
  readonly bytes: Uint8Array;
  /** The IPv4 address, or the /64 of the IPv6 address. */
  readonly group: string;
}

const IPV4 =
  /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2}):([1-9]\d{0,4})$/;
const IPV6 = /^\[([0-9a-fA-F:.]{2,45})\]:([1-9]\d{0,4})$/;

/** The address of a text; undefined when it is none. */
export function parseSimAddress(text: string): SimAddress | undefined {
  const v4 = IPV4.exec(text);
  if (v4 !== null) return ofIPv4(text, v4.slice(1).map(Number));
  const v6 = IPV6.exec(text);
  if (v6 !== null) return ofIPv6(v6[1] ?? "", Number(v6[2]));
  return undefined;
}

const parsed = new Map<string, SimAddress>();

/** The address of a text that a test wrote or a transport made: RangeError when it is none. */
export function simAddress(text: string): SimAddress {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const address = parseSimAddress(text);
  if (address === undefined) throw new RangeError(`text: ${text} is no address and port`);
  parsed.set(text, address);
  return address;
}

function ofIPv4(text: string, numbers: readonly number[]): SimAddress | undefined {
  const octets = numbers.slice(0, 4);
  const port = numbers[4] ?? 0;
  if (port > 65_535 || octets.some((octet) => octet > 255)) return undefined;
  const ip = octets.join(".");
  return { text, ip, port, bytes: withPort(octets, port), group: ip };
}

function ofIPv6(given: string, port: number): SimAddress | undefined {
  if (port > 65_535 || !isIPv6(given)) return undefined;
  // The one way of writing it (RFC 5952), without a dotted end.
  const ip = new URL(`http://[${given}]`).hostname.slice(1, -1);
  const [head = "", tail] = ip.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const words = [...before, ...zeros, ...after].map((word) => Number.parseInt(word, 16));
  const octets = words.flatMap((word) => [word >> 8, word & 0xff]);
  const group = `${words
    .slice(0, 4)
    .map((word) => word.toString(16))
    .join(":")}::/64`;
  return { text: `[${ip}]:${port}`, ip, port, bytes: withPort(octets, port), group };
}

function withPort(octets: readonly number[], port: number): Uint8Array {
  return Uint8Array.from([...octets, port >> 8, port & 0xff]);
}

/** How many leading bits two addresses share; 0 when they are of different families. */
export function sharedBits(a: SimAddress, b: SimAddress): number {
  if (a.bytes.length !== b.bytes.length) return 0;
  let bits = 0;
  for (let i = 0; i < a.bytes.length - 2; i++) {
    const difference = (a.bytes[i] ?? 0) ^ (b.bytes[i] ?? 0);
    if (difference !== 0) return bits + Math.clz32(difference) - 24;
    bits += 8;
  }
  return bits;
}
