// SPDX-License-Identifier: GPL-3.0-or-later

// The calls of AdminService that are answered by a stream: what the service is asked for, what is
// refused before it is asked, and what of its answers goes out.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AdminService,
  ListNodesRequestSchema,
  PingRequestSchema,
  TraceRequestSchema,
  TraceRole,
  WatchStatusRequestSchema,
} from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { type AdminOptions, createAdminHandlers } from "../../../server/src/api/admin-handlers.js";
import { NODES_IN_ANSWER } from "../../../server/src/api/constants.js";
import type { StreamMaker } from "../../../server/src/api/streaming.js";
import { addressOf } from "../node/local-nodes.js";
import { NO_ADMIN } from "./no-admin.js";

const TO = addressOf(1);
const OTHER = addressOf(2);
const { signal } = new AbortController();

/** Calls as functions: the answers themselves. */
function ask(
  service: Partial<AdminOptions["service"]>,
  name: "ping" | "trace" | "watchStatus" | "listNodes",
  request: object,
  more: Partial<AdminOptions> = {},
): AsyncIterable<Record<string, unknown>> {
  let answers: AsyncIterable<unknown> | Iterable<unknown> = [];
  const streaming: StreamMaker = (method, answer) => (call) => {
    expect(method).toBe(AdminService.method[name]);
    answers = answer(call.request, signal);
  };
  const all = { ...NO_ADMIN, ...more, service: { ...NO_ADMIN.service, ...service }, streaming };
  createAdminHandlers(all)[name]({ request } as never);
  return (async function* () {
    for await (const answer of answers) yield answer as Record<string, unknown>;
  })();
}

const list = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
};

const seconds = (whole: number, nanos = 0) => ({ seconds: BigInt(whole), nanos });
const ping = (request: MessageInitShape<typeof PingRequestSchema>) =>
  create(PingRequestSchema, { address: TO.bytes, ...request });
const trace = (request: MessageInitShape<typeof TraceRequestSchema>) =>
  create(TraceRequestSchema, { address: TO.bytes, ...request });

describe("ping", () => {
  const asked: unknown[] = [];
  const service: Partial<AdminOptions["service"]> = {
    async *ping(address, options, given) {
      asked.push([`${address}`, options, given === signal]);
      yield { number: 1, rttMicros: 1_500_000 };
      yield { number: 2, rttMicros: undefined };
    },
  };
  const whatIsAsked = async (request: MessageInitShape<typeof PingRequestSchema>) => {
    asked.length = 0;
    await list(ask(service, "ping", ping(request)));
    return asked;
  };

  it("is what was asked for, both ends of each range included", async () => {
    const usual = { count: 4, sizeBytes: 64, intervalMs: 1_000, timeoutMs: 2_000 };
    expect(await whatIsAsked({})).toEqual([[`${TO}`, usual, true]]);
    const least = { count: 1, size: 28, interval: seconds(0, 10e6), timeout: seconds(0, 1e6) };
    const meant = { count: 1, sizeBytes: 28, intervalMs: 10, timeoutMs: 1 };
    expect(await whatIsAsked(least)).toMatchObject([[`${TO}`, meant, true]]);
    const most = { count: 1000, size: 65_535, interval: seconds(60), timeout: seconds(60) };
    const allMeant = { count: 1000, sizeBytes: 65_535, intervalMs: 60_000, timeoutMs: 60_000 };
    expect(await whatIsAsked(most)).toMatchObject([[`${TO}`, allMeant, true]]);
  });

  it.each([
    ["count", { count: 1001 }],
    ["size", { size: 27 }],
    ["size", { size: 65_536 }],
    ["interval", { interval: seconds(0, 9_999_999) }],
    ["interval", { interval: seconds(60, 1_000_000) }],
    ["timeout", { timeout: seconds(0, 999_999) }],
    ["timeout", { timeout: seconds(60, 1_000_000) }],
  ])("with a wrong %s is refused", async (name, request) => {
    await expect(whatIsAsked(request)).rejects.toMatchObject({
      reason: "BAD_REQUEST",
      message: expect.stringMatching(`^${name}: expected `),
    });
    expect(asked).toEqual([]);
  });

  it("of no address is refused", async () => {
    const request = { address: new Uint8Array(0) };
    await expect(whatIsAsked(request)).rejects.toMatchObject({ reason: "BAD_ADDRESS" });
  });

  it("tells how long each took, and of one that is lost nothing", async () => {
    const [first, second] = await list(ask(service, "ping", ping({})));
    expect(first).toMatchObject({ number: 1, rtt: seconds(1, 500_000_000) });
    expect(second).toEqual({ number: 2 });
  });
});

describe("trace", () => {
  const asked: unknown[] = [];
  const service: Partial<AdminOptions["service"]> = {
    async *trace(address, options) {
      asked.push([`${address}`, options]);
      yield { role: "next-hop", address: OTHER, hops: 1, rttMicros: 250 };
      yield { role: "router", address: OTHER, hops: undefined, rttMicros: undefined };
      yield { role: "node", address: TO, hops: 3, rttMicros: undefined };
    },
  };

  it("tells of each stop by its role, with what is known", async () => {
    const stops = await list(ask(service, "trace", trace({})));
    expect(asked.splice(0)).toEqual([[`${TO}`, { count: 3, timeoutMs: 2_000 }]]);
    const named = { address: OTHER.bytes, addressText: `${OTHER}` };
    expect(stops).toEqual([
      {
        role: TraceRole.NEXT_HOP,
        ...named,
        hops: 1,
        rtt: expect.objectContaining(seconds(0, 250e3)),
      },
      { role: TraceRole.ROUTER, ...named, hops: 0 },
      { role: TraceRole.NODE, address: TO.bytes, addressText: `${TO}`, hops: 3 },
    ]);
  });

  it("asks for no more than 100 pings of each stop", async () => {
    await list(ask(service, "trace", trace({ count: 100 })));
    expect(asked.splice(0)).toMatchObject([[`${TO}`, { count: 100 }]]);
    const refused = list(ask(service, "trace", trace({ count: 101 })));
    await expect(refused).rejects.toMatchObject({ reason: "BAD_REQUEST" });
    expect(asked).toEqual([]);
  });
});

describe("watching", () => {
  const status = () => ({
    ...{ address: TO, publicKey: { serialize: () => new Uint8Array(0) }, uptimeMs: 0, nodes: 0 },
    ...{ queuedBytes: 0, network: "n", transportAddresses: [], peers: [], routes: [] },
    ...{ sessions: { remotes: 0, sessions: 0, waitingRemotes: 0, waitingBytes: 0 }, counters: {} },
  });
  const api = () => ({ endpoints: [], clients: 0, streams: 0, counters: {} });

  it.each([
    [1_000, undefined],
    [100, seconds(0, 100e6)],
    [3_600_000, seconds(3_600)],
  ])("tells at once, then every %d ms", async (intervalMs, interval) => {
    const order: (string | number)[] = [];
    const service: Partial<AdminOptions["service"]> = {
      status: () => {
        order.push("status");
        return status() as never;
      },
      async pause(afterMs, given) {
        expect(given).toBe(signal);
        order.push(afterMs);
        if (order.length === 4) throw new Error("enough");
      },
    };
    const request = create(WatchStatusRequestSchema, interval === undefined ? {} : { interval });
    const watched = list(ask(service, "watchStatus", request, { api }));
    await expect(watched).rejects.toThrow("enough");
    expect(order).toEqual(["status", intervalMs, "status", intervalMs]);
  });

  it.each([
    ["too often", seconds(0, 99_999_999)],
    ["too rarely", seconds(3_600, 1_000_000)],
    ["backwards", seconds(-1)],
  ])("%s is refused, before anything is told", async (_, interval) => {
    const request = create(WatchStatusRequestSchema, { interval });
    const watched = list(ask({}, "watchStatus", request));
    await expect(watched).rejects.toMatchObject({ reason: "BAD_REQUEST" });
  });
});

describe("nodes", () => {
  const node = { address: TO, openings: 2, queuedMessages: 3, queuedBytes: 2 ** 40 };
  const sizes = async (count: number): Promise<readonly number[]> => {
    const service = { listNodes: () => Array.from({ length: count }, () => node) };
    const answers = await list(ask(service, "listNodes", create(ListNodesRequestSchema)));
    return answers.map(({ nodes }) => (nodes as readonly unknown[]).length);
  };

  it("are told so many at a time", async () => {
    expect(await sizes(0)).toEqual([]);
    expect(await sizes(1)).toEqual([1]);
    expect(await sizes(NODES_IN_ANSWER)).toEqual([NODES_IN_ANSWER]);
    expect(await sizes(2 * NODES_IN_ANSWER + 1)).toEqual([NODES_IN_ANSWER, NODES_IN_ANSWER, 1]);
  });

  it("are told with what waits for them", async () => {
    const service = { listNodes: () => [node] };
    expect(await list(ask(service, "listNodes", create(ListNodesRequestSchema)))).toEqual([
      {
        nodes: [
          {
            address: TO.bytes,
            addressText: `${TO}`,
            openings: 2,
            queuedMessages: 3n,
            queuedBytes: 2n ** 40n,
          },
        ],
      },
    ]);
  });
});
