// SPDX-License-Identifier: GPL-3.0-or-later

// Connections that have shown no token: how many at once, how fast, and for how long.

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { createStrangers } from "../../../server/src/api/strangers.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function setUp() {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  let late = 0;
  const strangers = createStrangers({ clock, deadlines }, () => {
    late += 1;
  });
  const enter = () => {
    const socket = Object.assign(new EventEmitter(), { destroyed: false, destroy: () => {} });
    socket.destroy = () => {
      socket.destroyed = true;
      socket.emit("close");
    };
    return { socket, stranger: strangers.enter(socket as unknown as Socket) };
  };
  return { clock, strangers, enter, late: () => late };
}

it("unproved-connections-are-bounded: 64 at once", () => {
  const { strangers, enter } = setUp();
  const all = Array.from({ length: 70 }, enter);
  expect(all.filter(({ stranger }) => stranger !== undefined)).toHaveLength(64);
  all[0]?.socket.destroy();
  all[1]?.stranger?.leave();
  // Each gives its place back once.
  all[1]?.socket.destroy();
  expect(strangers.size).toBe(62);
  expect([enter(), enter(), enter()].map(({ stranger }) => stranger !== undefined)).toEqual([
    true,
    true,
    false,
  ]);
});

it("unproved-connections-are-bounded: 10 s each", () => {
  const { clock, strangers, enter, late } = setUp();
  const [one, other] = [enter(), enter()];
  clock.advance(9_999);
  other.stranger?.leave();
  expect([one.socket.destroyed, late()]).toEqual([false, 0]);
  clock.advance(1);
  expect([one.socket.destroyed, other.socket.destroyed, late(), strangers.size]).toEqual([
    true,
    false,
    1,
    0,
  ]);
});

it("unproved-connections-are-bounded: 100 a second, 200 at once", () => {
  const { clock, enter } = setUp();
  const comeAndGo = (): boolean => {
    const { socket, stranger } = enter();
    socket.destroy();
    return stranger !== undefined;
  };
  const entered = Array.from({ length: 300 }, comeAndGo).filter(Boolean);
  expect(entered).toHaveLength(200);
  clock.advance(100);
  expect(Array.from({ length: 20 }, comeAndGo).filter(Boolean)).toHaveLength(10);
});
