// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSize, gib, kib, mib, parseSize } from "../../../server/src/config/sizes.js";

describe("parseSize", () => {
  it.each([
    ["0", 0],
    ["65536", 65_536],
    ["7B", 7],
    ["7 B", 7],
    ["512KiB", 524_288],
    ["4MiB", 4_194_304],
    ["4 MiB", 4_194_304],
    ["1GiB", 1_073_741_824],
    ["3KB", 3_000],
    ["256MB", 256_000_000],
    ["2GB", 2_000_000_000],
  ])("reads %s", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    "",
    " ",
    "MiB",
    "-1",
    "+1",
    "1.5GiB",
    "4M",
    "4mib",
    "4MIB",
    "4  MiB",
    " 4MiB",
    "4MiB ",
    "4MiB\n",
    "1_000",
    "1,000",
    "0x10",
    "1e3",
    "٤MiB",
    "12345678901234567",
  ])("refuses %j", (text) => {
    expect(parseSize(text)).toBeNaN();
  });
});

describe("formatSize", () => {
  it.each([
    [0, "0"],
    [1, "1"],
    [1_000, "1000"],
    [kib(1), "1KiB"],
    [kib(1) + 1, "1025"],
    [mib(1.5), "1536KiB"],
    [mib(64), "64MiB"],
    [gib(64), "64GiB"],
  ])("writes %d", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it("is undone by parseSize", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(1, kib(1), mib(1), gib(1)), (count, unit) => {
        const bytes = Math.floor(count / unit) * unit;
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});
