// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import type { TransportAddress } from "../../../server/src/transport/index.js";
import { createUdpNotices } from "../../../server/src/transport/udp-notices.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

const address = (text: string) => ({ text }) as TransportAddress;
const A = address("192.0.2.1:1");
const B = address("192.0.2.2:2");

function create() {
  const clock = createVirtualClock();
  const told: string[] = [];
  const notices = createUdpNotices(
    {
      received: () => {},
      receivedAll: () => {},
      unreachable: ({ text }, nowMs) => void told.push(`unreachable ${text} ${nowMs}`),
      failed: ({ text }, nowMs) => {
        told.push(`failed ${text} ${nowMs}`);
        // What a sink does with it: try again at once.
        notices.failed(B);
      },
      writable: (nowMs) => void told.push(`writable ${nowMs}`),
    },
    clock,
    clock.turns,
  );
  return { clock, told, notices };
}

describe("notices of a UDP transport", () => {
  it("are told at the end of the turn, each once", () => {
    const { clock, told, notices } = create();
    for (let i = 0; i < 100; i++) notices.unreachable(A);
    notices.unreachable(B);
    notices.writable();
    notices.writable();
    expect(told).toEqual([]);
    expect(clock.tasks).toBe(1);
    clock.endTurn();
    expect(told).toEqual([
      "unreachable 192.0.2.1:1 1000",
      "unreachable 192.0.2.2:2 1000",
      "writable 1000",
    ]);
    clock.endTurn();
    expect(told).toHaveLength(3);
  });

  it("that come while telling wait for the next turn", () => {
    const { clock, told, notices } = create();
    notices.failed(A);
    clock.endTurn();
    expect(told).toEqual(["failed 192.0.2.1:1 1000"]);
    clock.endTurn();
    expect(told).toEqual(["failed 192.0.2.1:1 1000", "failed 192.0.2.2:2 1000"]);
  });

  it("are bounded", () => {
    const { clock, told, notices } = create();
    for (let i = 0; i < 10_000; i++) notices.unreachable(address(String(i)));
    clock.endTurn();
    expect(told).toHaveLength(256);
  });

  it("are none once stopped", () => {
    const { clock, told, notices } = create();
    notices.unreachable(A);
    notices.writable();
    notices.stop();
    notices.failed(A);
    clock.endTurn();
    expect(told).toEqual([]);
  });
});
