// SPDX-License-Identifier: GPL-3.0-or-later

// nc against nc, echo and silence, in memory.

import { randomBytes } from "node:crypto";
import { Address, generateKey, type Node } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { type StartedCommand, startCommand } from "../../../support/commands.js";
import { createMemoryService, type MemoryService } from "../../../support/memory-service.js";

async function addressOf(listener: StartedCommand): Promise<string> {
  const [, address = ""] = await listener.stderr.waitFor(/^listening on (\S{43})\n/);
  return address;
}

/** A node that is no nc, and the address that nc has, once it has written. */
async function openOther(service: MemoryService): Promise<{ node: Node; address: string }> {
  const node = await service.open(generateKey());
  return { node, address: node.address.toString() };
}

describe("nc and nc -l", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a line", Buffer.from("hello\n")],
    ["bytes without a newline", Buffer.from("hello")],
    ["a mebibyte at random", randomBytes(1024 * 1024)],
    [
      "long lines",
      Buffer.concat([Buffer.alloc(200_000, 7), Buffer.from("\n"), Buffer.alloc(70_000)]),
    ],
  ])("carry a file and end by themselves: %s", async (_, file) => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l"], { service, isTTY: true });
    const sender = startCommand(["nc", await addressOf(listener)], { service, stdin: file });
    expect(await sender.done).toBe(0);
    expect(await listener.done).toBe(0);
    expect(Buffer.compare(listener.stdout.bytes, file)).toBe(0);
    expect(sender.stdout.bytes).toHaveLength(0);
    expect(service.openNodes).toBe(0);
  });

  it("end by themselves when the listener has no stdin at all", async () => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l"], { service, stdin: "" });
    const address = await addressOf(listener);
    const sender = startCommand(["nc", address], { service, isTTY: true });
    sender.terminal.stdin.write("one\n");
    await listener.stdout.waitFor(/one\n/);
    sender.terminal.stdin.write("two\n");
    await listener.stdout.waitFor(/two\n/);
    sender.terminal.stdin.end();
    expect(await sender.done).toBe(0);
    expect(await listener.done).toBe(0);
    // The listener says its end last, or it would end somebody who still types.
    const messages = service.accepted.map(({ to, payload }) => [
      `${to}` === address,
      payload.length,
    ]);
    expect(messages).toEqual([
      [true, 4],
      [true, 4],
      [true, 0],
      [false, 0],
    ]);
  });

  it("serve a file to whoever asks for it", async () => {
    const service = createMemoryService();
    const file = randomBytes(100_000);
    const listener = startCommand(["nc", "-l"], { service, stdin: file });
    const fetcher = startCommand(["nc", await addressOf(listener)], { service, stdin: "" });
    expect(await fetcher.done).toBe(0);
    expect(await listener.done).toBe(0);
    expect(Buffer.compare(fetcher.stdout.bytes, file)).toBe(0);
  });

  it("talk both ways, and the side that stays at its terminal ends with the other", async () => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l"], { service, isTTY: true });
    const caller = startCommand(["nc", await addressOf(listener)], { service, isTTY: true });
    caller.terminal.stdin.write("hello\n");
    await listener.stdout.waitFor(/^hello\n/);
    listener.terminal.stdin.write("hello yourself\n");
    await caller.stdout.waitFor(/^hello yourself\n/);
    caller.terminal.stdin.end();
    expect(await caller.done).toBe(0);
    expect(await listener.done).toBe(0);
  });

  it("send a line a message", async () => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l"], { service, stdin: "" });
    const stdin = "a\n\nbc";
    const sender = startCommand(["nc", await addressOf(listener)], { service, stdin });
    expect(await sender.done).toBe(0);
    expect(await listener.done).toBe(0);
    const messages = service.accepted.map(({ payload }) => Buffer.from(payload).toString());
    expect(messages).toEqual(["a\n", "\n", "bc", "", ""]);
  });

  it("end well when the sender does not wait for the listener's end", async () => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l"], { service, isTTY: true });
    const address = await addressOf(listener);
    const sender = startCommand(["nc", "-N", address], { service, stdin: "hello\n" });
    expect(await sender.done).toBe(0);
    expect(await listener.done).toBe(0);
    expect(listener.stdout.text).toBe("hello\n");
    expect(listener.stderr.lines).toHaveLength(1);
  });

  it("give up a pipe that never says anything once the other has ended", async () => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l", "-q", "0.05"], { service });
    const sender = startCommand(["nc", await addressOf(listener)], { service, stdin: "x\n" });
    expect(await sender.done).toBe(0);
    expect(await listener.done).toBe(0);
    expect(listener.stdout.text).toBe("x\n");
  });
});

describe("nc", () => {
  it("gets everything back from an echo, and ends", async () => {
    const service = createMemoryService();
    const stdin = Buffer.concat([randomBytes(70_000), Buffer.from("\nlast")]);
    const nc = startCommand(["nc", `${service.own}`], { service, stdin });
    expect(await nc.done).toBe(0);
    expect(Buffer.compare(nc.stdout.bytes, stdin)).toBe(0);
  });

  it("fails when the other side never ends, and says so", async () => {
    const service = createMemoryService();
    const { address } = await openOther(service);
    const nc = startCommand(["nc", "-q", "0.05", address], { service, stdin: "hello\n" });
    expect(await nc.done).toBe(1);
    expect(nc.stderr.text).toBe(
      `inet256 nc: ${address} did not end its side within 0.05 s: all was accepted, but may not have arrived (-q 0 does not wait)\n`,
    );
  });

  it.each([["-N"], ["-q0"]])("waits for nothing with %s", async (option) => {
    const service = createMemoryService();
    const { address } = await openOther(service);
    const nc = startCommand(["nc", option, address], { service, stdin: "hello\n" });
    expect(await nc.done).toBe(0);
    expect(service.accepted.map(({ payload }) => payload.length)).toEqual([6, 0]);
  });

  it("sends lines and nothing else with -N --no-end", async () => {
    const service = createMemoryService();
    const { address } = await openOther(service);
    const nc = startCommand(["nc", "-N", "--no-end", address], { service, stdin: "hello\n" });
    expect(await nc.done).toBe(0);
    expect(service.accepted.map(({ payload }) => payload.length)).toEqual([6]);
  });

  it("prints what the address sends, and nothing of others", async () => {
    const service = createMemoryService();
    const { node, address } = await openOther(service);
    const stranger = await service.open(generateKey());
    const nc = startCommand(["nc", address], { service });
    nc.terminal.stdin.write("hello\n");
    const { source } = await node.receive();
    stranger.trySend(source, Buffer.from("psst\n"));
    node.trySend(source, Buffer.from("good day\n"));
    await nc.stdout.waitFor(/good day\n/);
    node.trySend(source, new Uint8Array(0));
    nc.terminal.stdin.end();
    expect(await nc.done).toBe(0);
    expect(nc.stdout.text).toBe("good day\n");
    expect(nc.stderr.text).toBe("1 message of others ignored\n");
  });

  it("listens to one address only when it is given one", async () => {
    const service = createMemoryService();
    const { node, address } = await openOther(service);
    const stranger = await service.open(generateKey());
    const nc = startCommand(["nc", "-l", address], { service, stdin: "" });
    const to = Address.parse(await addressOf(nc));
    stranger.trySend(to, Buffer.from("psst\n"));
    stranger.trySend(to, new Uint8Array(0));
    node.trySend(to, Buffer.from("good day\n"));
    node.trySend(to, new Uint8Array(0));
    expect(await nc.done).toBe(0);
    expect(nc.stdout.text).toBe("good day\n");
  });

  it("stops at the first message that is refused", async () => {
    const service = createMemoryService({
      refuse: ({ payload }) => (payload[0] === 0x62 ? "UNREACHABLE" : undefined),
    });
    const { address } = await openOther(service);
    const nc = startCommand(["nc", address], { service, stdin: "a\nb\nc\n" });
    expect(await nc.done).toBe(1);
    expect(nc.stderr.text).toBe("inet256 nc: refused: UNREACHABLE\n");
  });

  it("ends at once by Ctrl-C, with the exit code for it and no end sent", async () => {
    const service = createMemoryService();
    const listener = startCommand(["nc", "-l"], { service });
    await addressOf(listener);
    listener.terminal.interrupt();
    expect(await listener.done).toBe(130);
    expect(listener.stderr.lines).toHaveLength(1);

    const { address } = await openOther(service);
    const caller = startCommand(["nc", address], { service });
    caller.terminal.stdin.write("half\n");
    await expect.poll(() => service.accepted.length).toBe(1);
    caller.terminal.interrupt();
    expect(await caller.done).toBe(130);
    expect(service.accepted).toHaveLength(1);
  });

  it("reads no further than stdout is written", async () => {
    const service = createMemoryService();
    const { node, address } = await openOther(service);
    const nc = startCommand(["nc", address], { service });
    nc.terminal.stdin.write("hello\n");
    const { source } = await node.receive();
    nc.stdout.cork();
    const block = randomBytes(65_535);
    for (let i = 0; i < 10; i++) node.trySend(source, block);
    await expect.poll(() => nc.stdout.writableLength).toBe(block.length);
    nc.stdout.uncork();
    await expect.poll(() => nc.stdout.bytes.length).toBe(10 * block.length);
    node.trySend(source, new Uint8Array(0));
    nc.terminal.stdin.end();
    expect(await nc.done).toBe(0);
  });
});
