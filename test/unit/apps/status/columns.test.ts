// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { formatColumns } from "../../../../apps/src/status/columns.js";

describe("columns", () => {
  it("are as wide as their widest cell, and end no line with spaces", () => {
    const rows = [
      ["a", "1", "x"],
      ["bcd", "200", "yy"],
      ["e", "30"],
    ];
    expect(formatColumns(rows, ["left", "right", "left"])).toEqual([
      "a      1  x",
      "bcd  200  yy",
      "e     30",
    ]);
  });

  it("may have no rows", () => expect(formatColumns([], ["left"])).toEqual([]));
});
