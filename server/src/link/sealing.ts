// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The one place where datagrams of a link are sealed and noted. Guards: whatever is sealed is
 * counted against its path, and what is to be acknowledged is remembered.
 */
import type { Channel } from "../channel/index.js";
import { DATAGRAM_OVERHEAD_BYTES } from "./constants.js";
import type { Delivery } from "./delivery.js";
import type { Moment } from "./moment.js";
import { noteAsked, type Path } from "./path.js";
import { PROBE } from "./sent-datagrams.js";

/** What a datagram wants. */
export type Answer =
  /** Nothing: it carries acknowledgements or a farewell only. */
  | "none"
  /** An acknowledgement. */
  | "acknowledgement";

/** Seals datagrams. */
export interface Sealing {
  /**
   * Seals the datagram at `at` in `buffer`, whose plaintext has so many bytes, for a path. `kind`:
   * bits of sent-datagrams.ts. Gives its bytes, 0 when there is no session to seal with.
   */
  seal(
    buffer: Uint8Array,
    at: number,
    plaintextBytes: number,
    path: Path,
    answer: Answer,
    kind: number,
  ): number;
  /** Datagrams that could not be sealed, since the start: there was no session any more. */
  unsealed(): number;
}

/** A sealer. */
export function createSealing(channel: Channel, delivery: Delivery, moment: Moment): Sealing {
  const state = { unsealed: 0 };
  return {
    seal(buffer, at, plaintextBytes, path, answer, kind) {
      const nowMs = moment.nowMs;
      const bytes = channel.seal(buffer, at, plaintextBytes, nowMs);
      if (bytes !== plaintextBytes + DATAGRAM_OVERHEAD_BYTES) {
        state.unsealed += 1;
        return 0;
      }
      if (answer === "none") return bytes;
      delivery.sent(channel.sealedIndex(), channel.sealedCounter(), path, bytes, kind, nowMs);
      // A probe that is lost says nothing about the path.
      if ((kind & PROBE) === 0) noteAsked(path, nowMs);
      return bytes;
    },
    unsealed() {
      return state.unsealed;
    },
  };
}

/** Counts what goes to a path; `datagrams` of `bytes` in all. */
export function noteSent(path: Path, datagrams: number, bytes: number, nowMs: number): void {
  path.sentMs = nowMs;
  path.datagramsSent += datagrams;
  path.bytesSent += bytes;
  path.creditBytes -= bytes;
}
