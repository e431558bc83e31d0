// SPDX-License-Identifier: GPL-3.0-or-later

// Callers: every connection a caller of its own, told apart by the name it is given, each with
// its limits.

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { type CallerLimits, createCallers } from "../../../server/src/api/callers.js";
import { createApiCounters } from "../../../server/src/api/counters.js";
import { createBudget } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

const LIMITS: CallerLimits = {
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
  const callers = createCallers({ ...LIMITS, ...limits }, time, budget, counters);
  const connect = () => {
    const socket: FakeSocket = Object.assign(new EventEmitter(), { destroyed: false });
    Object.assign(socket, {
      destroy() {
        socket.destroyed = true;
        socket.emit("close");
      },
    });
    const admitted = callers.admit(socket as unknown as Socket);
    // grpc-js asks the socket of the call's session, at any time.
    const call = { getPeer: () => socket.remoteAddress ?? "unknown" };
    return { socket, admitted, call };
  };
  return { time, counters, budget, callers, connect };
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
    for (let i = 0; i < 2; i++) {
      caller.checkStreams();
      caller.streams += 1;
    }
    expect(reasonOf(() => caller.checkStreams())).toBe("LIMIT_NODES");
    caller.streams -= 1;
    expect(reasonOf(() => caller.checkStreams())).toBe("none");
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
    expect(budget.used).toBe(250);
  });

  it("cuts every connection", () => {
    const { callers, connect } = setUp();
    const all = [connect(), connect(), connect(), connect()];
    callers.cut();
    expect(all.map(({ socket }) => socket.destroyed)).toEqual([true, true, true, false]);
    expect(callers.size).toBe(0);
  });
});
