// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sessions: the tokens that unary calls show instead of a key (rule P2). The daemon keeps only
 * a token's SHA-256. A session of Open has a lease; one of Connect lives as long as its stream.
 */
import { NodeError } from "@inet256/client";
import {
  type AddressMap,
  type Clock,
  createAddressMap,
  createDeadline,
  type Deadlines,
  type Random,
} from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import type { Opening } from "../service/index.js";
import { LEASE_MS, LONGEST_SESSION_MS, MAX_LEASED_SESSIONS } from "./constants.js";

const TOKEN_BYTES = 32;
const TOKEN_TEXT = /^[0-9a-f]{64}$/;

/** One session. */
export interface Session {
  readonly opening: Opening;
  /** Whether its messages go to a stream. */
  readonly streamed: boolean;
  /** Calls that wait at it; while there are any, its lease does not end. */
  waiting: number;
}

/** All sessions. */
export interface Sessions {
  /** Makes a session and its token, 64 hexadecimal digits. */
  begin(opening: Opening, streamed: boolean): { readonly token: string; end(): void };
  /** Throws LIMIT_NODES when no further session of Open may be made. */
  checkRoom(): void;
  /** The session of a token, with its lease renewed. Throws SESSION_EXPIRED or BAD_REQUEST. */
  use(token: string | undefined): Session;
  /** Ends the session of a token; one that is unknown stays so. */
  close(token: string | undefined): void;
}

interface Held extends Session {
  readonly hash: Uint8Array;
  readonly renew: () => void;
  readonly forget: () => void;
}

/** What sessions need. */
export interface SessionsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly deadlines: Deadlines;
}

/** No sessions. */
export function createSessions({ clock, random, crypto, deadlines }: SessionsOptions): Sessions {
  const table: AddressMap<Held> = createAddressMap(random);
  // Those of Open. A dropped node's session stays here until its place is needed.
  const leased = new Set<Held>();

  const hashOf = (token: string): Uint8Array => {
    const hash = new Uint8Array(TOKEN_BYTES);
    crypto.sha256(hash, Buffer.from(token, "hex"));
    return hash;
  };
  const find = (token: string | undefined): Held | undefined => {
    if (token === undefined) {
      throw new NodeError(
        "BAD_REQUEST",
        "metadata inet256-session: missing; it is what Open answered",
      );
    }
    if (!TOKEN_TEXT.test(token)) {
      throw new NodeError(
        "BAD_REQUEST",
        "metadata inet256-session: expected 64 lower-case hexadecimal digits",
      );
    }
    return table.get(hashOf(token), 0);
  };

  const hold = (hash: Uint8Array, opening: Opening, streamed: boolean): Held => {
    const bornMs = clock.monotonicMs();
    const lease = createDeadline((nowMs) => {
      if (held.waiting > 0 && nowMs < bornMs + LONGEST_SESSION_MS) held.renew();
      else opening.close();
      if (opening.ended() !== undefined) held.forget();
    });
    const held: Held = {
      opening,
      streamed,
      waiting: 0,
      hash,
      renew() {
        if (streamed) return;
        deadlines.set(lease, Math.min(clock.monotonicMs() + LEASE_MS, bornMs + LONGEST_SESSION_MS));
      },
      forget() {
        if (!table.delete(hash)) return;
        deadlines.clear(lease);
        leased.delete(held);
      },
    };
    if (!streamed) leased.add(held);
    table.set(hash, held);
    held.renew();
    return held;
  };

  return {
    begin(opening, streamed) {
      const bytes = Buffer.allocUnsafeSlow(TOKEN_BYTES);
      random.fill(bytes);
      const token = bytes.toString("hex");
      const held = hold(hashOf(token), opening, streamed);
      bytes.fill(0);
      return { token, end: held.forget };
    },
    checkRoom() {
      if (leased.size < MAX_LEASED_SESSIONS) return;
      for (const held of leased) if (held.opening.ended() !== undefined) held.forget();
      if (leased.size < MAX_LEASED_SESSIONS) return;
      throw new NodeError("LIMIT_NODES", `at most ${MAX_LEASED_SESSIONS} sessions of Open at once`);
    },
    use(token) {
      const held = find(token);
      if (held === undefined || held.opening.ended() !== undefined) {
        throw new NodeError(
          "SESSION_EXPIRED",
          "the session is unknown or has ended: open the node again",
        );
      }
      held.renew();
      return held;
    },
    close(token) {
      const held = find(token);
      if (held === undefined) return;
      if (held.streamed)
        throw new NodeError("BAD_REQUEST", "a session of Connect ends with its stream");
      held.opening.close();
      held.forget();
    },
  };
}
