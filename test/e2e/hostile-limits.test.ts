// SPDX-License-Identifier: GPL-3.0-or-later

// Clients that want more than they may have: nodes, streams, sessions, requests, connections,
// waiting calls. Each gets a clear RESOURCE_EXHAUSTED, counted; others are not affected, and what
// is given back can be had again.

import { connect, type Socket } from "node:net";
import { Metadata, status } from "@grpc/grpc-js";
import { generateKey, type PrivateKey } from "@inet256/client";
import { health, NodeService } from "@inet256/proto";
import { afterEach, describe, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import {
  createRawClient,
  failed,
  type RawClient,
  type RawStream,
  statusOf,
} from "../support/raw-client.js";
import { until } from "../support/until.js";

let daemon: TestDaemon;
const clients: RawClient[] = [];

async function start(limits: Parameters<typeof startTestDaemon>[0]): Promise<RawClient> {
  daemon = await startTestDaemon(limits);
  return newClient();
}

function newClient(): RawClient {
  const client = createRawClient(daemon.socketPath);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await daemon.stop();
});

const { method } = NodeService;
const keyOf = (key: PrivateKey) => ({
  key: { key: { case: "privateKey" as const, value: key.serialize() } },
});

/** How a call ended that must have failed for a limit. */
async function expectLimit(answer: Promise<object>, reason: string, words: string) {
  const ended = await answer;
  if (!failed(ended)) throw new Error("it was not refused");
  expect([ended.code, ended.reason]).toEqual([status.RESOURCE_EXHAUSTED, reason]);
  expect(ended.message).toContain(words);
}

/** The same of a stream. */
async function expectStreamLimit(client: RawClient, reason: string, words: string) {
  const stream = client.stream();
  stream.send({ open: keyOf(generateKey()) });
  await until(`refused with ${reason}`, () => stream.ended !== undefined);
  expect([stream.ended?.code, stream.ended?.reason]).toEqual([status.RESOURCE_EXHAUSTED, reason]);
  expect(stream.ended?.message).toContain(words);
  expect(stream.heard).toEqual([]);
}

describe("nodes", () => {
  it("of one client: as many as it may have, counted; the next when one is closed", async () => {
    const client = await start({ limits: { nodesPerClient: 5 } });
    const streams: RawStream[] = [];
    for (let i = 0; i < 5; i++) streams.push(await client.open(generateKey()));
    for (let i = 0; i < 3; i++) await expectStreamLimit(client, "LIMIT_NODES", "at most 5 nodes");
    const { nodes, counters } = await statusOf(client);
    expect([nodes, counters["api_requests_limited"]]).toEqual([5, 3]);
    // Another client has its own five.
    const other = newClient();
    await other.open(generateKey());
    streams[0]?.end();
    await until("one is closed", () => streams[0]?.ended !== undefined);
    await client.open(generateKey());
    await expectStreamLimit(client, "LIMIT_NODES", "at most 5 nodes");
  });

  it("of one client: streams that open nothing count as well", async () => {
    const client = await start({ limits: { nodesPerClient: 3 } });
    for (let i = 0; i < 3; i++) client.stream();
    await expect.poll(async () => (await statusOf(client)).streams).toBe(3);
    await expectStreamLimit(client, "LIMIT_NODES", "at most 3 nodes");
  });

  it("of all clients together, however they are opened", async () => {
    const client = await start({ limits: { nodes: 4 } });
    const [first] = [await client.open(generateKey()), await client.open(generateKey())];
    const other = newClient();
    const opened = await other.call(method.open, keyOf(generateKey()));
    expect(failed(opened)).toBe(false);
    await other.open(generateKey());
    await expectStreamLimit(client, "LIMIT_NODES", "the limit of open nodes");
    await expectLimit(other.call(method.open, keyOf(generateKey())), "LIMIT_NODES", "limit");
    const { nodes, counters } = await statusOf(client);
    expect([nodes, counters["api_requests_limited"]]).toEqual([4, 2]);
    first?.end();
    await until("one is closed", () => daemon.service.status().nodes === 3);
    await other.open(generateKey());
  });

  it("without end: the daemon stays at its limit, and serves those who were there", async () => {
    const client = await start({ limits: { nodesPerClient: 50 } });
    const other = newClient();
    const [a, b] = [await other.open(generateKey()), await other.open(generateKey())];
    const streams = Array.from({ length: 400 }, () => {
      const stream = client.stream();
      stream.send({ open: keyOf(generateKey()) });
      return stream;
    });
    await until("every one is answered", () =>
      streams.every(({ ended, token }) => ended !== undefined || token !== ""),
    );
    expect(streams.filter(({ token }) => token !== "").length).toBe(50);
    expect(daemon.service.status().nodes).toBe(52);
    a.send({ datagrams: [{ address: b.address, payload: Buffer.from("still here") }] });
    await until("b hears a", () => b.payloads.length === 1);
    client.close();
    await until("its nodes are gone", () => daemon.service.status().nodes === 2);
  });
});

describe("sessions of Open", () => {
  it("are 1,024 at once, and those of nodes that were dropped hold no place", async () => {
    const client = await start({});
    const key = generateKey();
    for (let i = 0; i < 1_024; i += 64) {
      const answers = await Promise.all(
        Array.from({ length: 64 }, () => client.call(method.open, keyOf(key))),
      );
      expect(answers.some(failed)).toBe(false);
    }
    await expectLimit(client.call(method.open, keyOf(key)), "LIMIT_NODES", "1024 sessions");
    expect((await statusOf(client)).counters["api_requests_limited"]).toBe(1);
    expect(daemon.service.status().nodes).toBe(1);
    await client.call(method.drop, keyOf(key));
    const again = await client.call(method.open, keyOf(key));
    expect(failed(again)).toBe(false);
  });
});

describe("requests", () => {
  it("of one client: twice the rate at once, then refused and counted; others are served", async () => {
    const client = await start({ limits: { requestsPerSecond: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => client.call(method.findAddress, {})),
    );
    const reasons = answers.map((answer) => (failed(answer) ? answer.reason : "none"));
    // Those within the rate say that they lack a session.
    const served = reasons.filter((reason) => reason === "BAD_REQUEST").length;
    const limited = reasons.filter((reason) => reason === "LIMIT_RATE").length;
    expect(served + limited).toBe(60);
    // Two at once, and one more for each second that this took.
    expect(served).toBeGreaterThanOrEqual(2);
    expect(served).toBeLessThan(30);
    const other = newClient();
    const { counters } = await statusOf(other);
    expect(counters["api_requests_limited"]).toBe(limited);
    await other.open(generateKey());
  });

  it("cover every way to open: streams count as requests too", async () => {
    const client = await start({ limits: { requestsPerSecond: 1 } });
    const streams = Array.from({ length: 40 }, () => {
      const stream = client.stream();
      stream.send({ open: keyOf(generateKey()) });
      return stream;
    });
    const settled = ({ ended, token }: RawStream): boolean => ended !== undefined || token !== "";
    await until("every one is answered", () => streams.every(settled));
    const refused = streams.filter(({ ended }) => ended !== undefined);
    expect(new Set(refused.map(({ ended }) => ended?.reason))).toEqual(new Set(["LIMIT_RATE"]));
    expect(refused[0]?.ended?.message).toContain("more than 1 requests a second");
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.length).toBeLessThanOrEqual(38);
  });

  it("that wait are 16 at one session", async () => {
    const client = await start({});
    const opened = await client.call(method.open, keyOf(generateKey()));
    if (failed(opened)) throw new Error("not open");
    const metadata = { "inet256-session": opened.session };
    const answers: object[] = [];
    for (let i = 0; i < 20; i++) {
      void client.call(method.receive, {}, metadata).then((answer) => answers.push(answer));
    }
    await until("four are refused", () => answers.length === 4);
    for (const answer of answers) {
      await expectLimit(Promise.resolve(answer), "LIMIT_RATE", "at most 16 calls");
    }
    await client.call(method.close, {}, metadata);
    await until("the others hear of the end", () => answers.length === 20);
    expect((await statusOf(client)).counters["api_requests_limited"]).toBe(4);
    const reasons = answers.slice(4).map((answer) => (failed(answer) ? answer.reason : "none"));
    expect(new Set(reasons)).toEqual(new Set(["NODE_CLOSED"]));
  });
});

describe("connections", () => {
  it("beyond the limit are closed at once, counted; there is room again when one goes", async () => {
    const client = await start({ limits: { clients: 4 } });
    await statusOf(client);
    const sockets: Socket[] = [];
    let closed = 0;
    for (let i = 0; i < 10; i++) {
      const socket = connect(daemon.socketPath);
      socket.on("error", () => {});
      socket.on("close", () => {
        closed += 1;
      });
      sockets.push(socket);
    }
    await until("seven are refused", () => closed === 7);
    const { clients: alive, counters } = await statusOf(client);
    expect([alive, counters["api_connections_refused"]]).toEqual([4, 7]);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await statusOf(client)).clients).toBe(1);
    await newClient().open(generateKey());
  });

  it("that come and go by hundreds leave nothing", async () => {
    const client = await start({ limits: { clients: 20 } });
    for (let round = 0; round < 30; round++) {
      const visitors = Array.from({ length: 10 }, () => connect(daemon.socketPath));
      const gone = visitors.map(
        (socket) => new Promise((resolve) => socket.once("close", resolve)),
      );
      for (const socket of visitors) {
        socket.on("error", () => {});
        socket.once("connect", () => socket.destroy());
      }
      await Promise.all(gone);
    }
    await expect.poll(async () => (await statusOf(client)).clients).toBe(1);
    expect(Number((await statusOf(client)).counters["api_connections"])).toBeGreaterThan(200);
  });
});

describe("those who watch", () => {
  it("health are told of the end, and hold nothing when they go", async () => {
    const client = await start({});
    const other = newClient();
    const statuses: number[] = [];
    for (const [i, who] of [client, other].entries()) {
      for (let n = 0; n < 100; n++) {
        const call = who.caller.serverStream(
          health.Health.method.watch,
          { service: "" },
          new Metadata(),
        );
        call.on("error", () => {});
        call.on("data", (answer: health.HealthCheckResponse) => {
          if (i === 0) statuses.push(answer.status);
        });
      }
    }
    const { SERVING, NOT_SERVING } = health.HealthCheckResponse_ServingStatus;
    await until("all hear", () => statuses.length === 100);
    other.close();
    await daemon.stop();
    await until("all hear of the end", () => statuses.length === 200);
    expect(new Set(statuses.slice(0, 100))).toEqual(new Set([SERVING]));
    expect(new Set(statuses.slice(100))).toEqual(new Set([NOT_SERVING]));
  });
});
