// SPDX-License-Identifier: GPL-3.0-or-later

// A client with many nodes whose wire is cut: all of them come back, each once, and work.

import { type Client, connect, generateKey, type Node } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { until } from "../support/until.js";
import { startWire, type Wire } from "../support/wire.js";

// More than are reopened at once, and not a multiple of it.
const NODES = 300;

let daemon: TestDaemon;
let wire: Wire;
let client: Client;

beforeEach(async () => {
  daemon = await startTestDaemon();
  wire = await startWire(daemon.socketPath);
});
afterEach(async () => {
  await client.close();
  await wire.stop();
  await daemon.stop();
});

it(`${NODES} nodes of one client come back after a cut`, async () => {
  const reopened = new Map<string, number>();
  client = connect(wire.endpoint, {
    onEvent({ type, node }) {
      const text = node.toString();
      if (type === "reopened") reopened.set(text, (reopened.get(text) ?? 0) + 1);
    },
  });
  const nodes = await Promise.all(Array.from({ length: NODES }, () => client.open(generateKey())));
  expect((await client.status()).streams).toBe(NODES);
  const began = performance.now();
  wire.cut();
  await until("all are open again", () => reopened.size === NODES, 20_000);
  console.info(`${NODES} nodes were open again after ${Math.round(performance.now() - began)} ms`);

  const round = async (node: Node, i: number): Promise<number> => {
    const to = nodes[(i + 1) % NODES] ?? node;
    await node.send(to.address, Uint8Array.of(i >> 8, i & 0xff));
    const { payload, source } = await to.receive();
    expect(source.equals(node.address)).toBe(true);
    return ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  };
  expect(await Promise.all(nodes.map(round))).toEqual(nodes.map((_, i) => i));
  const { streams, nodes: open } = await client.status();
  expect([streams, open]).toEqual([NODES, NODES]);
  expect([...reopened.values()].every((times) => times === 1)).toBe(true);
});
