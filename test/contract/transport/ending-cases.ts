// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { addressText, type Harness } from "./harness.js";

export function endingCases(harness: Harness): void {
  it("tells nothing any more once it is closed", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    send(a, b.transport, new Uint8Array(10));
    await world.settle("received", () => b.told.calls.at(-1) === "receivedAll");
    const text = addressText(b.transport);
    const calls = b.told.calls.length;
    for (let i = 0; i < 5; i++) send(a, text, new Uint8Array(10));
    const closed = b.transport.close();
    for (let i = 0; i < 5; i++) send(a, text, new Uint8Array(10));
    await closed;
    for (let i = 0; i < 5; i++) send(a, text, new Uint8Array(10));
    await world.quiet();
    expect(b.told.calls).toHaveLength(calls);
    expect([...a.told.faults, ...b.told.faults]).toEqual([]);
  });

  it("stops in the middle of a batch", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    let closed: Promise<void> | undefined;
    b.told.during = () => {
      closed = b.transport.close();
    };
    for (let i = 0; i < 10; i++) send(a, b.transport, new Uint8Array(10));
    await world.settle("received", () => closed !== undefined);
    await closed;
    await world.quiet();
    expect(b.told.calls).toEqual(["received"]);
  });

  it("sends nothing any more, and does not mind being asked to", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    const to = a.transport.address(addressText(b.transport));
    if (to === undefined) throw new Error("no address");
    await a.transport.close();
    expect(() => a.transport.send(to, new Uint8Array(10), 0, 10, 10)).not.toThrow();
    await world.quiet();
    expect(b.told.datagrams).toEqual([]);
    expect(a.told.calls).toEqual([]);
    const c = await bind();
    send(c, b.transport, new Uint8Array(10));
    await world.settle("another's", () => b.told.datagrams.length === 1);
  });

  it("can be closed twice", async () => {
    const { bind } = harness();
    const { transport } = await bind();
    await Promise.all([transport.close(), transport.close()]);
    await transport.close();
  });
}
