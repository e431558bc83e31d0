// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearestName } from "../../../server/src/config/nearest.js";

const KNOWN = ["private_key_path", "api_endpoint", "log", "crypto", "limits"];

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "acb", 1],
    ["abc", "abcd", 1],
    ["abc", "bc", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("of %j and %j", (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it("is symmetric, zero for the same alone, and at most the longer length", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("nearestName", () => {
  it.each([
    ["crypot", "crypto"],
    ["limit", "limits"],
    ["logs", "log"],
    ["api-endpoint", "api_endpoint"],
    ["privateKeyPath", "private_key_path"],
    ["private_key", "private_key_path"],
    ["PRIVATE_KEY_PATH", "private_key_path"],
    ["api_endpoint_path", "api_endpoint"],
    ["logging", "log"],
  ])("%s means %s", (name, meant) => {
    expect(nearestName(name, KNOWN)).toBe(meant);
  });

  it.each(["peers", "x", "", "_", "ab", "network", "li"])("%j means nothing known", (name) => {
    expect(nearestName(name, KNOWN)).toBeUndefined();
  });
});
