// SPDX-License-Identifier: GPL-3.0-or-later

// The command island as a process: three daemons, and programs at two of them.

import { existsSync, readdirSync } from "node:fs";
import { type Client, connect, generateKey, type Node } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createWorkshop, type Workshop } from "../support/processes.js";

const MESSAGES = 100;

let workshop: Workshop;
let clients: Client[] = [];
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  await workshop.end();
});

/** What a daemon of the island says of itself. */
interface Row {
  readonly name: string;
  readonly address: string;
  readonly endpoint: string;
}

async function openAt({ endpoint }: Row): Promise<Node> {
  const client = connect(endpoint);
  clients.push(client);
  return client.open(generateKey());
}

/** Sends messages with a content each, and checks what comes and who it is from. */
async function exchange(from: Node, to: Node): Promise<void> {
  const texts = Array.from({ length: MESSAGES }, (_, n) =>
    `${n} of ${from.address} `.repeat(n + 1),
  );
  const received: string[] = [];
  const reading = (async () => {
    while (received.length < MESSAGES) {
      const { source, payload } = await to.receive();
      expect(source.equals(from.address)).toBe(true);
      received.push(Buffer.from(payload).toString());
    }
  })();
  for (const text of texts) await from.send(to.address, Buffer.from(text));
  await reading;
  expect(received.sort()).toEqual([...texts].sort());
}

it("an island carries messages, and leaves nothing behind", async () => {
  const before = readdirSync(workshop.folder).sort();
  const island = workshop.start(["island", "--daemons", "3", "--json"]);
  await island.stdout.waitFor(/(.*\n){3}/);
  const [first, second, third] = island.stdout.lines.map((line): Row => JSON.parse(line));
  if (first === undefined || second === undefined || third === undefined) {
    throw new Error(`expected three daemons: ${island.stdout.text}`);
  }

  const [one, other] = await Promise.all([openAt(first), openAt(second)]);
  await Promise.all([exchange(one, other), exchange(other, one)]);

  const ping = await workshop.run(["ping", "-c", "1", third.address], {
    env: { INET256_API: first.endpoint },
  });
  expect(ping).toMatchObject({ code: 0, stdout: expect.stringContaining("1 received, 0% loss") });

  island.kill("SIGINT");
  expect(await island.ended).toEqual({ code: 0, signal: null });
  expect(island.stderr.text).toBe("");
  for (const { endpoint } of [first, second, third]) {
    expect(existsSync(endpoint.slice("unix://".length))).toBe(false);
  }
  expect(readdirSync(workshop.folder).sort()).toEqual(before);
});
