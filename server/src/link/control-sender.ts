// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Control messages on their way to the neighbour: cut into pieces, numbered, sent again until they
 * are acknowledged. The numbering belongs to the peer's incarnation, not to a session (rule
 * L4). Invariant: pieces become free in order, and at most a window of them is under way.
 */
import {
  CONTROL_PIECE_BYTES,
  CONTROL_QUEUE_BYTES,
  CONTROL_QUEUE_PIECES,
  CONTROL_RETRY_MAX_MS,
  CONTROL_RETRY_MIN_MS,
  CONTROL_WINDOW_PIECES,
} from "./constants.js";
import { copyOf } from "./copy-bytes.js";

/** A piece of a message. */
export interface ControlPiece {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Whether more pieces of the message follow. */
  readonly more: boolean;
  /** How often it has been sent, and when last. */
  sent: number;
  sentMs: number;
}

/** The sending half of control messages. */
export interface ControlSender {
  /** Takes a copy of a message; false when too much waits already. */
  push(message: Uint8Array): boolean;
  /** The first piece from `sequence` on that is to be sent now; undefined when there is none. */
  due(sequence: number, retryMs: number, nowMs: number): ControlPiece | undefined;
  /** Notes that it was sent. */
  sent(piece: ControlPiece, nowMs: number): void;
  /** Every piece below `next` has arrived; a number never sent is ignored. */
  acknowledged(next: number): void;
  /** When the next piece is due at the latest; -1 when none waits. */
  nextMs(retryMs: number, nowMs: number): number;
  /** Bytes that wait or are unacknowledged. */
  bytes(): number;
  /** Whether nothing waits; an empty message has no bytes. */
  idle(): boolean;
  /** Pieces sent more than once, since the start. */
  retransmitted(): number;
  /** Forgets everything, and counts from 0 again. */
  reset(): void;
}

/** Nothing to send. */
export function createControlSender(): ControlSender {
  let pieces: ControlPiece[] = [];
  const state = { next: 0, bytes: 0, retransmitted: 0 };

  const dueMs = (piece: ControlPiece, retryMs: number): number => {
    if (piece.sent === 0) return 0;
    const patience = Math.max(retryMs, CONTROL_RETRY_MIN_MS) * 2 ** Math.min(piece.sent - 1, 10);
    return piece.sentMs + Math.min(patience, CONTROL_RETRY_MAX_MS);
  };

  return {
    push(message) {
      if (state.bytes + message.length > CONTROL_QUEUE_BYTES) return false;
      if (pieces.length >= CONTROL_QUEUE_PIECES) return false;
      let at = 0;
      do {
        const bytes = copyOf(message, at, Math.min(CONTROL_PIECE_BYTES, message.length - at));
        at += CONTROL_PIECE_BYTES;
        const more = at < message.length;
        pieces.push({ sequence: state.next, bytes, more, sent: 0, sentMs: 0 });
        state.next += 1;
        state.bytes += bytes.length;
      } while (at < message.length);
      return true;
    },
    due(sequence, retryMs, nowMs) {
      const first = pieces[0]?.sequence ?? 0;
      const end = Math.min(pieces.length, CONTROL_WINDOW_PIECES);
      for (let i = Math.max(0, sequence - first); i < end; i++) {
        const piece = pieces[i];
        if (piece !== undefined && dueMs(piece, retryMs) <= nowMs) return piece;
      }
      return undefined;
    },
    sent(piece, nowMs) {
      if (piece.sent > 0) state.retransmitted += 1;
      piece.sent += 1;
      piece.sentMs = nowMs;
    },
    acknowledged(next) {
      const count = next - (pieces[0]?.sequence ?? next);
      const last = pieces[count - 1];
      if (count <= 0 || last === undefined || last.sent === 0) return;
      for (let i = 0; i < count; i++) state.bytes -= pieces[i]?.bytes.length ?? 0;
      pieces = pieces.slice(count);
    },
    nextMs(retryMs, nowMs) {
      let earliestMs = -1;
      const end = Math.min(pieces.length, CONTROL_WINDOW_PIECES);
      for (let i = 0; i < end; i++) {
        const piece = pieces[i];
        const atMs = piece === undefined ? nowMs : Math.max(nowMs, dueMs(piece, retryMs));
        if (earliestMs < 0 || atMs < earliestMs) earliestMs = atMs;
      }
      return earliestMs;
    },
    bytes() {
      return state.bytes;
    },
    idle() {
      return pieces.length === 0;
    },
    retransmitted() {
      return state.retransmitted;
    },
    reset() {
      pieces = [];
      state.next = 0;
      state.bytes = 0;
    },
  };
}
