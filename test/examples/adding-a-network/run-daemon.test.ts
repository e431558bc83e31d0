// SPDX-License-Identifier: GPL-3.0-or-later

// Whole daemons with static routes, over UDP: a line of three, each with the configuration of the
// document, filled in.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, generateKey, type PrivateKey, writeKeyFile } from "@inet256/client";
import { type Daemon, parseConfig } from "@inet256/mesh256";
import { afterEach, describe, expect, it } from "vitest";
import { createCaptured } from "../../support/captured.js";
import { freePort } from "../../support/two-daemons.js";
import { until } from "../../support/until.js";
import { staticRoutes } from "./index.js";
import { runDaemon } from "./run-daemon.js";

const EXAMPLE = readFileSync(new URL("config.yml", import.meta.url), "utf8");

const cleaners: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleaners.splice(0).reverse()) await clean();
});

interface Planned {
  readonly folder: string;
  readonly key: PrivateKey;
  readonly port: number;
}

async function plan(root: string, name: string): Promise<Planned> {
  const folder = join(root, name);
  mkdirSync(folder);
  const key = generateKey();
  writeKeyFile(join(folder, "private_key.pem"), key);
  return { folder, key, port: await freePort("127.0.0.1") };
}

/** The example, with one route to each of the others that is no peer, and these peers. */
function configure(own: Planned, peers: readonly Planned[], beyond: readonly Planned[]): string {
  const [via] = peers;
  const routes = beyond.map(
    ({ key }) => `    - to: ${key.address}\n      via: ${via?.key.address}\n`,
  );
  const entries = peers.map(
    ({ key, port }) => `  - id: ${key.address}\n    addrs: ["127.0.0.1:${port}"]\n`,
  );
  return EXAMPLE.replace("127.0.0.1:7001", `127.0.0.1:${own.port}`)
    .replace(
      / {2}routes:\n[\s\S]*?(?=transports)/,
      `  routes: ${routes.length === 0 ? "[]" : ""}\n${routes.join("")}`,
    )
    .replace(/(?<=peers:\n)[\s\S]*$/, entries.join(""));
}

describe("daemons with a network from outside the tree", () => {
  it("a line of three: both ends talk through the one in the middle", async () => {
    const root = mkdtempSync(join(tmpdir(), "inet256-example-"));
    cleaners.push(() => rmSync(root, { recursive: true, force: true }));
    const [a, b, c] = [await plan(root, "a"), await plan(root, "b"), await plan(root, "c")];
    const run = async (own: Planned, peers: readonly Planned[], beyond: readonly Planned[]) => {
      const file = join(own.folder, "config.yml");
      writeFileSync(file, configure(own, peers, beyond), { mode: 0o600 });
      const daemon: Daemon = await runDaemon(file, join(own.folder, "socket"), createCaptured());
      cleaners.push(() => daemon.stop());
      const client = connect(daemon.endpoint);
      cleaners.push(() => client.close());
      return { daemon, client };
    };
    const left = await run(a, [b], [c]);
    const middle = await run(b, [a, c], []);
    const right = await run(c, [b], [a]);
    expect((await left.client.status()).network).toBe("static");
    await until("the peers are up", () =>
      middle.daemon.service.status().peers.every(({ up }) => up),
    );
    const alice = await left.client.open(generateKey());
    const carol = await right.client.open(generateKey());
    const signal = AbortSignal.timeout(20_000);
    await alice.send(carol.address, Buffer.from("hello"));
    const heard = await carol.receive({ signal });
    expect(Buffer.from(heard.payload).toString()).toBe("hello");
    await carol.send(heard.source, Buffer.from("hello yourself"));
    const answer = await alice.receive({ signal });
    expect(answer.source.equals(carol.address)).toBe(true);
  });

  it("it may be named only where it was handed in", () => {
    const read = parseConfig("network: static\n", { file: "config.yml" });
    expect(read).toMatchObject({ ok: false, problems: [{ path: "network" }] });
    const networks = [staticRoutes];
    expect(parseConfig("network: static\n", { file: "config.yml", networks }).ok).toBe(true);
  });

  it("a configuration that is wrong says where", async () => {
    const root = mkdtempSync(join(tmpdir(), "inet256-example-"));
    cleaners.push(() => rmSync(root, { recursive: true, force: true }));
    const file = join(root, "config.yml");
    writeFileSync(file, EXAMPLE);
    await expect(runDaemon(file, join(root, "socket"), createCaptured())).rejects.toThrow(
      /config\.yml:5:11: network\.routes\[0\]\.to: not an address, expected 43 characters/,
    );
  });
});
