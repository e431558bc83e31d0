// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createRelaySink } from "../../../server/src/daemon/relay-sink.js";
import type { TransportAddress, TransportSink } from "../../../server/src/transport/index.js";

const address: TransportAddress = {
  transport: {} as never,
  text: "memory:a",
  bytes: new Uint8Array(1),
  group: "a",
  baseMtu: 1_200,
  largestMtu: 1_200,
};
const buffer = new Uint8Array(10);

function tell(sink: TransportSink): void {
  sink.received(buffer, 1, 2, address, 3);
  sink.receivedAll(4);
  sink.unreachable(address, 5);
  sink.failed(address, 6);
  sink.writable(7);
}

function createTarget() {
  const heard: unknown[][] = [];
  const note =
    (name: string) =>
    (...told: unknown[]): void =>
      void heard.push([name, ...told]);
  const sink: TransportSink = {
    received: note("received"),
    receivedAll: note("receivedAll"),
    unreachable: note("unreachable"),
    failed: note("failed"),
    writable: note("writable"),
  };
  return { sink, heard };
}

describe("a relay", () => {
  it("tells nobody until there is somebody, and then him everything, as it is", () => {
    const { sink, relayTo } = createRelaySink();
    const { sink: target, heard } = createTarget();
    tell(sink);
    relayTo(target);
    expect(heard).toEqual([]);
    tell(sink);
    expect(heard).toEqual([
      ["received", buffer, 1, 2, address, 3],
      ["receivedAll", 4],
      ["unreachable", address, 5],
      ["failed", address, 6],
      ["writable", 7],
    ]);
    expect(heard[0]?.[1]).toBe(buffer);
  });

  it("tells another from then on, or nobody", () => {
    const { sink, relayTo } = createRelaySink();
    const [first, second] = [createTarget(), createTarget()];
    relayTo(first.sink);
    relayTo(second.sink);
    tell(sink);
    relayTo(undefined);
    tell(sink);
    expect([first.heard.length, second.heard.length]).toEqual([0, 5]);
  });
});
