// SPDX-License-Identifier: GPL-3.0-or-later

// Programs that have a use for much at once: the bounds that keep others from being crowded out let
// them through, only not all in the same moment.

import http2 from "node:http2";
import { connect as dial } from "node:net";
import { connect, generateKey } from "@inet256/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { until } from "../support/until.js";

const CONNECTIONS = 70;
const NODES = 1_000;
/** Ten times what the pace makes of it. */
const DEADLINE_MS = 30_000;

let daemon: TestDaemon;

beforeAll(async () => {
  daemon = await startTestDaemon({
    limits: { clients: CONNECTIONS + 10, connectionsPerSecond: 16 },
  });
});

afterAll(() => daemon.stop());

it(
  "many connections of one process are all served, some of them later",
  async () => {
    const clients = Array.from({ length: CONNECTIONS }, () => connect(daemon.endpoint));
    const answers = await Promise.all(clients.map((client) => client.status()));
    expect(answers.at(-1)?.counters["api_connections_refused"] ?? 0).toBe(0);
    expect((await clients[0]?.status())?.clients).toBe(CONNECTIONS);
    await Promise.all(clients.map((client) => client.close()));
  },
  DEADLINE_MS,
);

it(
  "a client opens many nodes at once over one connection",
  async () => {
    const client = connect(daemon.endpoint);
    const nodes = await Promise.all(
      Array.from({ length: NODES }, () => client.open(generateKey())),
    );
    expect(new Set(nodes.map(({ address }) => `${address}`)).size).toBe(NODES);
    expect((await client.status()).nodes).toBe(NODES);
    await client.close();
  },
  DEADLINE_MS,
);

/** A bare HTTP/2 connection that knows how many calls it may have at once. */
async function session(): Promise<http2.ClientHttp2Session> {
  const made = http2.connect("http://localhost", {
    createConnection: () => dial(daemon.socketPath),
  });
  made.on("error", () => {});
  await new Promise((resolve) => made.once("remoteSettings", resolve));
  return made;
}

/** A call with an empty message. */
function call(on: http2.ClientHttp2Session, path: string): http2.ClientHttp2Stream {
  const stream = on.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => {});
  stream.end(Buffer.alloc(5));
  return stream;
}

it("a connection may have more calls at once as soon as some were served", async () => {
  const made = await session();
  const allowed = (): number => made.remoteSettings?.maxConcurrentStreams ?? 0;
  expect(allowed()).toBe(32);
  for (let i = 0; i < 16; i++) {
    const stream = call(made, "/inet256.v1.AdminService/GetStatus");
    stream.resume();
    await until("it was answered", () => stream.closed);
  }
  await until("it may have more", () => allowed() === 128);
  made.destroy();
});

it.each(["/inet256.v1.AdminService/WatchStatus", "/grpc.health.v1.Health/Watch"])(
  "calls that last keep no others waiting: %s",
  async (path) => {
    const made = await session();
    let answered = 0;
    for (let i = 0; i < 50; i++) {
      call(made, path).once("data", () => {
        answered += 1;
      });
    }
    await until("every one has an answer", () => answered === 50);
    made.destroy();
  },
);
