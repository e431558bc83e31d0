// SPDX-License-Identifier: GPL-3.0-or-later

// Session tokens on a virtual clock: how long they live, what ends them, and what is kept of them.

import { NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import {
  LEASE_MS,
  LONGEST_SESSION_MS,
  MAX_LEASED_SESSIONS,
} from "../../../server/src/api/constants.js";
import { createSessions, type Session } from "../../../server/src/api/sessions.js";
import { createDeadlines, type Random } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { expectNothingOf, textOf } from "../client/identity/leaks.js";
import { addressOf, createHouse } from "../node/local-nodes.js";

const crypto = selectCrypto();

function setUp(random: Random = createSeededRandom(5)) {
  const house = createHouse({ limit: 10_000 });
  const time = createVirtualClock();
  const deadlines = createDeadlines(time, time.timer);
  const sessions = createSessions({ clock: time, random, crypto, deadlines });
  /** Opens a node and begins a session of it. */
  const begin = (number: number, streamed = false) => {
    const opening = house.open(number);
    return { opening, ...sessions.begin(opening, streamed) };
  };
  return { ...house, time, deadlines, sessions, begin };
}

function errorOf(call: () => unknown): NodeError {
  try {
    call();
  } catch (error) {
    if (error instanceof NodeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const reasonOf = (call: () => unknown): string => errorOf(call).reason;

describe("a token", () => {
  it("is 64 lower-case hexadecimal digits, another each time, and names its session", () => {
    const { sessions, begin } = setUp();
    const begun = [1, 2, 1].map((number) => begin(number));
    for (const { opening, token } of begun) {
      expect(token).toMatch(/^[0-9a-f]{64}$/);
      expect(sessions.use(token).opening).toBe(opening);
    }
    expect(new Set(begun.map(({ token }) => token)).size).toBe(3);
  });

  it("is 32 bytes of the randomness that was given, which are wiped", () => {
    const seeded = createSeededRandom(7);
    const filled: Uint8Array[] = [];
    const drawn: string[] = [];
    const random: Random = {
      u32: seeded.u32,
      fill(buffer) {
        seeded.fill(buffer);
        filled.push(buffer);
        drawn.push(Buffer.from(buffer).toString("hex"));
      },
    };
    const { begin } = setUp(random);
    const { token } = begin(1);
    expect(drawn).toEqual([token]);
    expect(filled.map((buffer) => [...buffer])).toEqual([new Array(32).fill(0)]);
    // In memory of its own: Node's pool would keep a copy among other things.
    expect(filled[0]?.buffer.byteLength).toBe(32);
  });

  it("is refused when malformed or missing, and not repeated in the error", () => {
    const { sessions, begin } = setUp();
    const { token } = begin(1);
    const malformed = [
      undefined,
      "",
      token.toUpperCase(),
      token.slice(1),
      `${token}0`,
      ` ${token}`,
      `${token}\n`,
      `${token.slice(0, 63)}g`,
      `0x${token.slice(2)}`,
    ];
    for (const call of [sessions.use, sessions.close]) {
      for (const given of malformed) {
        const error = errorOf(() => call(given));
        expect(error.reason).toBe("BAD_REQUEST");
        expect(error.message).toContain("inet256-session");
        expect(textOf(error).toLowerCase()).not.toContain(token.slice(8, 24));
      }
    }
    expect(sessions.use(token).opening.ended()).toBeUndefined();
  });

  it("is unknown when a single bit is wrong, and closing an unknown one succeeds", () => {
    const { sessions, begin } = setUp();
    const { token, opening } = begin(1);
    for (let digit = 0; digit < 64; digit++) {
      const other = ((Number.parseInt(token.charAt(digit), 16) ^ 1) >>> 0).toString(16);
      const wrong = token.slice(0, digit) + other + token.slice(digit + 1);
      const error = errorOf(() => sessions.use(wrong));
      expect(error.reason).toBe("SESSION_EXPIRED");
      expectNothingOf(Buffer.from(token, "hex"), textOf(error));
      sessions.close(wrong);
    }
    expect(opening.ended()).toBeUndefined();
  });

  it("is known to the daemon that made it, until that ends", () => {
    const { begin } = setUp();
    const { token } = begin(1);
    const restarted = setUp(createSeededRandom(6));
    restarted.begin(1);
    expect(reasonOf(() => restarted.sessions.use(token))).toBe("SESSION_EXPIRED");
  });

  it("token-dead-after-drop", () => {
    for (const streamed of [false, true]) {
      const { nodes, sessions, begin } = setUp();
      const [first, shared, other] = [begin(1, streamed), begin(1), begin(2)];
      nodes.drop(addressOf(1));
      for (const { token } of [first, shared]) {
        expect(reasonOf(() => sessions.use(token))).toBe("SESSION_EXPIRED");
      }
      // Nor does it come back to life with the node.
      const again = begin(1);
      for (const { token } of [first, shared]) {
        expect(reasonOf(() => sessions.use(token))).toBe("SESSION_EXPIRED");
      }
      sessions.close(shared.token);
      expect(sessions.use(again.token).opening).toBe(again.opening);
      expect(sessions.use(other.token).opening).toBe(other.opening);
    }
  });
});

describe("the lease", () => {
  it("ends 60 s after the last use, to the millisecond, and takes the node with it", () => {
    expect(LEASE_MS).toBe(60_000);
    const { nodes, sessions, begin, time, deadlines } = setUp();
    const { token, opening } = begin(1);
    for (let i = 0; i < 10; i++) {
      time.advance(LEASE_MS - 1);
      sessions.use(token);
    }
    time.advance(LEASE_MS - 1);
    expect([opening.ended(), nodes.size()]).toEqual([undefined, 1]);
    time.advance(1);
    expect([opening.ended(), nodes.size()]).toEqual(["NODE_CLOSED", 0]);
    expect(reasonOf(() => sessions.use(token))).toBe("SESSION_EXPIRED");
    expect(deadlines.size()).toBe(0);
  });

  it("is each session's own", () => {
    const { nodes, sessions, begin, time } = setUp();
    const [a, b] = [begin(1), begin(1)];
    time.advance(40_000);
    sessions.use(b.token);
    time.advance(40_000);
    expect([a.opening.ended(), b.opening.ended(), nodes.size()]).toEqual([
      "NODE_CLOSED",
      undefined,
      1,
    ]);
    expect(sessions.use(b.token).opening).toBe(b.opening);
  });

  it("lasts 24 hours at most, however much it is used", () => {
    expect(LONGEST_SESSION_MS).toBe(86_400_000);
    const { sessions, begin, time } = setUp();
    const { token, opening } = begin(1);
    for (let ms = 0; ms < LONGEST_SESSION_MS - 30_000; ms += 30_000) {
      time.advance(30_000);
      sessions.use(token);
    }
    time.advance(29_999);
    expect(sessions.use(token).opening.ended()).toBeUndefined();
    time.advance(1);
    expect(opening.ended()).toBe("NODE_CLOSED");
    expect(reasonOf(() => sessions.use(token))).toBe("SESSION_EXPIRED");
  });

  it("does not end while a call waits at the session, but for the 24 hours", () => {
    const { sessions, begin, time } = setUp();
    const { token, opening } = begin(1);
    const session: Session = sessions.use(token);
    session.waiting += 1;
    time.advance(10 * LEASE_MS);
    expect(opening.ended()).toBeUndefined();
    session.waiting -= 1;
    time.advance(LEASE_MS);
    expect(opening.ended()).toBe("NODE_CLOSED");

    const forEver = begin(2);
    sessions.use(forEver.token).waiting += 1;
    time.advance(LONGEST_SESSION_MS - 1);
    expect(forEver.opening.ended()).toBeUndefined();
    time.advance(1);
    expect(forEver.opening.ended()).toBe("NODE_CLOSED");
  });

  it("is not for sessions of Connect: they last as long as their stream", () => {
    const { sessions, begin, time, deadlines } = setUp();
    const { token, opening, end } = begin(1, true);
    expect(deadlines.size()).toBe(0);
    time.advance(2 * LONGEST_SESSION_MS);
    expect(sessions.use(token).opening).toBe(opening);
    expect(deadlines.size()).toBe(0);
    expect(reasonOf(() => sessions.close(token))).toBe("BAD_REQUEST");
    end();
    expect(reasonOf(() => sessions.use(token))).toBe("SESSION_EXPIRED");
    expect(opening.ended(), "ending the session is not ending the node").toBeUndefined();
  });
});

describe("close", () => {
  it("ends the session and its opening, once", () => {
    const { nodes, sessions, begin, time, deadlines } = setUp();
    const [a, b] = [begin(1), begin(1)];
    sessions.close(a.token);
    expect([a.opening.ended(), b.opening.ended(), nodes.size()]).toEqual([
      "NODE_CLOSED",
      undefined,
      1,
    ]);
    expect(reasonOf(() => sessions.use(a.token))).toBe("SESSION_EXPIRED");
    sessions.close(a.token);
    sessions.close(b.token);
    expect([nodes.size(), deadlines.size()]).toEqual([0, 0]);
    time.advance(2 * LEASE_MS);
  });
});

describe("the limit of sessions", () => {
  it("is for those of Open, and frees a place with each that ends, however it ends", () => {
    const { nodes, sessions, begin, time } = setUp();
    const begun = Array.from({ length: MAX_LEASED_SESSIONS - 1 }, (_, i) => begin(1 + (i % 7)));
    begin(8, true);
    sessions.checkRoom();
    const last = begin(9);
    expect(reasonOf(() => sessions.checkRoom())).toBe("LIMIT_NODES");
    sessions.close(last.token);
    sessions.checkRoom();

    begin(9);
    expect(reasonOf(() => sessions.checkRoom())).toBe("LIMIT_NODES");
    nodes.drop(addressOf(9));
    // A dropped node's session is dead: it must not hold its place until its lease would end.
    sessions.checkRoom();

    begin(9);
    expect(reasonOf(() => sessions.checkRoom())).toBe("LIMIT_NODES");
    begun[0]?.end();
    sessions.checkRoom();

    time.advance(LEASE_MS);
    for (let i = 0; i < MAX_LEASED_SESSIONS; i++) {
      sessions.checkRoom();
      begin(1 + (i % 7));
    }
    expect(reasonOf(() => sessions.checkRoom())).toBe("LIMIT_NODES");
  });
});
