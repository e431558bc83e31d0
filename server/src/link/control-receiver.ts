// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Control messages from the neighbour: pieces in any order and any number of times, messages in
 * order and once per incarnation of the peer. Bounded: a window of pieces and one message.
 */
import { CONTROL_WINDOW_PIECES, MAX_CONTROL_BYTES } from "./constants.js";
import { copyBytes, copyOf } from "./copy-bytes.js";
import type { ControlFields } from "./frames/control-frame.js";

/** Is handed a whole message, valid during the call. */
export type ControlSink = (buffer: Uint8Array, at: number, length: number, nowMs: number) => void;

/** The receiving half of control messages. */
export interface ControlReceiver {
  /** Takes a piece whose bytes stand in `buffer`. */
  add(fields: Readonly<ControlFields>, buffer: Uint8Array, nowMs: number): void;
  /** The piece that is expected next. */
  next(): number;
  /** Messages dropped because they were too long. */
  tooLong(): number;
  /** Forgets everything, and counts from 0 again. */
  reset(): void;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly more: boolean;
}

/** Nothing received. */
export function createControlReceiver(deliver: ControlSink): ControlReceiver {
  const early = new Map<number, Piece>();
  const state = { next: 0, tooLong: 0, length: 0, parted: false };
  let message = new Uint8Array(0);

  const grow = (needed: number): void => {
    const larger = new Uint8Array(
      Math.min(MAX_CONTROL_BYTES, Math.max(needed, 2 * message.length)),
    );
    larger.set(message.subarray(0, state.length));
    message = larger;
  };
  const finish = (buffer: Uint8Array, at: number, length: number, nowMs: number): void => {
    if (length > MAX_CONTROL_BYTES) state.tooLong += 1;
    else deliver(buffer, at, length, nowMs);
  };
  // The next piece in order. What is delivered may reset everything.
  const take = (buffer: Uint8Array, at: number, length: number, more: boolean, nowMs: number) => {
    state.next += 1;
    if (!more && !state.parted) {
      finish(buffer, at, length, nowMs);
      return;
    }
    const together = state.length + length;
    if (together <= MAX_CONTROL_BYTES) {
      if (together > message.length) grow(together);
      copyBytes(buffer, at, length, message, state.length);
    }
    state.length = together;
    state.parted = more;
    if (more) return;
    const whole = message;
    message = new Uint8Array(0);
    state.length = 0;
    finish(whole, 0, together, nowMs);
  };

  return {
    add(fields, buffer, nowMs) {
      const { sequence, at, length, more } = fields;
      if (sequence < state.next || sequence >= state.next + CONTROL_WINDOW_PIECES) return;
      if (sequence > state.next) {
        if (!early.has(sequence)) {
          early.set(sequence, { bytes: copyOf(buffer, at, length), more });
        }
        return;
      }
      take(buffer, at, length, more, nowMs);
      for (let piece = early.get(state.next); piece !== undefined; piece = early.get(state.next)) {
        early.delete(state.next);
        take(piece.bytes, 0, piece.bytes.length, piece.more, nowMs);
      }
    },
    next() {
      return state.next;
    },
    tooLong() {
      return state.tooLong;
    },
    reset() {
      early.clear();
      message = new Uint8Array(0);
      state.next = 0;
      state.length = 0;
      state.parted = false;
    },
  };
}
