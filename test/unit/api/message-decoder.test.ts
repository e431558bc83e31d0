// SPDX-License-Identifier: GPL-3.0-or-later

// Messages of gRPC out of bytes that come in pieces, and the memory they lie in.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHUNK_BYTES } from "../../../server/src/api/chunk-memory.js";
import { FRAME_BYTES, MAX_RECEIVE_BYTES } from "../../../server/src/api/constants.js";
import { createMessageDecoder, giveMessage } from "../../../server/src/api/message-decoder.js";

function framed(length: number, fill = length): Buffer {
  const message = Buffer.alloc(FRAME_BYTES + length, fill % 251);
  message[0] = fill % 2;
  message.writeUInt32BE(length, 1);
  return message;
}

/** What comes out when `bytes` come in pieces of these sizes, again and again. */
function decoded(bytes: Buffer, sizes: readonly number[], most = MAX_RECEIVE_BYTES): Buffer[] {
  const decoder = createMessageDecoder(most);
  const messages: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (sizes[i % sizes.length] ?? 1);
    messages.push(...decoder.write(bytes.subarray(at, end)));
    at = end;
  }
  return messages;
}

const large = framed(200_000);

describe("createMessageDecoder", () => {
  it("finds every message, however its bytes come", () => {
    const length = fc.oneof(
      fc.nat(20),
      fc.constantFrom(65_530, 65_531, 65_532, 100_000, CHUNK_BYTES - FRAME_BYTES, CHUNK_BYTES),
    );
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(16_384)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(length, { maxLength: 8 }), sizes, (lengths, cuts) => {
        const sent = lengths.map(framed);
        const heard = decoded(Buffer.concat(sent), cuts);
        expect(heard.length).toBe(sent.length);
        for (const [i, message] of heard.entries()) {
          expect(sent[i]?.equals(message)).toBe(true);
          giveMessage(message);
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each([1, 4, 5, 6, 1_000])("takes none that is too long, nor what comes after: %i", (size) => {
    const decoder = createMessageDecoder(100);
    expect(decoder.write(framed(100)).length).toBe(1);
    const bytes = Buffer.concat([framed(101), framed(1)]);
    const write = (): void => {
      for (let at = 0; at < bytes.length; at += size) decoder.write(bytes.subarray(at, at + size));
    };
    expect(write).toThrow("a message of 101 bytes is too long, at most 100 are taken");
    expect(decoder.write(bytes)).toEqual([]);
  });

  it("uses the memory of a large message again once it is given back, and only then", () => {
    const [first, second] = decoded(Buffer.concat([large, large]), [large.length]);
    expect(first?.buffer).not.toBe(second?.buffer);
    expect(first?.buffer.byteLength).toBe(CHUNK_BYTES);
    if (first === undefined || second === undefined) throw new Error("not there");
    // Twice, and a part of it: as much as once.
    for (const each of [first, first.subarray(FRAME_BYTES)]) giveMessage(each);
    const [third, fourth] = decoded(Buffer.concat([large, large]), [large.length]);
    expect(third?.buffer).toBe(first.buffer);
    expect(fourth?.buffer).not.toBe(first.buffer);
    expect(second.equals(large)).toBe(true);
  });

  it("leaves small ones to V8, who may keep them", () => {
    const [small] = decoded(framed(60_000), [16_384]);
    if (small === undefined) throw new Error("not there");
    giveMessage(small);
    const others = decoded(Buffer.concat(Array.from({ length: 100 }, () => large)), [16_384]);
    expect(others.some(({ buffer }) => buffer === small.buffer)).toBe(false);
    expect(small.equals(framed(60_000))).toBe(true);
  });

  it("takes no memory for what was only announced", () => {
    const before = process.memoryUsage().arrayBuffers;
    const start = large.subarray(0, 10);
    const decoders = Array.from({ length: 1_000 }, () => createMessageDecoder(MAX_RECEIVE_BYTES));
    for (const decoder of decoders) expect(decoder.write(start)).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * CHUNK_BYTES);
  });
});
