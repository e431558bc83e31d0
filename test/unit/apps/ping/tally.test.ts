// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createPingMessages, PING_BYTES } from "../../../../apps/src/ping/message.js";
import { createTally } from "../../../../apps/src/ping/tally.js";

const RUN = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
const MS = 1_000_000n;

function begin(size = 64) {
  return createTally(createPingMessages(RUN, size));
}

describe("ping messages", () => {
  it("have the layout that is written down", () => {
    const message = Buffer.from(
      createPingMessages(RUN, 40).encode(0x01020304, 0x1122334455667788n),
    );
    expect(message.subarray(0, 8).toString("ascii")).toBe("inet256p");
    expect(message.subarray(8, 24)).toEqual(Buffer.from(RUN));
    expect(message.subarray(24, 28).toString("hex")).toBe("04030201");
    expect(message.subarray(28, 36).toString("hex")).toBe("8877665544332211");
    expect(message.subarray(36).toString("hex")).toBe("24252627");
  });

  it.each([PING_BYTES, 64, 65_535])("have any size: %d", (size) => {
    expect(createPingMessages(RUN, size).encode(1, 0n)).toHaveLength(size);
  });
});

describe("a tally of pings", () => {
  it("counts a reply once, whatever comes again is a duplicate", () => {
    const tally = begin();
    const reply = Uint8Array.from(tally.next(5n * MS).payload);
    expect(tally.arrived(reply, 7n * MS)).toEqual({ kind: "reply", number: 1, rttMs: 2 });
    expect(tally.arrived(reply, 9n * MS)).toEqual({ kind: "duplicate", number: 1, rttMs: 4 });
    expect(tally.statistics).toMatchObject({ transmitted: 1, received: 1, duplicates: 1 });
  });

  it("finds every flipped byte behind the run corrupted", () => {
    for (let at = 24; at < 64; at++) {
      const tally = begin();
      const reply = Uint8Array.from(tally.next(0n).payload);
      reply[at] = (reply[at] ?? 0) ^ 1;
      expect(tally.arrived(reply, MS).kind, `byte ${at}`).toBe("corrupted");
      expect(tally.statistics).toMatchObject({ received: 0, corrupted: 1 });
    }
  });

  it("finds a reply that is cut or longer corrupted", () => {
    const tally = begin();
    const { payload } = tally.next(0n);
    const longer = Uint8Array.from([...payload, 64]);
    expect(tally.arrived(longer.subarray(0, 63), MS).kind).toBe("corrupted");
    expect(tally.arrived(longer, MS).kind).toBe("corrupted");
  });

  it("leaves other runs and other messages alone", () => {
    const tally = begin();
    const other = createPingMessages(Uint8Array.from(RUN).reverse(), 64);
    tally.next(0n);
    expect(tally.arrived(other.encode(1, 0n), MS).kind).toBe("foreign");
    expect(tally.arrived(Buffer.from("inet256p"), MS).kind).toBe("foreign");
    expect(tally.arrived(new Uint8Array(0), MS).kind).toBe("foreign");
    expect(tally.statistics).toMatchObject({ received: 0, corrupted: 0, duplicates: 0 });
  });

  it("has minimum, mean, maximum and deviation of the round trips", () => {
    const tally = begin();
    for (const rtt of [1n, 2n, 6n]) {
      const reply = Uint8Array.from(tally.next(0n).payload);
      tally.arrived(reply, rtt * MS);
    }
    const { rtt } = tally.statistics;
    expect(rtt).toMatchObject({ min: 1, avg: 3, max: 6 });
    expect(rtt?.mdev).toBeCloseTo(Math.sqrt(14 / 3), 10);
  });

  it("has no round trips before the first reply", () => {
    expect(begin().statistics.rtt).toBeUndefined();
  });
});
