// SPDX-License-Identifier: GPL-3.0-or-later

// The command island as a process: three daemons, and programs at two of them.

import { existsSync, readdirSync } from "node:fs";
import { type Client, connect, generateKey, type Node } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createWorkshop, type StartedProcess, type Workshop } from "../support/processes.js";

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

/** The daemons of an island, once it has said who they are. */
async function rowsOf(island: StartedProcess, daemons: number): Promise<readonly Row[]> {
  await island.stdout.waitFor(new RegExp(`(.*\\n){${daemons}}`));
  return island.stdout.lines.map((line): Row => JSON.parse(line));
}

it("an island of a line explains and traces the way from its beginning to its end", async () => {
  const words = ["island", "-d", "4", "-t", "line", "-n", "beaconnet", "--json"];
  const [first, second, , last] = await rowsOf(workshop.start(words), 4);
  if (first === undefined || second === undefined || last === undefined) {
    throw new Error("expected four daemons");
  }
  const to = await openAt(last);
  const env = { INET256_API: first.endpoint };
  const client = connect(first.endpoint);
  clients.push(client);
  const routes = async (): Promise<number> => (await client.status()).routes.length;
  await expect.poll(routes, { timeout: 8_000 }).toBe(3);

  const explain = await workshop.run(["explain", "--json", `${to.address}`], { env });
  expect(JSON.parse(explain.stdout)).toMatchObject({
    address: `${to.address}`,
    ready: true,
    local: false,
    nextHop: second.address,
    router: last.address,
    hops: 3,
    costMicros: expect.any(Number),
  });
  expect(explain.code).toBe(0);

  // The node does not echo; the daemons do.
  const trace = await workshop.run(["trace", "-W", "5", "--json", last.address], { env });
  expect(
    trace.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { type: "way", nextHop: second.address, router: last.address },
    { role: "next-hop", address: second.address, hops: 1, rttMs: expect.any(Number) },
    { role: "router", address: last.address, hops: 3, rttMs: expect.any(Number) },
  ]);
  const silent = await workshop.run(["trace", "-c", "1", "-W", "0.5", `${to.address}`], { env });
  expect(silent.stdout).toMatch(/\n {2}3 {2}router {4}\S{43} {2}\d.* (ms|µs)\n/);
  expect(silent.stdout).toContain(`\n  3  node      ${to.address}  no answer\n`);
  expect([trace.code, silent.code]).toEqual([0, 0]);

  const nobody = await workshop.run(["explain", `${generateKey().address}`], { env });
  expect(nobody).toMatchObject({ code: 1, stdout: "" });
  expect(nobody.stderr).toContain("inet256 explain: address: cannot be reached: ");
});

it("an island carries messages, and leaves nothing behind", async () => {
  const before = readdirSync(workshop.folder).sort();
  const island = workshop.start(["island", "--daemons", "3", "--json"]);
  const [first, second, third] = await rowsOf(island, 3);
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
