// SPDX-License-Identifier: GPL-3.0-or-later

// Rule P1: whoever squats on a port, or in the folder of a socket, collects no private keys.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, generateKey } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startFakeDaemon } from "../../support/fake-daemon.js";
import { until } from "../../support/until.js";
import { rejects } from "./support.js";

/** Listens where a daemon is expected, and keeps everything it gets. */
interface Squatter {
  readonly port: number;
  readonly connections: () => number;
  readonly loot: () => Buffer;
}

const sockets = new Set<Socket>();
let server: Server;
let squatter: Squatter;

beforeEach(async () => {
  const chunks: Buffer[] = [];
  let connections = 0;
  server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  squatter = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    connections: () => connections,
    loot: () => Buffer.concat(chunks),
  };
});
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await closed;
});

describe("over TCP", () => {
  it.each(["127.0.0.1", "localhost", "[::1]"])("port-squatter-gets-no-key, at %s", async (host) => {
    const client = connect(`tcp://${host}:${squatter.port}`);
    const key = generateKey();
    const refusal = {
      name: "NodeError",
      reason: "BAD_REQUEST",
      message: expect.stringContaining("refusing to send a private key over plaintext"),
    };
    await expect(client.open(key)).rejects.toMatchObject(refusal);
    await expect(client.open(key, { inboxBytes: 1_000 })).rejects.toMatchObject(refusal);
    await expect(client.drop(key)).rejects.toMatchObject(refusal);
    await client.close();
    expect([squatter.connections(), squatter.loot().length]).toEqual([0, 0]);
  });

  it("only an unmistakable yes lets keys through", async () => {
    for (const almost of [undefined, false, "yes", 1, {}]) {
      const options = { allowPrivateKeysOverPlaintext: almost as unknown as boolean };
      const client = connect(`tcp://127.0.0.1:${squatter.port}`, options);
      await rejects(client.open(generateKey()), "BAD_REQUEST");
      await client.close();
    }
    expect(squatter.connections()).toBe(0);
  });

  it("with that yes they do get through: the refusal is what protects them", async () => {
    const daemon = await startFakeDaemon({}, "tcp");
    const client = connect(daemon.endpoint, { allowPrivateKeysOverPlaintext: true });
    const key = generateKey();
    const node = await client.open(key);
    expect(node.address.equals(key.address)).toBe(true);
    const [stream] = daemon.streams;
    expect(Buffer.compare(stream?.key.serialize() ?? Buffer.of(), key.serialize())).toBe(0);
    await client.close();
    await daemon.stop();
  });

  it("with tls:// a squatter without a certificate sees a greeting, and no key", async () => {
    const client = connect(`tls://localhost:${squatter.port}`);
    const key = generateKey();
    const controller = new AbortController();
    const opening = client.open(key, { signal: controller.signal });
    await until("it was greeted", () => squatter.loot().length > 0);
    controller.abort("enough");
    await expect(opening).rejects.toBe("enough");
    await client.close();
    // 22 is TLS's handshake record; in the clear HTTP/2 would begin with PRI.
    expect(squatter.loot()[0]).toBe(22);
    expect(squatter.loot().includes(Buffer.from(key.serialize().subarray(17, 49)))).toBe(false);
  });
});

describe("in the folder of the default socket", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inet256-squat-"));
    vi.stubEnv("TMPDIR", folder);
    for (const name of ["INET256_API", "XDG_RUNTIME_DIR"]) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it.each(["a link", "a folder open to others"])("no client is made through %s", (squat) => {
    const own = join(folder, `inet256-${process.getuid?.() ?? "user"}`);
    const theirs = join(folder, "theirs");
    mkdirSync(theirs, { mode: 0o700 });
    if (squat === "a link") symlinkSync(theirs, own);
    else mkdirSync(own, { mode: 0o777 });
    expect(() => connect()).toThrow(
      expect.objectContaining({ name: "NodeError", reason: "UNAUTHENTICATED" }),
    );
  });
});
