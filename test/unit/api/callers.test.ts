// SPDX-License-Identifier: GPL-3.0-or-later

// Callers: every connection a caller of its own, told apart by the name it is given, each with
// its limits.

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { type CallerLimits, createCallers } from "../../../server/src/api/callers.js";
import { createApiCounters } from "../../../server/src/api/counters.js";
import type { Stranger } from "../../../server/src/api/strangers.js";
import { createBudget } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { createTestAudit, LOCAL, REMOTE, WIDE_LIMITS } from "./fake-caller.js";

const LIMITS: CallerLimits = {
  ...WIDE_LIMITS,
  clients: 3,
  nodesPerClient: 2,
  queuedBytesPerClient: 100,
  requestsPerSecond: 10,
};

/** What of a socket callers look at. */
interface FakeSocket extends EventEmitter {
  remoteAddress?: string;
  destroyed: boolean;
}

function setUp(limits: Partial<CallerLimits> = {}) {
  const time = createVirtualClock();
  const counters = createApiCounters();
  const budget = createBudget(250);
  const { audit, lines } = createTestAudit(time);
  const all = { ...LIMITS, ...limits };
  const callers = createCallers({ limits: all, clock: time, budget, counters, audit });
  const connect = (origin = LOCAL, stranger?: Stranger) => {
    const socket: FakeSocket = Object.assign(new EventEmitter(), { destroyed: false });
    Object.assign(socket, {
      destroy() {
        socket.destroyed = true;
        socket.emit("close");
      },
    });
    const admitted = callers.admit(socket as unknown as Socket, origin, stranger);
    // grpc-js asks the socket of the call's session, at any time.
    const call = { getPeer: () => socket.remoteAddress ?? "unknown" };
    return { socket, admitted, call };
  };
  return { time, counters, budget, callers, connect, lines };
}

function reasonOf(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    if (error instanceof NodeError) return error.reason;
    throw error;
  }
}

describe("createCallers", () => {
  it("tells connections apart, and gives each call to its own", () => {
    const { callers, connect } = setUp();
    const [a, b] = [connect(), connect()];
    const caller = callers.of(a.call);
    expect(callers.of(b.call)).not.toBe(caller);
    expect(callers.of(a.call)).toBe(caller);
    expect(a.call.getPeer()).not.toBe(b.call.getPeer());
    expect(callers.size).toBe(2);
  });

  it("refuses connections beyond the limit, counted, until one is closed", () => {
    const { callers, connect, counters } = setUp();
    const first = connect();
    connect();
    connect();
    const refused = connect();
    expect([first.admitted, refused.admitted, callers.size]).toEqual([true, false, 3]);
    expect(counters).toMatchObject({ connections: 3, connectionsRefused: 1 });
    // That of one refused is no news.
    refused.socket.emit("close");
    expect(callers.size).toBe(3);
    first.socket.emit("close");
    expect([callers.size, connect().admitted]).toEqual([3 - 1, true]);
    expect(counters).toMatchObject({ connections: 4, connectionsRefused: 1 });
  });

  it("knows nobody who has gone, and never gives a name again", () => {
    const { callers, connect } = setUp();
    const names = new Set<string>();
    for (let i = 0; i < 10; i++) {
      const { socket, call } = connect();
      names.add(call.getPeer());
      socket.emit("close");
      expect(reasonOf(() => callers.of(call))).toBe("UNAVAILABLE");
    }
    expect(names.size).toBe(10);
    expect(reasonOf(() => callers.of({ getPeer: () => "unknown" }))).toBe("UNAVAILABLE");
  });

  it("counts requests by caller: twice the rate at once, then the rate", () => {
    const { callers, connect, time } = setUp();
    const [a, b] = [callers.of(connect().call), callers.of(connect().call)];
    for (let i = 0; i < 20; i++) a.countRequest();
    expect(reasonOf(() => a.countRequest())).toBe("LIMIT_RATE");
    expect(reasonOf(() => b.countRequest())).toBe("none");
    time.advance(100);
    expect(reasonOf(() => a.countRequest())).toBe("none");
    expect(reasonOf(() => a.countRequest())).toBe("LIMIT_RATE");
  });

  it("limits a caller's streams", () => {
    const { callers, connect } = setUp();
    const caller = callers.of(connect().call);
    const [end] = [1, 2].map(() => {
      caller.checkStreams();
      return caller.begin();
    });
    expect(reasonOf(() => caller.checkStreams())).toBe("LIMIT_NODES");
    end?.();
    end?.();
    expect([caller.streams, reasonOf(() => caller.checkStreams())]).toEqual([1, "none"]);
  });

  it("streams-of-all-are-bounded", () => {
    const { callers, connect } = setUp({ streams: 3 });
    const [a, b] = [callers.of(connect().call), callers.of(connect().call)];
    a.begin();
    a.begin();
    const end = b.begin();
    expect(reasonOf(() => b.checkStreams())).toBe("LIMIT_NODES");
    end();
    expect(reasonOf(() => b.checkStreams())).toBe("none");
  });

  it("requests-of-all-are-bounded-and-each-has-a-share", () => {
    const limits = { requestsPerSecond: 1_000, totalRequestsPerSecond: 30 };
    const { callers, connect, time } = setUp(limits);
    const [a, b] = [callers.of(connect().call), callers.of(connect().call)];
    // 30 of all, and its own share: a third, for there may be three clients.
    for (let i = 0; i < 40; i++) a.countRequest();
    expect(reasonOf(() => a.countRequest())).toBe("LIMIT_RATE");
    for (let i = 0; i < 10; i++) expect(reasonOf(() => b.countRequest())).toBe("none");
    expect(reasonOf(() => b.countRequest())).toBe("LIMIT_RATE");
    time.advance(100);
    // One of its own, three of all.
    for (let i = 0; i < 4; i++) expect(reasonOf(() => a.countRequest())).toBe("none");
    expect(reasonOf(() => a.countRequest())).toBe("LIMIT_RATE");
  });

  it("opens-of-all-are-bounded-and-each-has-a-share", () => {
    const { callers, connect } = setUp({ opensPerSecond: 9 });
    const [a, b] = [callers.of(connect().call), callers.of(connect().call)];
    for (let i = 0; i < 12; i++) a.countOpen();
    expect(reasonOf(() => a.countOpen())).toBe("LIMIT_RATE");
    for (let i = 0; i < 3; i++) expect(reasonOf(() => b.countOpen())).toBe("none");
    expect(reasonOf(() => b.countOpen())).toBe("LIMIT_RATE");
  });

  it("a stranger takes no place until it has proved itself, and is a client then", () => {
    const { callers, connect, counters, lines } = setUp({ clients: 1 });
    let left = 0;
    const stranger = {
      leave() {
        left += 1;
      },
    };
    const [a, b] = [connect(REMOTE, stranger), connect(REMOTE, stranger)];
    expect([callers.size, a.admitted, b.admitted, left]).toEqual([0, true, true, 0]);
    expect(lines).toEqual([]);
    expect([callers.of(a.call).prove(), callers.of(a.call).prove()]).toEqual([
      undefined,
      undefined,
    ]);
    expect([callers.size, left, counters.connections]).toEqual([1, 1, 1]);
    expect(callers.of(b.call).prove()?.reason).toBe("LIMIT_RATE");
    expect(connect().admitted).toBe(false);
    a.socket.emit("close");
    expect([callers.size, callers.of(b.call).prove()]).toEqual([0, undefined]);
    // Who went away is told of, who stayed a stranger is not.
    const told = lines.filter(([level]) => level === "info").map(([, message]) => message);
    expect(told).toEqual([
      "audit: client connected",
      "audit: client gone",
      "audit: client connected",
    ]);
  });

  it("a stranger may begin a few calls only, a client any number", () => {
    const { callers, connect } = setUp();
    const caller = callers.of(connect(REMOTE).call);
    const begun = Array.from({ length: 40 }, () => caller.mayBegin()).filter(Boolean).length;
    expect(begun).toBe(32);
    caller.prove();
    expect(caller.mayBegin()).toBe(true);
  });

  it("may bring headers of 8 KiB, and 32 KiB a second beyond the first of each call", () => {
    const { time, callers, connect } = setUp();
    const caller = callers.of(connect().call);
    const many = Array.from({ length: 1_000 }, () => caller.mayBring(1_024));
    expect(many).not.toContain(false);
    expect(caller.mayBring(8_193)).toBe(false);
    const long = Array.from({ length: 6 }, () => caller.mayBring(8_192));
    expect(long).toEqual([true, true, true, true, false, false]);
    time.advance(1_000);
    expect([caller.mayBring(8_192), caller.mayBring(1_024)]).toEqual([true, true]);
    // Each connection its own.
    expect(callers.of(connect().call).mayBring(8_192)).toBe(true);
  });

  it("may have 32 calls at once, and more when enough of them were served, up to its nodes", () => {
    const { callers, connect } = setUp({ nodesPerClient: 1_000 });
    const caller = callers.of(connect().call);
    const widened: [served: number, calls: number][] = [];
    let served = 0;
    caller.onWider((calls) => widened.push([served, calls]));
    for (; served < 2_000; ) {
      served += 1;
      caller.served();
    }
    expect(widened).toEqual([
      [16, 128],
      [64, 512],
      [256, 1_256],
    ]);
  });

  it("waits once 32 calls came to nothing, 10 ms for each, 2 s at most", () => {
    const { time, callers, connect } = setUp();
    const caller = callers.of(connect().call);
    const afterFruitless = (count: number): number => {
      for (let i = 0; i < count; i++) caller.fruitless();
      return caller.waitMs();
    };
    expect([afterFruitless(32), afterFruitless(5)]).toEqual([0, 50]);
    time.advance(50);
    expect(caller.waitMs()).toBe(0);
    expect(afterFruitless(1_000)).toBe(2_000);
    time.advance(60_000);
    expect(afterFruitless(32)).toBe(0);
    // Another connection is another client.
    expect(callers.of(connect().call).waitMs()).toBe(0);
  });

  it("is cut when it gives up half as many again as it may have at once, or more than 100 a second", () => {
    const { time, callers, connect } = setUp();
    const caller = callers.of(connect().call);
    const stays = (count: number): boolean => {
      let may = true;
      for (let i = 0; i < count; i++) may = caller.givenUp();
      return may;
    };
    expect([stays(48), stays(1)]).toEqual([true, false]);
    expect(caller.waitMs()).toBeGreaterThan(0);
    time.advance(100);
    expect([stays(10), stays(1)]).toEqual([true, false]);
    // With more calls at once it may give up more.
    for (let i = 0; i < 16; i++) caller.served();
    expect([stays(192), stays(1)]).toEqual([true, false]);
  });

  it("gives each a budget of its own inside that of all", () => {
    const { callers, connect, budget } = setUp();
    const [a, b, c] = [connect(), connect(), connect()].map(({ call }) => callers.of(call).budget);
    expect([a?.take(100), a?.take(1), b?.take(100), c?.take(51), c?.take(50)]).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(budget.used()).toBe(250);
  });

  it("cuts every connection", () => {
    const { callers, connect } = setUp();
    const all = [connect(), connect(), connect(), connect()];
    callers.cut();
    expect(all.map(({ socket }) => socket.destroyed)).toEqual([true, true, true, false]);
    expect(callers.size).toBe(0);
  });
});
