// SPDX-License-Identifier: GPL-3.0-or-later

// Our attempts with one remote identity: one at a time, at S13's pace, with the cookie that the
// last one got.

import type { ChannelContext } from "./context.js";
import type { Credentials } from "./credentials.js";
import { type Answered, createInitiation, type HeldCookie, type Initiation } from "./initiation.js";
import { createPace, type Pace } from "./pace.js";
import type { Session } from "./session.js";
import type { Source } from "./source.js";

/** What attempts need. */
export interface AttemptsOptions<S extends Source> {
  readonly context: ChannelContext<S>;
  readonly credentials: Credentials;
  readonly remote: Uint8Array;
  /** The remote identity, in tables. */
  readonly group: string;
  readonly transmit: (datagram: Uint8Array, to: S | undefined, nowMs: number) => void;
  /** Whether a session with this static key of the peer may be established. */
  readonly allowed: (peerStatic: Uint8Array, nowMs: number) => boolean;
  /** Message 2 was authentic, message 3 was sent. */
  readonly answered: (answer: Answered, from: S, nowMs: number) => void;
}

/** Attempts. */
export interface Attempts<S extends Source> {
  /** The one that is under way. */
  current(): Initiation<S> | undefined;
  readonly pace: Pace;
  /** Begins one; only when none is under way. */
  begin(nowMs: number): void;
  /** Sends what is due; ends the attempt when its time is over. */
  work(nowMs: number): void;
  /** Ends it: its session, if it has one, was not confirmed, and what followed it is lost. */
  end(): void;
  /** Its session was confirmed. */
  confirmed(session: Session): void;
}

/** No attempt. */
export function createAttempts<S extends Source>(options: AttemptsOptions<S>): Attempts<S> {
  const { context, credentials, remote, group, transmit, allowed, answered } = options;
  const { indices, counters, rules } = context;
  const pace = createPace();
  let current: Initiation<S> | undefined;
  let cookie: HeldCookie | undefined;

  const enter = (attempt: Initiation<S>): void =>
    indices.set(attempt.index, {
      kind: "initiation",
      remote,
      group,
      local: credentials.address,
      mayFragment: () => rules.fragments && cookie !== undefined,
      message2(message, sender, from, nowMs) {
        const permit = (peerStatic: Uint8Array): boolean => allowed(peerStatic, nowMs);
        const answer = attempt.message2(message, sender, from, permit, nowMs);
        if (answer === undefined) counters.droppedHandshake += 1;
        // The owner may have ended it from inside of `transmit`.
        else if (current === attempt) answered(answer, from, nowMs);
      },
      cookie(datagram, from, nowMs) {
        const got = attempt.cookie(datagram, from, nowMs);
        if (got === undefined) counters.droppedHandshake += 1;
        else cookie = got;
      },
    });
  const end = (): void => {
    if (current === undefined) return;
    const early = current.session();
    if (early !== undefined) {
      counters.earlyLost += current.followed();
      early.wipe();
    }
    indices.release(current.index);
    current.wipe();
    current = undefined;
  };
  return {
    pace,
    current() {
      return current;
    },
    begin(nowMs) {
      pace.began(nowMs);
      const once = pace.once(nowMs);
      const attempt = createInitiation<S>({
        context,
        credentials,
        remote,
        cookie,
        once,
        transmit,
        nowMs,
      });
      current = attempt;
      enter(attempt);
      attempt.begin(nowMs);
    },
    work(nowMs) {
      if (current !== undefined && !current.work(nowMs)) end();
    },
    end,
    confirmed(session) {
      if (current?.session() !== session) return;
      current.wipe();
      current = undefined;
    },
  };
}
