// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createSession, type Session } from "../../../server/src/channel/session.js";
import { createSessions } from "../../../server/src/channel/sessions.js";
import { createToyCrypto } from "../../support/toy-crypto.js";

const crypto = createToyCrypto();
const ALICE = new Uint8Array(32).fill(1);
const ALICE_AGAIN = new Uint8Array(32).fill(2);
const secret = () => new Uint8Array(32).fill(9);

interface Made {
  readonly role?: "initiator" | "responder";
  readonly h?: number;
  readonly atMs?: number;
  readonly peerStatic?: Uint8Array;
}

let lastIndex = 0;
function make({ role = "initiator", h = 0, atMs = 0, peerStatic = ALICE }: Made = {}): Session {
  lastIndex += 1;
  const keys = {
    initiatorToResponder: secret(),
    responderToInitiator: secret(),
    exporter: secret(),
  };
  return createSession({
    crypto,
    role,
    index: lastIndex,
    peerIndex: lastIndex,
    keys,
    h: new Uint8Array(32).fill(h),
    peerStatic,
    windowBits: 64,
    nowMs: atMs,
  });
}

function createLab() {
  const ended: Session[] = [];
  return { ended, sessions: createSessions(crypto, (session) => ended.push(session)) };
}

describe("preference (S8)", () => {
  it.each([
    { old: 5, young: 4, preferred: "old" },
    { old: 4, young: 5, preferred: "young" },
  ])("of a crossing the greater hash: $preferred", ({ old, young, preferred }) => {
    for (const role of ["initiator", "responder"] as const) {
      const { sessions } = createLab();
      const first = make({ role, h: old, atMs: 0 });
      const other = role === "initiator" ? "responder" : "initiator";
      const second = make({ role: other, h: young, atMs: 4_999 });
      sessions.add(first, false, 0);
      sessions.add(second, false, 4_999);
      expect(sessions.preferred()).toBe(preferred === "old" ? first : second);
      expect(first.receiveOnly).toBe(preferred !== "old");
      expect(second.receiveOnly).toBe(preferred === "old");
    }
  });

  it.each([
    ["the same role", { role: "initiator" }, false],
    ["5 s later", { role: "responder", atMs: 5_000 }, false],
    ["another incarnation of the peer", { role: "responder", peerStatic: ALICE_AGAIN }, false],
    ["the old one is denied by the peer", { role: "responder" }, true],
  ] as const)("the newest otherwise: %s", (_, made, denied) => {
    const { sessions } = createLab();
    const old = make({ role: "initiator", h: 200 });
    const young = make({ h: 1, ...made });
    sessions.add(old, false, 0);
    sessions.add(young, denied, young.createdMs);
    expect(sessions.preferred()).toBe(young);
    expect(old.receiveOnly).toBe(true);
  });

  it("the order in which a crossing's two are confirmed makes no difference", () => {
    const { sessions } = createLab();
    const late = make({ role: "initiator", h: 1, atMs: 0 });
    const early = make({ role: "responder", h: 2, atMs: 100 });
    sessions.add(early, false, 100);
    sessions.add(late, false, 700);
    expect(sessions.preferred()).toBe(early);
  });

  it("the newest if the old one cannot be used any more", () => {
    const { sessions } = createLab();
    const old = make({ role: "initiator", h: 200 });
    old.skipTo(2 ** 48);
    sessions.add(old, false, 0);
    const young = make({ role: "responder", h: 1 });
    sessions.add(young, false, 1);
    expect(sessions.preferred()).toBe(young);
  });
});

describe("ends (S9, S11)", () => {
  it("of four sessions the oldest that is not preferred is wiped", () => {
    const { sessions, ended } = createLab();
    // The first stays preferred: the others cross it and have smaller hashes.
    const first = make({ role: "initiator", h: 200 });
    const others = [1, 2, 3].map((h) => make({ role: "responder", h, atMs: h }));
    for (const session of [first, ...others]) sessions.add(session, false, session.createdMs);
    expect(sessions.size()).toBe(3);
    expect(sessions.preferred()).toBe(first);
    expect(ended).toEqual([others[0]]);
    expect(others[0]?.usable(4)).toBe(false);
    expect(first.usable(4)).toBe(true);
  });

  it("a receive-only one 15 s after its last authentic datagram", () => {
    const { sessions, ended } = createLab();
    const old = make({ atMs: 0 });
    sessions.add(old, false, 0);
    sessions.add(make({ atMs: 10_000 }), false, 10_000);
    expect(sessions.expire(10_000)).toBe(15_000);
    old.heardMs = 14_999;
    expect(sessions.expire(15_000)).toBe(29_999);
    expect(sessions.size()).toBe(2);
    sessions.expire(29_998);
    expect(ended).toEqual([]);
    expect(sessions.expire(29_999)).toBe(190_000);
    expect(ended).toEqual([old]);
  });

  it("any at 180 s, heard or not, preferred or not", () => {
    const { sessions, ended } = createLab();
    const old = make({ atMs: 0 });
    const young = make({ atMs: 1_000 });
    sessions.add(old, false, 0);
    sessions.add(young, false, 1_000);
    for (const session of [old, young]) session.heardMs = 179_999;
    sessions.expire(179_999);
    expect(sessions.size()).toBe(2);
    expect(sessions.expire(180_000)).toBe(181_000);
    expect(ended).toEqual([old]);
    expect(sessions.expire(181_000)).toBe(Number.POSITIVE_INFINITY);
    expect(sessions.preferred()).toBe(undefined);
  });

  it("all when it is cleared", () => {
    const { sessions, ended } = createLab();
    const all = [make(), make(), make()];
    for (const session of all) sessions.add(session, false, 0);
    sessions.clear();
    expect(ended).toEqual(all);
    expect(all.some((session) => session.usable(0))).toBe(false);
    expect(sessions.preferred()).toBe(undefined);
    expect(sessions.size()).toBe(0);
  });
});

describe("how many may come", () => {
  it("5 new sessions in any 10 s (S9)", () => {
    const { sessions } = createLab();
    for (const ms of [0, 1_000, 2_000, 3_000, 4_000]) {
      expect(sessions.mayAdd(ALICE, ms)).toBe(true);
      sessions.count(ms);
    }
    expect(sessions.mayAdd(ALICE, 4_000)).toBe(false);
    expect(sessions.mayAdd(ALICE, 9_999)).toBe(false);
    expect(sessions.mayAdd(ALICE, 10_000)).toBe(true);
    sessions.count(10_000);
    expect(sessions.mayAdd(ALICE, 10_999)).toBe(false);
    expect(sessions.mayAdd(ALICE, 11_000)).toBe(true);
  });

  it("those that we initiate do not use up the peer's rate (S9)", () => {
    const { sessions } = createLab();
    for (let ms = 0; ms < 10; ms++) sessions.note(ALICE, ms);
    expect(sessions.isSteady(ALICE, 10)).toBe(true);
    expect(sessions.mayAdd(ALICE, 10)).toBe(true);
  });

  it("after 3 changes of incarnation in 60 s one per 5 s (O4)", () => {
    const { sessions } = createLab();
    let changes = 0;
    const change = (ms: number): boolean => {
      const peerStatic = changes % 2 === 0 ? ALICE_AGAIN : ALICE;
      if (!sessions.mayAdd(peerStatic, ms)) return false;
      expect(sessions.note(peerStatic, ms)).toBe(true);
      changes += 1;
      return true;
    };
    // The first is no change.
    expect(sessions.note(ALICE, 0)).toBe(false);
    expect([100, 200, 300].map(change)).toEqual([true, true, true]);
    expect(sessions.unsteady()).toBe(false);
    expect([400, 5_000, 5_299].map(change)).toEqual([false, false, false]);
    // The incarnation that is there may go on.
    expect(sessions.mayAdd(ALICE_AGAIN, 5_299)).toBe(true);
    expect([5_300, 10_299, 10_300].map(change)).toEqual([true, false, true]);
    expect(sessions.unsteady()).toBe(true);
    // A minute later it is as if nothing had been.
    expect([70_301, 70_302, 70_303].map(change)).toEqual([true, true, true]);
    expect(change(70_304)).toBe(false);
  });
});
