// SPDX-License-Identifier: GPL-3.0-or-later

import { Address, generateKey } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { echoBack } from "../../../../apps/src/echo/echo-back.js";
import { startCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

describe("echo", () => {
  it("prints its address on stdout, all else on stderr, and sends everything back", async () => {
    const service = createMemoryService();
    const started = startCommand(["echo"], { service });
    const [address = ""] = await started.stdout.waitFor(/^\S{43}(?=\n)/);
    const node = await service.open(generateKey());
    const to = Address.parse(address);
    for (const size of [0, 1, 65_535]) {
      const payload = new Uint8Array(size).fill(size & 0xff);
      await node.send(to, payload);
      const back = await node.receive();
      expect(back.source.equals(to)).toBe(true);
      expect(Buffer.compare(back.payload, payload)).toBe(0);
    }
    started.terminal.interrupt();
    expect(await started.done).toBe(0);
    expect(started.stdout.text).toBe(`${address}\n`);
    expect(started.stderr.lines).toEqual([
      `echoing; try: inet256 ping ${address}`,
      "echoed 3 messages, 65.5 kB",
    ]);
  });

  it("waits for room when there is none, and loses nothing", async () => {
    let calls = 0;
    const service = createMemoryService({
      isFull() {
        calls += 1;
        return calls % 2 === 0;
      },
    });
    const started = startCommand(["echo", "--quiet"], { service });
    const [address = ""] = await started.stdout.waitFor(/^\S{43}(?=\n)/);
    const node = await service.open(generateKey());
    for (let i = 0; i < 100; i++) await node.send(Address.parse(address), Uint8Array.of(i));
    for (let i = 0; i < 100; i++) expect((await node.receive()).payload).toEqual(Uint8Array.of(i));
    started.terminal.interrupt();
    expect(await started.done).toBe(0);
    expect(started.stderr.text).toBe("");
  });

  it("does not talk to itself", async () => {
    const service = createMemoryService();
    const node = await service.open(generateKey());
    const other = await service.open(generateKey());
    const ending = new AbortController();
    const counts = { messages: 0, bytes: 0, failed: 0 };
    const echoing = echoBack(node, counts, ending.signal);
    node.trySend(node.address, Uint8Array.of(1));
    other.trySend(node.address, Uint8Array.of(2));
    expect((await other.receive()).payload).toEqual(Uint8Array.of(2));
    expect(service.accepted).toHaveLength(3);
    expect(counts).toEqual({ messages: 1, bytes: 1, failed: 0 });
    ending.abort();
    await expect(echoing).rejects.toBe(ending.signal.reason);
  });

  it("prints JSON", async () => {
    const service = createMemoryService();
    const started = startCommand(["echo", "--json"], { service });
    await started.stdout.waitFor(/\n/);
    started.terminal.interrupt();
    expect(await started.done).toBe(0);
    const [first = "", last = ""] = started.stdout.lines;
    expect(Object.keys(JSON.parse(first))).toEqual(["address"]);
    expect(JSON.parse(last)).toEqual({ messages: 0, bytes: 0, failed: 0 });
  });
});
