// SPDX-License-Identifier: GPL-3.0-or-later

// What an operator does with daemons that run: processes, with the command and with a client.

import { readFileSync, writeFileSync } from "node:fs";
import { type DaemonStatus, generateKey } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDaemons, type Daemons, type PeeredDaemon } from "../support/two-daemons.js";
import { untilAnswer } from "../support/until-answer.js";

const CLEAN = { code: 0, signal: null };
const DEADLINE_MS = 20_000;

let daemons: Daemons;
let one: PeeredDaemon;
let other: PeeredDaemon;

beforeEach(async () => {
  daemons = await createDaemons(2, { peersOf: () => [] });
  await daemons.start();
  [one, other] = [daemons.at(0), daemons.at(1)];
});
afterEach(() => daemons.end());

const ok = async ({ workshop }: PeeredDaemon, ...words: string[]): Promise<string> => {
  const { stdout, ...rest } = await workshop.run(words);
  expect(rest).toEqual({ ...CLEAN, stderr: "" });
  return stdout;
};
const isUp = (daemon: PeeredDaemon): Promise<void> =>
  untilAnswer("the peer is up", async () => (await daemon.status()).peers.some(({ up }) => up));

describe("peers", () => {
  it("are added and removed while the daemons run, and saved when asked", async () => {
    await ok(other, "peers", "add", "--", `${one.address}`);
    await ok(one, "peers", "add", "--save", "--", `${other.address}`, other.udp);
    await isUp(one);
    await ok(one, "ping", "-c", "2", "-i", "0.02", "--", `${other.address}`);
    expect(await ok(one, "peers")).toContain(`${other.address}  up `);
    // The one that was saved is there after a restart, the other is not.
    for (const daemon of [one, other]) {
      await daemon.kill();
      await daemon.start();
    }
    expect((await one.status()).peers.map(({ address }) => address)).toEqual([`${other.address}`]);
    expect((await other.status()).peers).toEqual([]);
    await ok(one, "peers", "remove", "--save", "--", `${other.address}`);
    expect((await one.status()).peers).toEqual([]);
    expect(readFileSync(one.workshop.path("config.yml"), "utf8")).not.toContain(`${other.address}`);
    const again = await one.workshop.run(["peers", "remove", "--", `${other.address}`]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("no such peer") });
  });

  it("and the level of the log change with the file at SIGHUP; a faulty file changes nothing", async () => {
    await ok(other, "peers", "add", "--", `${one.address}`);
    const path = one.workshop.path("config.yml");
    const before = readFileSync(path, "utf8");
    writeFileSync(path, `${before}\nnonsense: 1\n`);
    one.process.kill("SIGHUP");
    await one.process.stderr.waitFor(/nonsense: unknown key[\s\S]*nothing has changed/);
    const peer = `  - id: ${other.address}\n    addrs: ["${other.udp}"]\n`;
    const edited = before
      .replace(/^peers:$/m, `peers:\n${peer}`)
      .replace("level: debug", "level: trace")
      .replace(/^ {2}#nodes: .*$/m, "  nodes: 7");
    writeFileSync(path, edited);
    one.process.kill("SIGHUP");
    await one.process.stderr.waitFor(/read again\n.*at the next start: limits\n/);
    await isUp(one);
    expect(await ok(one, "log-level")).toBe("trace\n");
    writeFileSync(path, before);
    one.process.kill("SIGHUP");
    await untilAnswer("no peers", async () => (await one.status()).peers.length === 0);
  });
});

describe("a client", () => {
  it("sees nodes, pings, traces, watches, and sets the level of the log", async () => {
    await ok(other, "peers", "add", "--", `${one.address}`);
    const client = one.connect();
    const { admin } = client;
    await admin.addPeer(other.address, [other.udp]);
    await isUp(one);
    const node = await other.connect().open(generateKey());
    const echo = (async () => {
      for await (const batch of node.batches()) {
        for (const { source, payload } of batch) await node.send(source, payload);
      }
    })();
    const pings = await all(admin.ping(node.address, { count: 3, intervalMs: 10 }));
    expect(pings.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const { rttMicros } of pings) expect(rttMicros).toBeGreaterThan(0);
    const stops = await all(admin.trace(node.address));
    expect(stops.map(({ role, address }) => [role, `${address}`])).toEqual([
      ["router", `${other.address}`],
      ["node", `${node.address}`],
    ]);
    const refused = all(admin.ping(generateKey().address, { count: 1 }));
    await expect(refused).rejects.toMatchObject({ reason: "NO_SUCH_ADDRESS" });

    const opened = await client.open(generateKey());
    const nodes = (await all(admin.nodes())).flat();
    expect(nodes).toEqual([
      { address: opened.address, openings: 1, queuedMessages: 0, queuedBytes: 0 },
    ]);
    const seen: DaemonStatus[] = [];
    for await (const status of admin.watch({ intervalMs: 100 })) {
      seen.push(status);
      if (seen.length === 3) break;
    }
    expect(seen.map((status) => status.nodes)).toEqual([1, 1, 1]);
    expect((await admin.networks()).filter(({ used }) => used)).toMatchObject([
      { name: "beaconnet" },
    ]);
    expect(await admin.setLogLevel("warn")).toBe("debug");
    expect(await admin.logLevel()).toBe("warn");
    await expect(admin.setLogLevel("loud")).rejects.toMatchObject({ reason: "BAD_REQUEST" });
    await node.close();
    await echo;
  });

  it("who watches hears of the end", async () => {
    const { admin } = one.connect();
    const watched = all(admin.watch({ intervalMs: 100 }));
    await untilAnswer("somebody watches", async () => (await one.status()).clients > 1);
    one.process.kill("SIGTERM");
    await expect(watched).rejects.toMatchObject({ reason: "UNAVAILABLE" });
    expect(await one.process.ended).toEqual(CLEAN);
  });

  it("--watch ends cleanly with Ctrl-C", async () => {
    const watching = one.workshop.start(["status", "--watch", "0.1", "--json"]);
    await watching.stdout.waitFor(/^(?:\{.*\}\n){3}/);
    watching.kill("SIGINT");
    expect(await watching.ended).toEqual(CLEAN);
    expect(watching.stderr.text).toBe("");
  });
});

describe("metrics", () => {
  it("are what status shows", async () => {
    await one.kill();
    const path = one.workshop.path("config.yml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/^ {2}#listen: 127.*$/m, "  listen: 127.0.0.1:0"));
    const started = await one.start();
    const [, url = ""] = await started.stderr.waitFor(/"url":"(http:[^"]+)"/);
    await one.connect().open(generateKey());
    const read = async (): Promise<string> => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
      return answer.text();
    };
    expect(await read()).toMatch(/^inet256_nodes 1$/m);
    expect((await fetch(url.replace("/metrics", "/"))).status).toBe(404);
    one.process.kill("SIGTERM");
    expect(await one.process.ended).toEqual(CLEAN);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
