// SPDX-License-Identifier: GPL-3.0-or-later

// What happens to a datagram for the index of a session: checked, opened, marked, handed over.

import { createTokenBucket } from "../core/index.js";
import type { ChannelOwner } from "./channel.js";
import {
  DATA_HEADER_BYTES,
  DATA_OVERHEAD_BYTES,
  REPEATED_CONFIRMATIONS_RATE,
} from "./constants.js";
import type { ChannelContext, SessionEntry } from "./context.js";
import type { Peer } from "./peer-verifier.js";
import type { Session } from "./session.js";
import type { Source } from "./source.js";

/** A session that the peer initiated and has just proved to be its own. */
export interface Acceptance<S extends Source> {
  readonly session: Session;
  readonly peer: Peer;
  /** Where message 3 came from, and whether message 2 had been sent there and nowhere else. */
  readonly from: S;
  readonly proven: boolean;
  /** SHA-256 of message 3: the same one again gets another confirmation (S6). */
  readonly digest: Uint8Array;
}

/** What an entry needs. */
export interface SessionEntryOptions<S extends Source> {
  readonly context: ChannelContext<S>;
  readonly session: Session;
  readonly remote: Uint8Array;
  readonly local: Uint8Array;
  /** The peer, in tables. */
  readonly group: string;
  readonly owner: ChannelOwner<S>;
  /** Absent for a session that we initiated. */
  readonly digest: Uint8Array | undefined;
  /** Something authentic came; `data`: more than a keepalive. Before it is handed over. */
  readonly heard: (data: boolean, nowMs: number) => void;
  /** Send a confirmation there. */
  readonly confirm: (to: S, nowMs: number) => void;
}

/** The entry of a session in the table of indices. */
export function createSessionEntry<S extends Source>(
  options: SessionEntryOptions<S>,
): SessionEntry<S> {
  const { context, session, owner, digest, heard, confirm } = options;
  const { counters, crypto, rules } = context;
  const repeats = createTokenBucket(REPEATED_CONFIRMATIONS_RATE, REPEATED_CONFIRMATIONS_RATE);

  const isKeepalive = (buffer: Uint8Array, at: number, length: number): boolean => {
    if (length !== rules.keepalive.length) return false;
    for (let i = 0; i < length; i++) if (buffer[at + i] !== rules.keepalive[i]) return false;
    return true;
  };
  return {
    kind: "session",
    mayFragment: () => digest !== undefined && rules.fragments,
    session,
    remote: options.remote,
    local: options.local,
    group: options.group,
    data(buffer, at, length, from, nowMs) {
      const counter = session.counterOf(buffer, at);
      if (counter < 0) {
        counters.droppedReplay += 1;
        return;
      }
      if (!session.open(buffer, at, length, counter)) {
        counters.droppedNotAuthentic += 1;
        return;
      }
      session.heardMs = nowMs;
      const body = at + DATA_HEADER_BYTES;
      const bytes = length - DATA_OVERHEAD_BYTES;
      heard(!isKeepalive(buffer, body, bytes), nowMs);
      owner.received(buffer, body, bytes, from, session.index, counter, nowMs);
    },
    message3Again(message, from, nowMs) {
      const again = new Uint8Array(32);
      if (digest !== undefined) crypto.sha256(again, message);
      if (digest === undefined || !crypto.constantTimeEqual(again, digest)) {
        counters.droppedUnexpected += 1;
      } else if (repeats.take(nowMs)) {
        confirm(from, nowMs);
      } else {
        counters.droppedRate += 1;
      }
    },
  };
}
