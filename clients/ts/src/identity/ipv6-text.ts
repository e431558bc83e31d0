// SPDX-License-Identifier: Apache-2.0

// The text of IPv6 addresses: written as RFC 5952 recommends, read as RFC 4291 section 2.2 allows.
// Reading is strict: no zone, no brackets, no prefix length, no space.

import { describe, isBytes } from "./bytes.js";
import { IPV6_BYTES } from "./constants.js";
import { IdentityError } from "./errors.js";

const GROUPS = 8;

/** The longest text: eight groups, the last two as dotted decimal. */
const MAX_TEXT_LENGTH = 45;

/**
 * The text of an IPv6 address: lower case, no leading zeros, the first of the longest runs of two
 * or more zero groups as "::", hexadecimal throughout.
 *
 * @throws IdentityError BAD_IPV6 unless there are exactly 16 bytes.
 */
export function formatIpv6(bytes: Uint8Array): string {
  if (!isBytes(bytes) || bytes.length !== IPV6_BYTES) {
    throw new IdentityError("BAD_IPV6", `an IPv6 address has 16 bytes, got ${describe(bytes)}`);
  }
  const groups = Array.from({ length: GROUPS }, (_, i) => groupAt(bytes, i));
  const run = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

function groupAt(bytes: Uint8Array, i: number): number {
  return ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0);
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i + 1 - length, length };
  }
  return best;
}

/**
 * The 16 bytes of an IPv6 address given as text: eight groups of one to four hexadecimal digits in
 * either case, "::" at most once for one group or more, the last two groups also as dotted decimal.
 *
 * @throws IdentityError BAD_IPV6 for anything else, an IPv4 address included.
 */
export function parseIpv6(text: string): Uint8Array {
  if (typeof text !== "string" || text.length > MAX_TEXT_LENGTH) {
    throw notIpv6(`at most ${MAX_TEXT_LENGTH} characters, got ${describe(text)}`);
  }
  const halves = text.split("::");
  const [head = "", tail] = halves;
  if (halves.length > 2) throw notIpv6('"::" once at most');
  const left = parseGroups(head, tail === undefined);
  const right = tail === undefined ? [] : parseGroups(tail, true);
  const missing = GROUPS - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) {
    throw notIpv6('eight groups of four hexadecimal digits, fewer with "::"');
  }
  const bytes = new Uint8Array(IPV6_BYTES);
  const groups = [...left, ...new Array<number>(missing).fill(0), ...right];
  for (const [i, group] of groups.entries()) {
    bytes[2 * i] = group >> 8;
    bytes[2 * i + 1] = group & 0xff;
  }
  return bytes;
}

/** The groups of one side of "::"; only the last side may end in dotted decimal. */
function parseGroups(text: string, last: boolean): number[] {
  if (text === "") return [];
  const parts = text.split(":");
  return parts.flatMap((part, i) => {
    if (/^[0-9a-f]{1,4}$/i.test(part)) return [Number.parseInt(part, 16)];
    if (last && i === parts.length - 1 && part.includes(".")) return parseDotted(part);
    throw notIpv6("groups of one to four hexadecimal digits between colons");
  });
}

function parseDotted(text: string): number[] {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) {
    throw notIpv6("four decimal numbers from 0 to 255 in a dotted ending");
  }
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  if (Math.max(a, b, c, d) > 255) throw notIpv6("numbers from 0 to 255 in a dotted ending");
  return [(a << 8) | b, (c << 8) | d];
}

function notIpv6(expected: string): IdentityError {
  return new IdentityError("BAD_IPV6", `not an IPv6 address: it has ${expected}`);
}
