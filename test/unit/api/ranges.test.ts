// SPDX-License-Identifier: GPL-3.0-or-later

// Numbers and times of requests: both ends of a range are inside it, and what is beyond is refused
// with a sentence that names the field.

import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { millisIn, numberIn, type Range } from "../../../server/src/api/ranges.js";

const COUNT: Range = { name: "count", least: 2, most: 100, usual: 4 };
const PAUSE: Range = { name: "interval", least: 10, most: 60_000, usual: 1_000 };

const refusal = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return [error.reason, error.message];
  }
};
const time = (seconds: bigint, nanos = 0) => create(DurationSchema, { seconds, nanos });

describe("a number", () => {
  it.each([
    [0, 4],
    [2, 2],
    [50, 50],
    [100, 100],
  ])("%d means %d", (given, meant) => {
    expect(numberIn(given, COUNT)).toBe(meant);
  });

  it.each([1, 101, 2 ** 32 - 1, -1])("%d is out of range", (given) => {
    expect(refusal(() => numberIn(given, COUNT))).toEqual([
      "BAD_REQUEST",
      `count: expected 2 to 100, got ${given}`,
    ]);
  });
});

describe("a time", () => {
  it.each([
    ["nothing", undefined, 1_000],
    ["the least", time(0n, 10_000_000), 10],
    ["seconds and a part of one", time(1n, 500_000_000), 1_500],
    ["a part of a millisecond", time(0n, 10_500_000), 10.5],
    ["the most", time(60n), 60_000],
  ])("%s", (_, given, meant) => {
    expect(millisIn(given, PAUSE)).toBe(meant);
  });

  it.each([
    ["none at all", time(0n), "0 s"],
    ["a nanosecond less", time(0n, 9_999_999), "0.009999999 s"],
    ["a millisecond more", time(60n, 1_000_000), "60.001 s"],
    ["before now", time(-1n), "-1 s"],
    ["for ever", time(2n ** 63n - 1n), "9223372036854776000 s"],
  ])("%s is out of range", (_, given, got) => {
    expect(refusal(() => millisIn(given, PAUSE))).toEqual([
      "BAD_REQUEST",
      `interval: expected 0.01 s to 60 s, got ${got}`,
    ]);
  });
});
