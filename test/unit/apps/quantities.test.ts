// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatMany,
  formatMicros,
  formatPercent,
  formatTable,
  formatUptime,
} from "../../../apps/src/quantities.js";

describe("quantities", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [1400, "1.40 kB"],
    [65_535, "65.5 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [123e6, "123 MB"],
    [5e15, "5.00e+3 TB"],
  ])("writes %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, "0 µs"],
    [57.6, "58 µs"],
    [1234, "1.23 ms"],
    [999_600, "1.00 s"],
    [61e6, "61.00 s"],
  ])("writes %d µs as %s", (micros, text) => expect(formatMicros(micros)).toBe(text));

  it.each([
    [0, 0, "0%"],
    [0, 5, "0%"],
    [5, 5, "100%"],
    [1, 3, "33.3%"],
    [1, 2, "50%"],
    [1, 2000, "0.05%"],
    [1, 1e9, "0.001%"],
    [999_999, 1e6, "99.9%"],
  ])("writes %d of %d as %s", (part, whole, text) => {
    expect(formatPercent(part, whole)).toBe(text);
  });

  it.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_661_000, "1 h 1 min"],
    [90_000_000, "1 d 1 h"],
  ])("writes %d ms as %s", (ms, text) => expect(formatUptime(ms)).toBe(text));

  it("counts one and many", () => {
    expect(formatMany(1, "message")).toBe("1 message");
    expect(formatMany(1234, "message")).toBe("1,234 messages");
  });

  it("aligns tables", () => {
    expect(
      formatTable(
        [
          ["a", "1"],
          ["bcd", "2"],
        ],
        " ",
      ),
    ).toEqual([" a    1", " bcd  2"]);
    expect(formatTable([])).toEqual([]);
  });
});
