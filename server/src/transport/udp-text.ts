// SPDX-License-Identifier: GPL-3.0-or-later

// The text of UDP addresses: `192.0.2.1:25632`, `[2001:db8::1]:25632`, `[fe80::1%eth0]:25632`.
// Reading is strict: no names, no ports with leading zeros, no space. A zone stands with link-local
// addresses only. IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4.

import { formatIpv6, parseIpv6 } from "@inet256/client/identity";

/** An address and a port. */
export interface UdpEndpoint {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** 0 (any, for binding only) to 65,535. */
  readonly port: number;
  /** The interface of a link-local address: its name, or its number in digits; "" for none. */
  readonly zone: string;
}

/** 45 for the address, 16 for the zone, 6 for the port, 2 brackets. */
const MOST_CHARACTERS = 69;
const IPV4 = /^((?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}):(0|[1-9]\d{0,4})$/;
const IPV6 = /^\[([0-9a-fA-F:.]{2,45})(?:%([A-Za-z0-9_.-]{1,15}))?\]:(0|[1-9]\d{0,4})$/;

/** Reads a text; undefined if it is no address with a port. */
export function parseEndpoint(text: string): UdpEndpoint | undefined {
  if (typeof text !== "string" || text.length > MOST_CHARACTERS) return undefined;
  const [, dotted, v4Port] = IPV4.exec(text) ?? [];
  if (dotted !== undefined) return endpoint(ipv4Bytes(dotted), v4Port, "");
  const [, colons, zone = "", v6Port] = IPV6.exec(text) ?? [];
  if (colons === undefined) return undefined;
  const ip = ipv6Bytes(colons);
  if (ip === undefined) return undefined;
  if (isMapped(ip)) return zone === "" ? endpoint(ip.slice(12), v6Port, "") : undefined;
  return zone === "" || isLinkLocal(ip) ? endpoint(ip, v6Port, zone) : undefined;
}

function endpoint(
  ip: Uint8Array | undefined,
  digits: string | undefined,
  zone: string,
): UdpEndpoint | undefined {
  const port = Number(digits);
  return ip !== undefined && port <= 0xffff ? { ip, port, zone } : undefined;
}

function ipv4Bytes(dotted: string): Uint8Array | undefined {
  const numbers = dotted.split(".").map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}

function ipv6Bytes(colons: string): Uint8Array | undefined {
  try {
    return parseIpv6(colons);
  } catch {
    return undefined;
  }
}

/** ::ffff:0:0/96. */
function isMapped(ip: Uint8Array): boolean {
  return ip.subarray(0, 10).every((byte) => byte === 0) && ip[10] === 0xff && ip[11] === 0xff;
}

/** fe80::/10. */
export function isLinkLocal(ip: Uint8Array): boolean {
  return ip.length === 16 && ip[0] === 0xfe && ((ip[1] ?? 0) & 0xc0) === 0x80;
}

/** Whether datagrams can go there: not to any address, to many, or to port 0. */
export function isDestination({ ip, port }: UdpEndpoint): boolean {
  if (port === 0 || ip.every((byte) => byte === 0)) return false;
  const first = ip[0] ?? 0;
  // 224.0.0.0/4 and above holds the broadcast address too; 0.0.0.0/8 is "this network".
  return ip.length === 4 ? first > 0 && first < 224 : first !== 0xff;
}

/** The text of the address alone: `192.0.2.1`, `fe80::1%eth0`. */
export function hostText({ ip, zone }: UdpEndpoint): string {
  if (ip.length === 4) return ip.join(".");
  return zone === "" ? formatIpv6(ip) : `${formatIpv6(ip)}%${zone}`;
}

/** The text of both, with brackets around IPv6. */
export function endpointText(endpoint: UdpEndpoint): string {
  const host = hostText(endpoint);
  return endpoint.ip.length === 4 ? `${host}:${endpoint.port}` : `[${host}]:${endpoint.port}`;
}

/** Who could hold many: `192.0.2.1`; `2001:db8:1:2::/64`; with its zone if it has one. */
export function groupText({ ip, zone }: UdpEndpoint): string {
  if (ip.length === 4) return ip.join(".");
  const prefix = new Uint8Array(16);
  prefix.set(ip.subarray(0, 8));
  return zone === "" ? `${formatIpv6(prefix)}/64` : `${formatIpv6(prefix)}%${zone}/64`;
}
