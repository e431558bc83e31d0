// SPDX-License-Identifier: GPL-3.0-or-later

// The table of peers, read as it is printed.

import type { PathStatus, PeerStatus } from "@inet256/client";
import { Address } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { peerLines } from "../../../../apps/src/status/peers.js";

const one = Address.fromBytes(new Uint8Array(32));
const two = Address.fromBytes(new Uint8Array(32).fill(255));

const path = (over: Partial<PathStatus> = {}): PathStatus => ({
  address: "127.0.0.1:25632",
  kind: "configured",
  state: "used",
  rttMicros: 123,
  loss: 0,
  mtu: 1452,
  datagramsSent: 10,
  bytesSent: 1000,
  datagramsReceived: 20,
  bytesReceived: 2000,
  ...over,
});

const peer = (over: Partial<PeerStatus> = {}): PeerStatus => ({
  address: one,
  configured: true,
  up: true,
  paths: [path()],
  queuedPackets: 0,
  queuedBytes: 0,
  queuedControlBytes: 0,
  counters: { datagrams_lost: 0, packets_sent: 12 },
  ...over,
});

const words = (line: string | undefined): string[] => (line ?? "").trim().split(/ {2,}/);

describe("the table of peers", () => {
  it("is not there without peers", () => expect(peerLines([], "all")).toEqual([]));

  it("has a line for a peer with one path that is used", () => {
    expect(peerLines([peer()], "drops")).toEqual([
      "peers                                          state  kind        at                  rtt  loss      mtu       in      out",
      `  ${one}  up     configured  127.0.0.1:25632  123 µs    0%  1,452 B  2.00 kB  1.00 kB`,
    ]);
  });

  it("shows all paths where there are several, and sums up what passed on them", () => {
    const second = path({
      address: "[2001:db8::1]:25632",
      kind: "learned",
      state: "unproven",
      rttMicros: undefined,
      loss: 0.333,
      mtu: 1200,
      bytesReceived: 500,
      bytesSent: 30,
    });
    const lines = peerLines([peer({ paths: [second, path()] })], "drops").map(words);
    expect(lines.slice(1)).toEqual([
      [
        `${one}`,
        "up",
        "configured",
        "127.0.0.1:25632",
        "123 µs",
        "0%",
        "1,452 B",
        "2.50 kB",
        "1.03 kB",
      ],
      [
        "path",
        "unproven",
        "learned",
        "[2001:db8::1]:25632",
        "-",
        "33.3%",
        "1,200 B",
        "500 B",
        "30 B",
      ],
      [
        "path",
        "used",
        "configured",
        "127.0.0.1:25632",
        "123 µs",
        "0%",
        "1,452 B",
        "2.00 kB",
        "1.00 kB",
      ],
    ]);
  });

  it("shows where a peer is dialled that is down", () => {
    const paths = [path({ state: "unproven", rttMicros: undefined, bytesReceived: 0 })];
    const lines = peerLines([peer({ up: false, configured: false, paths })], "drops").map(words);
    expect(lines.slice(1)).toEqual([
      [`${one}`, "down", "accepted", "-", "-", "-", "-", "0 B", "1.00 kB"],
      ["path", "unproven", "configured", "127.0.0.1:25632", "-", "0%", "1,452 B", "0 B", "1.00 kB"],
    ]);
  });

  it("shows below each peer what waits there and why anything was dropped", () => {
    const counters = { datagrams_lost: 0, dropped_down: 3, dropped_queue_full: 1200, moves: 2 };
    const full = peer({ counters, queuedPackets: 2, queuedBytes: 4200, queuedControlBytes: 64 });
    const lines = peerLines([full, peer({ address: two })], "drops");
    expect(lines).toHaveLength(7);
    expect(lines.slice(2, 6)).toEqual([
      "    queued              2 packets, 4.20 kB",
      "    queued control      64 B",
      "    dropped_down            3",
      "    dropped_queue_full  1,200",
    ]);
    expect(lines[6]).toContain(`  ${two}  up `);
  });

  it("shows every counter on request", () => {
    expect(peerLines([peer()], "all").slice(2)).toEqual([
      "    datagrams_lost   0",
      "    packets_sent    12",
    ]);
  });
});
