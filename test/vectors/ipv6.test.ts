// SPDX-License-Identifier: GPL-3.0-or-later

// INET256 section 5: address → IPv6 → prefix and nbits, and what a prefix match is (section 2).

import {
  Address,
  checkPrefix,
  formatIpv6,
  ipv6OfAddress,
  matchesPrefix,
  parseIpv6,
  prefixOfIpv6,
} from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { bytes, damaged, expectToNotice, hex, readVectors } from "./support.js";

interface PrefixCase {
  readonly ipv6: string;
  readonly ipv6Hex: string;
  readonly nbits: number;
  readonly prefixHex: string;
}

interface MappingCase extends PrefixCase {
  readonly name: string;
  readonly addressHex: string;
  readonly leadingZeros: number;
}

interface MatchCase {
  readonly addressHex: string;
  readonly prefixHex: string;
  readonly nbits: number;
  readonly matches: boolean;
  readonly invalid?: string;
}

interface Ipv6Vectors {
  readonly cases: readonly MappingCase[];
  readonly fromIPv6: readonly PrefixCase[];
  readonly invalid: readonly { why: string; ipv6?: string; addressHex?: string }[];
  readonly hasPrefix: readonly MatchCase[];
}

const vectors = readVectors<Ipv6Vectors>("ipv6.json");
const badIpv6 = expect.objectContaining({ name: "IdentityError", code: "BAD_IPV6" });

function checkPrefixOf(vector: PrefixCase) {
  const ip = bytes(vector.ipv6Hex);
  expect(formatIpv6(ip)).toBe(vector.ipv6);
  expect(hex(parseIpv6(vector.ipv6))).toBe(vector.ipv6Hex);
  const { prefix, nbits } = prefixOfIpv6(ip);
  expect({ nbits, prefixHex: hex(prefix) }).toEqual({
    nbits: vector.nbits,
    prefixHex: vector.prefixHex,
  });
}

function checkMapping(vector: MappingCase) {
  const address = Address.fromBytes(bytes(vector.addressHex));
  expect(hex(ipv6OfAddress(address))).toBe(vector.ipv6Hex);
  expect(vector.nbits).toBe(vector.leadingZeros + 115);
  expect(address.hasPrefix(bytes(vector.prefixHex), vector.nbits)).toBe(true);
  checkPrefixOf(vector);
}

function checkMatch({ addressHex, prefixHex, nbits, matches, invalid }: MatchCase) {
  const [address, prefix] = [Address.fromBytes(bytes(addressHex)), bytes(prefixHex)];
  expect(matchesPrefix(address.bytes, prefix, nbits)).toBe(matches);
  expect(address.hasPrefix(prefix, nbits)).toBe(matches);
  const check = () => checkPrefix(prefix, nbits);
  if (invalid === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: "BAD_PREFIX" }));
}

describe("ipv6.json", () => {
  it("maps every address to IPv6 and back to a prefix", () => {
    expect(vectors.cases).toHaveLength(62);
    for (const vector of vectors.cases) checkMapping(vector);
  });

  it("gives the prefix of IPv6 addresses that belong to nobody", () => {
    expect(vectors.fromIPv6).toHaveLength(12);
    for (const vector of vectors.fromIPv6) checkPrefixOf(vector);
  });

  it.each(vectors.invalid)("refuses: $why ($ipv6$addressHex)", ({ ipv6, addressHex }) => {
    const map = () =>
      ipv6 === undefined
        ? ipv6OfAddress(Address.fromBytes(bytes(addressHex ?? "")))
        : prefixOfIpv6(parseIpv6(ipv6));
    expect(map).toThrow(badIpv6);
  });

  it("matches prefixes as the text says", () => {
    expect(vectors.hasPrefix).toHaveLength(16);
    for (const vector of vectors.hasPrefix) checkMatch(vector);
  });

  it("notices a damaged byte in any field", () => {
    for (const vector of vectors.cases) {
      expectToNotice(checkMapping, vector, ["ipv6Hex", "prefixHex"]);
      const inSuffix = damaged(vector, "addressHex", () => (vector.leadingZeros >> 3) + 2);
      expect(() => checkMapping(inSuffix)).toThrow();
    }
    for (const vector of vectors.fromIPv6) expectToNotice(checkPrefixOf, vector, ["ipv6Hex"]);
    const byte = vectors.hasPrefix.find(({ nbits, matches }) => nbits === 8 && matches);
    expect(byte).toBeDefined();
    if (byte !== undefined) expectToNotice(checkMatch, byte, ["prefixHex"]);
  });
});
