// SPDX-License-Identifier: GPL-3.0-or-later

// The text of UDP addresses in a configuration, with or without a port: `192.0.2.1:25632`,
// `[2001:db8::1]:25632`, `[fe80::1%eth0]:25632`, `192.0.2.1`, `2001:db8::1`. Guards that what comes
// out is an address in the one form the transport writes, and that nothing is looked up. Each rule
// answers what is wrong with the text, without quoting it, or undefined.

import { formatIpv6, parseIpv6 } from "@inet256/client/identity";
import { DEFAULT_UDP_PORT } from "./constants.js";

/** An address and a port. */
export interface Endpoint {
  /** 4 or 16 bytes; IPv4 written as IPv6 has 4. */
  readonly ip: Uint8Array;
  /** 0 to 65,535; the default where the text has none. */
  readonly port: number;
  /** The interface of a link-local address; "" for none. */
  readonly zone: string;
}

/** What `wrongPeerAddress` expects. */
export const PEER_ADDRESS_EXPECTED =
  "an IP address and a port, such as 192.0.2.1:25632 or [2001:db8::1]:25632";
/** What `wrongBindAddress` expects. */
export const BIND_ADDRESS_EXPECTED =
  "an IP address of this machine and a port, such as 0.0.0.0:25632 or [::]:25632";

/** 45 for the address, 16 for the zone, 6 for the port, 2 brackets. */
const MOST_CHARACTERS = 69;
const IPV4 = /^((?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3})(?::(0|[1-9]\d{0,4}))?$/;
const IPV6 = /^([0-9a-fA-F:.]{2,45})(?:%([A-Za-z0-9_.-]{1,15}))?$/;
const IN_BRACKETS = /^\[([^[\]]*)\](?::(0|[1-9]\d{0,4}))?$/;
/** An address, which may be in brackets, then a colon and anything that shall be a port. */
const BEFORE_PORT = /^(\[[^[\]]*\]|[^:]*):[^:]*$/;
/** At least one letter, and nothing that only an IP address has. */
const HOST_NAME = /^(?=.*[A-Za-z])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?(?::[^:]*)?$/;

/** Reads a text, of which the port may be missing; undefined if it is no address. */
export function parseEndpoint(text: string, defaultPort = DEFAULT_UDP_PORT): Endpoint | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const [, dotted, v4Port = `${defaultPort}`] = IPV4.exec(text) ?? [];
  if (dotted !== undefined) return endpoint(ipv4Bytes(dotted), v4Port, "");
  const [, inside = text, v6Port = `${defaultPort}`] = IN_BRACKETS.exec(text) ?? [];
  const [, colons, zone = ""] = IPV6.exec(inside) ?? [];
  const ip = colons === undefined ? undefined : ipv6Bytes(colons);
  if (ip === undefined) return undefined;
  if (isMapped(ip)) return zone === "" ? endpoint(ip.slice(12), v6Port, "") : undefined;
  return zone === "" || isLinkLocal(ip) ? endpoint(ip, v6Port, zone) : undefined;
}

/** The text with brackets around IPv6, the shortest form of the address, and the port. */
export function formatEndpoint({ ip, port, zone }: Endpoint): string {
  if (ip.length === 4) return `${ip.join(".")}:${port}`;
  return `[${formatIpv6(ip)}${zone === "" ? "" : `%${zone}`}]:${port}`;
}

/** The form in which an address is kept and compared; the text itself if it is none. */
export function canonicalEndpoint(text: string): string {
  const read = parseEndpoint(text);
  return read === undefined ? text : formatEndpoint(read);
}

/** The rule for where a peer is dialled. */
export function wrongPeerAddress(text: string): string | undefined {
  const read = parseEndpoint(text);
  if (read === undefined) return wrongText(text);
  const { ip, port } = read;
  if (port === 0) return "port 0, which is none";
  if (isUnspecified(ip)) return "the unspecified address, at which nobody is";
  return wrongMany(ip) ?? (ip.length === 4 && ip[0] === 0 ? "not an address of a host" : undefined);
}

/** The rule for what a transport binds to: port 0 is any that is free. */
export function wrongBindAddress(text: string): string | undefined {
  const read = parseEndpoint(text);
  return read === undefined ? wrongText(text) : wrongMany(read.ip);
}

function wrongMany(ip: Uint8Array): string | undefined {
  const first = ip[0] ?? 0;
  // 224.0.0.0/4 and above holds the broadcast address too.
  const many = ip.length === 4 ? first >= 224 : first === 0xff;
  return many ? "a multicast, broadcast or reserved address" : undefined;
}

/** What is wrong with a text that is no address. */
function wrongText(text: string): string {
  const whole = text.length <= MOST_CHARACTERS;
  if (text === "") return "empty";
  if (whole && HOST_NAME.test(text)) return "names are not looked up";
  if (whole && parseEndpoint(BEFORE_PORT.exec(text)?.[1] ?? "") !== undefined) {
    return "the port is not a number from 0 to 65535";
  }
  const lastColon = text.lastIndexOf(":");
  if (whole && parseEndpoint(`[${text.slice(0, lastColon)}]${text.slice(lastColon)}`)) {
    return "an IPv6 address with a port and without brackets";
  }
  return "not an IP address";
}

function endpoint(ip: Uint8Array | undefined, digits: string, zone: string): Endpoint | undefined {
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

/** Whether it is 127.0.0.0/8 or ::1, which only this machine reaches. */
export function isLoopback({ ip }: Endpoint): boolean {
  if (ip.length === 4) return ip[0] === 127;
  return ip.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

function isUnspecified(ip: Uint8Array): boolean {
  return ip.every((byte) => byte === 0);
}

/** ::ffff:0:0/96. */
function isMapped(ip: Uint8Array): boolean {
  return ip.subarray(0, 10).every((byte) => byte === 0) && ip[10] === 0xff && ip[11] === 0xff;
}

/** fe80::/10. */
function isLinkLocal(ip: Uint8Array): boolean {
  return ip.length === 16 && ip[0] === 0xfe && ((ip[1] ?? 0) & 0xc0) === 0x80;
}
