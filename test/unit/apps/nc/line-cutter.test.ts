// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineCutter } from "../../../../apps/src/nc/line-cutter.js";

/** All messages of a stream that comes in these chunks. */
function cutAll(chunks: readonly Uint8Array[], most: number): Buffer[] {
  const cutter = createLineCutter(most);
  const messages: Buffer[] = [];
  for (const chunk of chunks) {
    for (const message of cutter.cut(chunk)) messages.push(Buffer.from(message));
  }
  const rest = cutter.rest();
  if (rest !== undefined) messages.push(Buffer.from(rest));
  return messages;
}

/** The slow and obvious twin: the whole stream at once. */
function naive(stream: Buffer, most: number): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const newline = stream.indexOf(0x0a, at);
    const end = newline < 0 ? stream.length : newline + 1;
    lines.push(stream.subarray(at, end));
    at = end;
  }
  return lines.flatMap((line) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < line.length; at += most) pieces.push(line.subarray(at, at + most));
    return pieces;
  });
}

const text = (messages: readonly Buffer[]): string[] => messages.map((m) => m.toString());

describe("the line cutter", () => {
  it("makes a message of each line, with its newline", () => {
    expect(text(cutAll([Buffer.from("a\n\nbc\n")], 10))).toEqual(["a\n", "\n", "bc\n"]);
  });

  it("keeps the last line without a newline", () => {
    expect(text(cutAll([Buffer.from("a\nb")], 10))).toEqual(["a\n", "b"]);
  });

  it("puts a line together that comes in parts", () => {
    const chunks = ["he", "ll", "o\nw", "", "orld\n"].map((part) => Buffer.from(part));
    expect(text(cutAll(chunks, 10))).toEqual(["hello\n", "world\n"]);
  });

  it("cuts a line that is longer than a message", () => {
    expect(text(cutAll([Buffer.from("abcdefgh\n")], 4))).toEqual(["abcd", "efgh", "\n"]);
    expect(text(cutAll([Buffer.from("abc\nabcd\n")], 4))).toEqual(["abc\n", "abcd", "\n"]);
  });

  it("makes nothing of nothing", () => {
    expect(cutAll([], 4)).toEqual([]);
    expect(cutAll([Buffer.alloc(0)], 4)).toEqual([]);
  });

  it("does as its naive twin does, however the stream is broken into chunks", () => {
    const byte = fc.oneof(fc.constant(0x0a), fc.nat(255));
    const chunk = fc.uint8Array({ maxLength: 40 });
    const lines = fc.array(byte, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));
    const chunks = fc.array(fc.oneof(chunk, lines), { maxLength: 20 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 20 }), (parts, most) => {
        expect(cutAll(parts, most)).toEqual(naive(Buffer.concat(parts), most));
      }),
      { numRuns: 500 },
    );
  });
});
