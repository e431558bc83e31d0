// SPDX-License-Identifier: GPL-3.0-or-later

// How far the daemon's heap may grow, and that this is looked at again whenever V8 has marked it.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  growthPercent,
  letSmallHeapGrow,
  SMALL_HEAP_BYTES,
} from "../../../../apps/src/daemon/collector.js";
import { until } from "../../../support/until.js";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

describe("the heap", () => {
  it("may grow to three times its size while it is small, and as V8 likes beyond", () => {
    expect([0, SMALL_HEAP_BYTES - 1, SMALL_HEAP_BYTES, 2 ** 33].map(growthPercent)).toEqual([
      200, 200, 0, 0,
    ]);
  });

  it("is looked at at the start and after each marking; V8 is told what changes", async () => {
    const told: string[] = [];
    let usedBytes = 1;
    let asked = 0;
    letSmallHeapGrow({
      usedBytes() {
        asked += 1;
        return usedBytes;
      },
      setFlag: (flag) => void told.push(flag),
    });
    const collected = async (): Promise<void> => {
      const before = asked;
      collect();
      await until("it has been looked at", () => asked > before);
    };
    expect(told).toEqual(["--heap-growing-percent=200"]);
    await collected();
    expect(told).toHaveLength(1);
    usedBytes = SMALL_HEAP_BYTES;
    await collected();
    usedBytes = 1;
    await collected();
    expect(told.slice(1)).toEqual(["--heap-growing-percent=0", "--heap-growing-percent=200"]);
  });
});
