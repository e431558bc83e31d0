// SPDX-License-Identifier: GPL-3.0-or-later

// What stands before grpc-js: whose calls begin when, and who is cut.

import { EventEmitter } from "node:events";
import type { Http2Server } from "node:http2";
import { expect, it } from "vitest";
import type { Caller } from "../../../server/src/api/callers.js";
import { createPacer } from "../../../server/src/api/pacer.js";
import { watchStreams } from "../../../server/src/api/stream-watch.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { fakeCaller } from "./fake-caller.js";

const HEADERS = [":path", "/x"];

function setUp(callers: Readonly<Record<string, Caller>>, most = 2) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const server = new EventEmitter();
  const begun: string[] = [];
  const cut = { strangers: 0, clients: 0 };
  server.on("stream", ({ label }: { label: string }) => begun.push(label));
  watchStreams([server as unknown as Http2Server], {
    clock,
    deadlines,
    callers: { find: (call) => callers[call.getPeer()] },
    pacer: createPacer({ clock, deadlines, turns: clock.turns }, most),
    cutStranger: () => {
      cut.strangers += 1;
    },
    cutClient: () => {
      cut.clients += 1;
    },
  });
  const told: object[] = [];
  const connection = (remoteAddress: string) => {
    const session = Object.assign(new EventEmitter(), {
      socket: { remoteAddress },
      destroyed: false,
      closed: false,
      settings: (settings: object) => told.push(settings),
      destroy: () => {
        session.destroyed = true;
      },
    });
    server.emit("session", session);
    let number = 0;
    const begin = (raw: readonly string[] = HEADERS) => {
      number += 1;
      const stream = Object.assign(new EventEmitter(), {
        label: `${remoteAddress}${number}`,
        session,
        destroyed: false,
        aborted: false,
        sentHeaders: undefined as object | undefined,
        sentTrailers: undefined as object | undefined,
      });
      server.emit("stream", stream, {}, 0, raw);
      return stream;
    };
    return { session, begin };
  };
  const millisecond = (): void => {
    clock.advance(1);
    for (let i = 0; i < 10; i++) clock.endTurn();
  };
  return { clock, millisecond, begun, cut, told, connection };
}

it("who asks for nothing in 3 s holds no place any more", () => {
  const { clock, connection } = setUp({ a: fakeCaller(), b: fakeCaller(), c: fakeCaller() });
  const [a, b, c] = [connection("a"), connection("b"), connection("c")];
  clock.advance(2_990);
  const stream = a.begin();
  a.session.emit("stream", stream);
  c.session.emit("close");
  expect([a, b, c].map(({ session }) => session.destroyed)).toEqual([false, false, false]);
  clock.advance(20);
  expect([a, b, c].map(({ session }) => session.destroyed)).toEqual([false, true, false]);
  clock.advance(60_000);
  expect(a.session.destroyed).toBe(false);
});

it("calls-begin-in-turn: one client's many keep another's one waiting for one of each", () => {
  const { millisecond, begun, connection } = setUp({ a: fakeCaller(), b: fakeCaller() });
  const [a, b] = [connection("a"), connection("b")];
  for (let i = 0; i < 50; i++) a.begin();
  b.begin();
  expect(begun).toEqual(["a1"]);
  millisecond();
  expect(begun).toEqual(["a1", "a2", "b1"]);
});

it("calls-begin-in-turn: one that is reset while it waits breaks nothing and takes no place", () => {
  const { millisecond, begun, connection } = setUp({ a: fakeCaller() });
  const a = connection("a");
  const streams = Array.from({ length: 6 }, () => a.begin());
  for (const stream of streams.slice(1, 4)) {
    stream.destroyed = true;
    stream.emit("error", new Error("reset"));
  }
  millisecond();
  expect(begun).toEqual(["a1", "a5", "a6"]);
});

it("cuts whom it does not know, a stranger who begins too many, and who brings too much", () => {
  const sizes: number[] = [];
  const { begun, cut, connection } = setUp({
    stranger: fakeCaller({ mayBegin: () => false }),
    long: fakeCaller({
      mayBring(bytes) {
        sizes.push(bytes);
        return false;
      },
    }),
  });
  for (const name of ["nobody", "stranger", "long"]) {
    const { session, begin } = connection(name);
    begin();
    expect(session.destroyed).toBe(true);
    // What came behind it is nothing any more.
    begin();
  }
  expect([begun, cut]).toEqual([[], { strangers: 1, clients: 1 }]);
  // RFC 9113, section 6.5.2: names and values, and 32 bytes for each field.
  expect(sizes).toEqual([":path".length + "/x".length + 32]);
});

it("tells a connection how many calls it may have at once, while it is there", () => {
  let widen = (_calls: number): void => {};
  const { told, connection } = setUp({
    a: fakeCaller({
      onWider(hear) {
        widen = hear;
      },
    }),
  });
  const { session } = connection("a");
  widen(32);
  session.destroyed = true;
  widen(128);
  expect(told).toEqual([{ maxConcurrentStreams: 32 }]);
});

it("calls-that-come-to-nothing: which those are", () => {
  let seen = "";
  const { connection } = setUp({
    a: fakeCaller({
      fruitless() {
        seen += "fruitless";
      },
      givenUp() {
        seen += "given up";
        return true;
      },
    }),
  });
  const a = connection("a");
  const end = (sentHeaders?: object, sentTrailers?: object): string => {
    seen = "";
    Object.assign(a.begin(), { sentHeaders, sentTrailers }).emit("close");
    return seen;
  };
  expect(end()).toBe("given up");
  // INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL: alone, or behind an answer.
  for (const status of [3, 8, 12, 13]) {
    expect(end({ "grpc-status": status })).toBe("fruitless");
    expect(end({}, { "grpc-status": `${status}` })).toBe("fruitless");
  }
  // Served; ended by the client when it had an answer; NOT_FOUND, UNAVAILABLE.
  expect(end({}, { "grpc-status": "0" })).toBe("");
  expect(end({})).toBe("");
  expect(end({ "grpc-status": 5 })).toBe("");
  expect(end({}, { "grpc-status": "14" })).toBe("");
});

it("calls-that-come-to-nothing: those behind them wait, and whoever gives up too many is cut", () => {
  let waitMs = 30;
  let stays = true;
  const { clock, millisecond, begun, cut, connection } = setUp({
    a: fakeCaller({ waitMs: () => waitMs, givenUp: () => stays }),
  });
  const a = connection("a");
  a.begin();
  clock.advance(29);
  expect(begun).toEqual([]);
  waitMs = 0;
  a.begin();
  expect(begun).toEqual(["a2"]);
  millisecond();
  expect(begun).toEqual(["a2", "a1"]);
  const [third, fourth] = [a.begin(), a.begin()];
  stays = false;
  for (const stream of [third, fourth]) stream.emit("close");
  expect([a.session.destroyed, cut.clients]).toEqual([true, 1]);
  // Those that were reset in the turn they came in, of which nothing else is heard.
  const b = connection("a");
  b.session.emit("stream", { destroyed: false });
  expect(b.session.destroyed).toBe(false);
  b.session.emit("stream", { destroyed: true });
  expect([b.session.destroyed, cut.clients]).toEqual([true, 2]);
});
