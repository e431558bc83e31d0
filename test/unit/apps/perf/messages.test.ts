// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createMessageWriter,
  decodeReport,
  encodeReport,
  HEADER_BYTES,
  isIntact,
  isOfRun,
  KIND,
  kindOf,
  numberOf,
  runOf,
} from "../../../../apps/src/perf/messages.js";

const RUN = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe("messages of a measurement", () => {
  it("have the layout that is written down", () => {
    const message = Buffer.from(createMessageWriter(RUN, KIND.data, 34).write(0x0102030405));
    expect(message.subarray(0, 8).toString("ascii")).toBe("inet256m");
    expect(message.subarray(8, 12).toString("hex")).toBe("01030000");
    expect(message.subarray(16, 24)).toEqual(Buffer.from(RUN));
    expect(message.subarray(24, 32).toString("hex")).toBe("0504030201000000");
    expect(message.subarray(32).toString("hex")).toBe("2021");
  });

  it("say what was written, at any size and number", () => {
    const kind = fc.constantFrom(...Object.values(KIND));
    const size = fc.oneof(
      fc.integer({ min: HEADER_BYTES, max: 600 }),
      fc.integer({ min: HEADER_BYTES, max: 65_535 }),
    );
    fc.assert(
      fc.property(kind, size, fc.integer({ min: 0, max: 2 ** 52 }), (k, bytes, number) => {
        const message = createMessageWriter(RUN, k, bytes).write(number);
        expect(message).toHaveLength(bytes);
        expect(kindOf(message)).toBe(k);
        expect(numberOf(message)).toBe(number);
        expect(isOfRun(message, RUN)).toBe(true);
        expect(runOf(message)).toEqual(RUN);
        expect(isIntact(message)).toBe(true);
      }),
    );
  });

  it.each([HEADER_BYTES, 64, 256, 257, 1000])(
    "show every flipped bit behind the kind: %d bytes",
    (size) => {
      const good = createMessageWriter(RUN, KIND.data, size).write(12_345);
      for (let bit = 12 * 8; bit < size * 8; bit++) {
        const bad = Uint8Array.from(good);
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isIntact(bad), `bit ${bit}`).toBe(false);
      }
    },
  );

  it("are told apart from anything else, which never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(kindOf(bytes)).toBe(0);
      }),
    );
    const message = createMessageWriter(RUN, KIND.data, HEADER_BYTES).write(1);
    expect(kindOf(message.subarray(0, HEADER_BYTES - 1))).toBe(0);
    for (const [at, value] of [
      [8, 2],
      [9, 0],
      [9, 7],
    ] as const) {
      const other = Uint8Array.from(message);
      other[at] = value;
      expect(kindOf(other)).toBe(0);
    }
  });

  it("carry reports, and nothing is a report that is not JSON", () => {
    const report = encodeReport(RUN, 7, { received: 3 });
    expect(kindOf(report)).toBe(KIND.report);
    expect(numberOf(report)).toBe(7);
    expect(decodeReport(report)).toEqual({ received: 3 });
    expect(decodeReport(report.subarray(0, report.length - 1))).toBeUndefined();
  });
});
