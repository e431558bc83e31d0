// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Cuts a stream of bytes into messages: one per line, which keeps its newline; a longer line than
 * fits into a message becomes several. Guards that the messages in order are the stream, byte for
 * byte, and that none is empty.
 */

const NEWLINE = 0x0a;

/** Cuts one stream. */
export interface LineCutter {
  /** The messages that these bytes complete. Each is valid until the next is asked for. */
  cut(chunk: Uint8Array): Generator<Uint8Array, void, undefined>;
  /** What is left at the end: a line without its newline; undefined when there is nothing. */
  rest(): Uint8Array | undefined;
}

/** A cutter of messages of at most `most` bytes. */
export function createLineCutter(most: number): LineCutter {
  const carry = Buffer.allocUnsafe(most);
  let carried = 0;

  return {
    *cut(chunk) {
      let newline = chunk.indexOf(NEWLINE);
      for (let at = 0; at < chunk.length; ) {
        if (newline >= 0 && newline < at) newline = chunk.indexOf(NEWLINE, at);
        const lineEnd = newline < 0 ? chunk.length : newline + 1;
        const end = Math.min(lineEnd, at + most - carried);
        const part = chunk.subarray(at, end);
        const whole = end - 1 === newline || carried + part.length === most;
        at = end;
        if (carried === 0 && whole) {
          yield part;
          continue;
        }
        carry.set(part, carried);
        carried += part.length;
        if (!whole) continue;
        const message = carry.subarray(0, carried);
        carried = 0;
        yield message;
      }
    },
    rest() {
      if (carried === 0) return undefined;
      const message = carry.subarray(0, carried);
      carried = 0;
      return message;
    },
  };
}
