// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  DESTINATION_AT,
  HEADER_BYTES,
  headerLength,
  hopLimit,
  SOURCE_AT,
  takeHop,
  writeHeader,
} from "../../../server/src/network/header.js";
import { HEADROOM_BYTES } from "../../../server/src/network/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const destination = new Uint8Array(32).fill(0xd0);
const source = new Uint8Array(32).fill(0x50);

function written(location: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(5_000);
  const at = writeHeader(buffer, 4_500, 3, destination, source, location);
  return buffer.slice(at, 4_510);
}

describe("the routing header", () => {
  it("stands before the payload, with what was put in", () => {
    const packet = written(new Uint8Array(0));
    expect(packet.length).toBe(HEADER_BYTES + 10);
    expect(headerLength(packet, 0, packet.length)).toBe(70);
    expect(packet.subarray(DESTINATION_AT, SOURCE_AT)).toEqual(destination);
    expect(packet.subarray(SOURCE_AT, HEADER_BYTES)).toEqual(source);
    expect([...packet.subarray(0, 6)]).toEqual([1, 3, 0, 0, 70, 0]);
  });

  it("holds a location up to the headroom", () => {
    const most = HEADROOM_BYTES - HEADER_BYTES;
    for (const bytes of [1, 385, most]) {
      const packet = written(new Uint8Array(bytes).fill(9));
      expect(headerLength(packet, 0, packet.length)).toBe(70 + bytes);
    }
    const packet = written(new Uint8Array(most + 1));
    expect(headerLength(packet, 0, packet.length)).toBe(0);
  });

  it("is refused when anything is not as it should be", () => {
    const changes: readonly (readonly [at: number, value: number])[] = [
      [0, 0],
      [0, 2],
      [1, 0],
      [2, 1],
      [2, 2],
      [2, 255],
      [3, 1],
      [4, 69],
      [4, 71],
      [4, 81],
      [5, 1],
    ];
    for (const [at, value] of changes) {
      const packet = written(new Uint8Array(0));
      packet[at] = value;
      const refused = headerLength(packet, 0, packet.length) === 0;
      expect(refused, `byte ${at} is ${value}`).toBe(true);
    }
    for (let length = 0; length < HEADER_BYTES; length++) {
      expect(headerLength(written(new Uint8Array(0)), 0, length)).toBe(0);
    }
  });

  it("an introduction without a location, or a location without its flag, is refused", () => {
    const introduced = written(new Uint8Array(5));
    introduced[2] = 0;
    expect(headerLength(introduced, 0, introduced.length)).toBe(0);
  });

  it("counts hops down to the last", () => {
    const packet = written(new Uint8Array(0));
    expect([takeHop(packet, 0, 64), takeHop(packet, 0, 64), takeHop(packet, 0, 64)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(hopLimit(packet, 0)).toBe(1);
  });

  it("never names more bytes than there are", () => {
    const random = createSeededRandom(3);
    for (let i = 0; i < 20_000; i++) {
      const packet = random.oneIn(2) ? random.bytes(random.below(120)) : written(random.bytes(9));
      for (let times = random.below(4); times > 0; times--) packet[random.below(6)] = random.u32();
      const bytes = headerLength(packet, 0, packet.length);
      expect(bytes).toBeLessThanOrEqual(packet.length);
    }
  });
});
