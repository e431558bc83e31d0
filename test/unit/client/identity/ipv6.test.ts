// SPDX-License-Identifier: GPL-3.0-or-later

import { isIPv6 } from "node:net";
import {
  Address,
  formatIpv6,
  IdentityError,
  ipv6OfAddress,
  parseIpv6,
  prefixOfIpv6,
} from "@inet256/client/identity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const ipBytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Many zero groups, for "::". */
const sparse = fc
  .array(fc.constantFrom(0, 0, 0, 1, 0xabcd), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));
const bits = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(2).padStart(8, "0")).join("");

function parsed(text: string): Uint8Array | undefined {
  try {
    return parseIpv6(text);
  } catch (error) {
    if (error instanceof IdentityError && error.code === "BAD_IPV6") return undefined;
    throw error;
  }
}

describe("the mapping to IPv6", () => {
  it("is what a string of bits gives", () => {
    const leadingZeros = fc.integer({ min: 0, max: 127 });
    const tail = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bits);
    fc.assert(
      fc.property(leadingZeros, tail, (zeros, random) => {
        const text = `${"0".repeat(zeros)}1${random}`.slice(0, 256);
        const bytes = Uint8Array.from({ length: 32 }, (_, i) =>
          Number.parseInt(text.slice(8 * i, 8 * i + 8), 2),
        );
        const ip = ipv6OfAddress(Address.fromBytes(bytes));
        const count = zeros.toString(2).padStart(7, "0");
        expect(bits(ip)).toBe(`0000001${count}${text.slice(zeros + 1, zeros + 115)}`);
        const { prefix, nbits } = prefixOfIpv6(ip);
        expect(bits(prefix)).toBe(text.slice(0, nbits).padEnd(8 * prefix.length, "0"));
        expect(nbits).toBe(zeros + 115);
      }),
      { numRuns: 500 },
    );
  });

  it("comes back from any IPv6 address in 200::/7", () => {
    fc.assert(
      fc.property(ipBytes, fc.boolean(), (ip, odd) => {
        ip[0] = odd ? 3 : 2;
        const { prefix } = prefixOfIpv6(ip);
        const bytes = new Uint8Array(32);
        bytes.set(prefix);
        expect(ipv6OfAddress(Address.fromBytes(bytes))).toEqual(ip);
      }),
    );
  });

  it("refuses what is not 16 bytes", () => {
    for (const value of [new Uint8Array(4), new Uint8Array(17), "200::1", undefined]) {
      expect(() => prefixOfIpv6(value as Uint8Array)).toThrow(/16 bytes, got/);
      expect(() => formatIpv6(value as Uint8Array)).toThrow(/16 bytes, got/);
    }
  });
});

describe("the text of IPv6 addresses", () => {
  it("is written as a URL's host is", () => {
    fc.assert(
      fc.property(fc.oneof(ipBytes, sparse), (ip) => {
        const groups = Array.from({ length: 8 }, (_, i) =>
          (((ip[2 * i] ?? 0) << 8) | (ip[2 * i + 1] ?? 0)).toString(16),
        );
        const url = new URL(`http://[${groups.join(":")}]/`);
        expect(`[${formatIpv6(ip)}]`).toBe(url.hostname);
      }),
      { numRuns: 500 },
    );
  });

  it("comes back as the same bytes", () => {
    fc.assert(
      fc.property(fc.oneof(ipBytes, sparse), (ip) => {
        expect(parseIpv6(formatIpv6(ip))).toEqual(ip);
      }),
      { numRuns: 500 },
    );
  });

  it("is read exactly when Node takes it for an IPv6 address", () => {
    const piece = fc.constantFrom("::", ":", "0", "1", "abcd", "12345", "g", ".", "1.2.3.4", "256");
    const text = fc.oneof(
      fc.array(piece, { maxLength: 18 }).map((pieces) => pieces.join("")),
      fc
        .array(fc.constantFrom("0", "F0f", "1.2.3.4", ""), { maxLength: 9 })
        .map((g) => g.join(":")),
      fc.string({ maxLength: 50 }),
      fc.ipV6(),
    );
    let accepted = 0;
    fc.assert(
      fc.property(text, (candidate) => {
        const ip = parsed(candidate);
        expect(ip !== undefined).toBe(isIPv6(candidate) && !candidate.includes("%"));
        if (ip !== undefined) accepted++;
      }),
      { numRuns: 4_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it.each([
    ["::", "::"],
    ["1:0:0:2::", "1:0:0:2::"],
    ["0:0:1:0:0:0:0:0", "0:0:1::"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["1:2:3:0:5:6:7:8", "1:2:3:0:5:6:7:8"],
    ["::FFFF:1.2.3.4", "::ffff:102:304"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ])("reads %s and writes %s", (text, canonical) => {
    expect(formatIpv6(parseIpv6(text))).toBe(canonical);
  });

  it.each([
    ["", "1::2::3", "1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", ":::", "1:", ":1"],
    ["fe80::1%eth0", "[::1]", "::1/64", " ::1", "::1 ", "::01.2.3.4", "::1.2.3", "1.2.3.4::"],
    ["::1.2.3.256", "12345::", "::g", "::-1", "::+1", "::1.2.3.4:5", "::٣"],
  ])("refuses %s, %s, …", (...texts) => {
    for (const text of texts) expect(parsed(text), text).toBeUndefined();
  });
});
