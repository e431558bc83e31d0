// SPDX-License-Identifier: GPL-3.0-or-later

// Every frame: what is written is read again, what is not valid drops its datagram whole, and
// nothing that comes in makes a decoder throw or read past the end.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameDispatch, type FrameSink } from "../../../../server/src/link/frame-dispatch.js";
import { type AckFields, writeAck } from "../../../../server/src/link/frames/ack-frame.js";
import { encodeRefusal, writeClose } from "../../../../server/src/link/frames/close-frame.js";
import { writeControlAck } from "../../../../server/src/link/frames/control-ack-frame.js";
import { writeControl } from "../../../../server/src/link/frames/control-frame.js";
import { fragmentBytes, writeFragment } from "../../../../server/src/link/frames/fragment-frame.js";
import { PATH_CHALLENGE, PATH_RESPONSE } from "../../../../server/src/link/frames/frame-types.js";
import { writeHello } from "../../../../server/src/link/frames/hello-frame.js";
import { packetFrameBytes, writePacket } from "../../../../server/src/link/frames/packet-frame.js";
import { writePath } from "../../../../server/src/link/frames/path-frame.js";
import { createFrameValidator } from "../../../../server/src/link/frames/valid-frames.js";
import { createSeededRandom, type SeededRandom } from "../../../support/seeded-random.js";

type Seen = readonly [string, ...unknown[]];

/** What a plaintext says, frame by frame; undefined when it is not valid. */
function decode(plaintext: Uint8Array): { seen: Seen[]; verdict: number } {
  const seen: Seen[] = [];
  const copy = (buffer: Uint8Array, at: number, length: number) => [
    ...buffer.subarray(at, at + length),
  ];
  const sink: FrameSink = {
    packet: (buffer, at, length) => void seen.push(["packet", copy(buffer, at, length)]),
    fragment: ({ id, offset, total, at, length }, buffer) =>
      void seen.push(["fragment", id, offset, total, copy(buffer, at, length)]),
    control: ({ numbering, sequence, more, at, length }, buffer) =>
      void seen.push(["control", numbering, sequence, more, copy(buffer, at, length)]),
    controlAck: ({ numbering, next }) => void seen.push(["controlAck", numbering, next]),
    challenge: (buffer, at) => void seen.push(["challenge", copy(buffer, at, 8)]),
    response: (buffer, at) => void seen.push(["response", copy(buffer, at, 8)]),
    ack: ({ index, delayMicros, ranges, lows, highs }) =>
      void seen.push([
        "ack",
        index,
        delayMicros,
        [...highs.subarray(0, ranges)],
        [...lows.subarray(0, ranges)],
      ]),
    hello: ({ version, tagAt, linkNumber, windowBytes }, buffer) =>
      void seen.push(["hello", version, copy(buffer, tagAt, 32), linkNumber, windowBytes]),
    close: (reason) => void seen.push(["close", reason]),
    listening: () => true,
  };
  // Surrounded by other bytes, so that whatever is read beyond the end shows.
  const buffer = new Uint8Array(plaintext.length + 40).fill(0x01);
  buffer.set(plaintext, 20);
  const verdict = createFrameValidator().verdict(buffer, 20, plaintext.length);
  if (verdict >= 0) createFrameDispatch(sink)(buffer, 20, plaintext.length);
  return { seen, verdict };
}

const out = new Uint8Array(200_000);

/** A random frame of a random kind at `at`: where it ends, what it says. */
function writeAny(random: SeededRandom, at: number): [number, Seen] {
  const body = random.bytes(random.below(80));
  switch (random.below(9)) {
    case 0:
      return [writePacket(out, at, body, 0, body.length), ["packet", [...body]]];
    case 1: {
      const offset = random.below(60_000);
      const piece = random.bytes(1 + random.below(80));
      const total = Math.min(69_632, offset + piece.length + random.below(9_000));
      const fields = { id: random.u32(), offset, total, at: 0, length: piece.length };
      const end = writeFragment(out, at, fields, piece);
      return [end, ["fragment", fields.id, offset, total, [...piece]]];
    }
    case 2: {
      const [numbering, sequence, more] = [random.u32(), random.below(2 ** 40), random.oneIn(2)];
      const end = writeControl(out, at, numbering, sequence, more, body);
      return [end, ["control", numbering, sequence, more, [...body]]];
    }
    case 3: {
      const [numbering, next] = [random.u32(), random.below(2 ** 50)];
      return [writeControlAck(out, at, numbering, next), ["controlAck", numbering, next]];
    }
    case 4:
    case 5: {
      const challenge = random.oneIn(2);
      const data = random.bytes(8);
      const end = writePath(out, at, challenge ? PATH_CHALLENGE : PATH_RESPONSE, data, 0);
      return [end, [challenge ? "challenge" : "response", [...data]]];
    }
    case 6:
      return writeAnyAck(random, at);
    case 7: {
      const [tag, number, window] = [random.bytes(32), random.u32(), random.below(2 ** 30)];
      return [writeHello(out, at, 1, tag, number, window), ["hello", 1, [...tag], number, window]];
    }
    default: {
      const reason = random.pick(["unknown", "refused", "other-network", "shutting-down"] as const);
      return [writeClose(out, at, reason), ["close", reason]];
    }
  }
}

function writeAnyAck(random: SeededRandom, at: number): [number, Seen] {
  const ranges = 1 + random.below(32);
  const lows = new Float64Array(32);
  const highs = new Float64Array(32);
  let place = 2 ** 40 + random.below(1000);
  for (let i = 0; i < ranges; i++) {
    highs[i] = place;
    lows[i] = place - random.below(300);
    place = (lows[i] ?? 0) - 2 - random.below(300);
  }
  const fields: AckFields = { index: random.u32(), delayMicros: 77, ranges, lows, highs };
  const seen: Seen = [
    "ack",
    fields.index,
    77,
    [...highs.subarray(0, ranges)],
    [...lows.subarray(0, ranges)],
  ];
  return [writeAck(out, at, fields), seen];
}

describe("frames", () => {
  it("say what was written, any number of them in a row", () => {
    const random = createSeededRandom(5);
    for (let round = 0; round < 2_000; round++) {
      const expected: Seen[] = [];
      let end = 0;
      for (let i = random.below(6); i >= 0; i--) {
        const [after, seen] = writeAny(random, end);
        expected.push(seen);
        end = after;
      }
      const padding = random.below(20);
      out.fill(0, end, end + padding);
      expect(decode(out.slice(0, end + padding)).seen).toEqual(expected);
    }
  });

  it("cut short or changed anywhere either fail as a whole or are frames, and never throw", () => {
    const runs = Number(process.env["FUZZ_INPUTS"] ?? 20_000);
    const random = createSeededRandom(6);
    let invalid = 0;
    for (let round = 0; round < runs; round++) {
      let end = 0;
      for (let i = random.below(3); i >= 0; i--) end = writeAny(random, end)[0];
      const bytes = out.slice(0, end);
      if (random.oneIn(3)) bytes.fill(random.u32(), random.below(end));
      else if (random.oneIn(2)) bytes[random.below(end)] = random.u32();
      const cut = random.oneIn(3) ? bytes.slice(0, random.below(end)) : bytes;
      const { verdict, seen } = decode(random.oneIn(10) ? random.bytes(random.below(60)) : cut);
      if (verdict === -1) {
        invalid += 1;
        expect(seen).toEqual([]);
      }
    }
    expect(invalid).toBeGreaterThan(runs / 10);
    expect(invalid).toBeLessThan(runs);
  });

  it("are nothing at all in a keepalive", () => {
    expect(decode(new Uint8Array(0))).toEqual({ seen: [], verdict: 0 });
  });

  it("after an invalid one have no effect, nor have those before it", () => {
    const good = [0x01, 2, 5, 6];
    expect(decode(Uint8Array.from([...good, 0x05, 1, 9])).seen).toEqual([]);
    expect(decode(Uint8Array.from([0x05, 1, 9, ...good])).seen).toEqual([]);
    expect(decode(Uint8Array.from(good)).seen).toEqual([["packet", [5, 6]]]);
  });

  it("of unknown types are skipped from 0x40 on, and drop the datagram below", () => {
    const good = [0x01, 1, 5];
    expect(decode(Uint8Array.from([0x40, 2, 1, 1, ...good]))).toEqual({
      seen: [["packet", [5]]],
      verdict: 1,
    });
    expect(decode(Uint8Array.from([0xff, 0, ...good])).seen).toHaveLength(1);
    for (const type of [0x0b, 0x20, 0x3f]) {
      expect(decode(Uint8Array.from([...good, type, 0])).verdict).toBe(-1);
    }
  });

  it("ask for an acknowledgement unless they are acknowledgements or a farewell", () => {
    expect(decode(encodeRefusal())).toEqual({ seen: [["close", "refused"]], verdict: 0 });
    const end = writeAnyAck(createSeededRandom(1), 0)[0];
    expect(decode(out.slice(0, end)).verdict).toBe(0);
    expect(decode(Uint8Array.from([0x0a, 0, 0, 0, 0])).verdict).toBe(1);
    expect(decode(Uint8Array.from([0x0a, 1, 0])).verdict).toBe(-1);
  });

  it("name lengths of whole packets, not of 16 bits", () => {
    const packet = new Uint8Array(69_632).fill(3);
    const end = writePacket(out, 0, packet, 0, packet.length);
    expect(end).toBe(packetFrameBytes(69_632));
    expect(decode(out.slice(0, end)).seen).toEqual([["packet", [...packet]]]);
    const longer = new Uint8Array(69_633);
    const over = writePacket(out, 0, longer, 0, longer.length);
    expect(decode(out.slice(0, over)).verdict).toBe(-1);
  });

  it("that are fragments fill their room and no more", () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.nat(69_631), (room, offset) => {
        const total = 69_632;
        const length = fragmentBytes(room, offset, total);
        if (length === 0) return;
        const piece = new Uint8Array(length);
        const end = writeFragment(out, 0, { id: 1, offset, total, at: 0, length }, piece);
        expect(end).toBeLessThanOrEqual(room);
        if (length < total - offset) expect(end).toBeGreaterThanOrEqual(room - 2);
      }),
    );
  });

  it("that are fragments beyond their packet are invalid", () => {
    const piece = new Uint8Array(10);
    for (const [offset, total] of [
      [1, 10],
      [0, 9],
      [69_630, 69_640],
    ] as const) {
      const end = writeFragment(out, 0, { id: 1, offset, total, at: 0, length: 10 }, piece);
      expect(decode(out.slice(0, end)).verdict).toBe(-1);
    }
  });
});
