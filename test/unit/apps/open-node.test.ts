// SPDX-License-Identifier: GPL-3.0-or-later

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClientEvent,
  type ConnectOptions,
  generateKey,
  NodeError,
  writeKeyFile,
} from "@inet256/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withNode } from "../../../apps/src/open-node.js";
import { createTestTerminal, type TestTerminal } from "../../support/commands.js";
import { createMemoryService, type MemoryService } from "../../support/memory-service.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-node-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function world(service: MemoryService = createMemoryService()) {
  const terminal: TestTerminal = createTestTerminal();
  const asked: { endpoint: string | undefined; options: ConnectOptions }[] = [];
  const connect = async (endpoint: string | undefined, options: ConnectOptions) => {
    asked.push({ endpoint, options });
    return service;
  };
  return { terminal, service, asked, world: { terminal, version: "1.2.3", connect } };
}

const NO_KEY = { api: undefined, key: undefined };

describe("a program's node", () => {
  it("has the address of its key file", async () => {
    const key = generateKey();
    const path = join(folder, "key.pem");
    writeKeyFile(path, key);
    const { world: where, asked } = world();
    const choice = { api: "unix:///there", key: path };
    const address = await withNode(where, choice, async (node) => node.address);
    expect(address.equals(key.address)).toBe(true);
    expect(asked[0]?.endpoint).toBe("unix:///there");
  });

  it("is a new one each time without a key file", async () => {
    const { world: where } = world();
    const one = await withNode(where, NO_KEY, async (node) => node.address);
    const two = await withNode(where, NO_KEY, async (node) => node.address);
    expect(one.equals(two)).toBe(false);
  });

  it("is closed whatever happens", async () => {
    const { world: where, service } = world();
    await withNode(where, NO_KEY, async () => expect(service.openNodes).toBe(1));
    expect(service.openNodes).toBe(0);
    const failing = withNode(where, NO_KEY, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(service.openNodes).toBe(0);
  });

  it("tells people what its connection goes through, and the program too", async () => {
    const { world: where, terminal, asked } = world();
    const heard: string[] = [];
    const node = generateKey().address;
    const error = new NodeError("UNAVAILABLE", "gone");
    const events: ClientEvent[] = [
      { type: "disconnected", node, error },
      { type: "reopened", node },
      { type: "refused", node, reason: "UNREACHABLE" },
      { type: "lost", node, at: "client", total: 3 },
      { type: "lost", node, at: "client", total: 1200 },
      { type: "lost", node, at: "daemon", total: 34 },
    ];
    const onEvent = (event: ClientEvent): void => void heard.push(event.type);
    await withNode(
      where,
      NO_KEY,
      async () => {
        for (const event of events) asked[0]?.options.onEvent?.(event);
      },
      { onEvent },
    );
    expect(heard).toEqual(events.map(({ type }) => type));
    expect(terminal.stderr.lines).toEqual([
      "the connection to the daemon broke; trying again",
      "connected to the daemon again",
      "1,234 messages lost: they came faster than they were read",
    ]);
  });
});
