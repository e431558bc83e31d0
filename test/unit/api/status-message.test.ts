// SPDX-License-Identifier: GPL-3.0-or-later

// The daemon's status on its way: from the service into the message, over the wire, and out of the
// client again. Nothing is added on the way, nothing lost, and nothing assumed passes for measured.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { generateKey } from "@inet256/client";
import {
  AdminService,
  type GetStatusResponse,
  GetStatusResponseSchema,
  PathKind,
  PathState,
} from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { readDaemonStatus } from "../../../clients/ts/src/daemon-status.js";
import { createAdminHandlers } from "../../../server/src/api/admin-handlers.js";
import { type ApiStatus, statusMessage } from "../../../server/src/api/status-message.js";
import type { UnaryMaker } from "../../../server/src/api/unary.js";
import type { PeerStatus, ServiceStatus } from "../../../server/src/service/index.js";
import { fakeCaller } from "./fake-caller.js";
import { NO_ADMIN } from "./no-admin.js";

const { publicKey } = generateKey();
const other = generateKey().address;

type PathStats = PeerStatus["stats"]["paths"][number];

const path = (over: Partial<PathStats> = {}): PathStats => ({
  address: "192.0.2.1:25632",
  kind: "configured",
  state: "used",
  rttMicros: 1_234_567,
  loss: 0.125,
  mtu: 1452,
  datagramsSent: 1,
  bytesSent: 2,
  datagramsReceived: 3,
  bytesReceived: 2 ** 40,
  ...over,
});

const COUNTERS: PeerStatus["stats"]["counters"] = {
  packetsSent: 1,
  packetsReceived: 2,
  controlSent: 3,
  controlReceived: 4,
  controlRetransmitted: 5,
  droppedTooLong: 6,
  droppedDown: 7,
  droppedQueueFull: 8,
  droppedQueueAge: 9,
  droppedAtEnd: 10,
  droppedUnsealed: 11,
  reassemblyExpired: 12,
  reassemblyEvicted: 13,
  reassemblyInconsistent: 14,
  datagramsLost: 15,
  invalidDatagrams: 16,
  staleDatagrams: 17,
  beforeHello: 18,
  moves: 19,
};

const peer = (paths: readonly PathStats[], over: Partial<PeerStatus> = {}): PeerStatus => ({
  address: other,
  configured: true,
  up: true,
  stats: {
    up: true,
    paths,
    queuedPackets: 21,
    queuedBytes: 22,
    queuedControlBytes: 23,
    counters: COUNTERS,
  },
  ...over,
});

const ROUTE = { router: other, nextHop: publicKey.address, hops: 3, costMicros: 4_500.5 };

const status = (over: Partial<ServiceStatus> = {}): ServiceStatus => ({
  address: publicKey.address,
  publicKey,
  uptimeMs: 90_061_234.5,
  nodes: 2,
  queuedBytes: 200,
  network: "onehop",
  transportAddresses: ["0.0.0.0:25632", "[::]:25632"],
  peers: [],
  routes: [ROUTE],
  sessions: { remotes: 31, sessions: 32, waitingRemotes: 33, waitingBytes: 34 },
  counters: { zebra: 1, datagrams_delivered: 2 },
  ...over,
});

const API: ApiStatus = {
  endpoints: ["unix:///x"],
  clients: 5,
  streams: 6,
  counters: { api_connections: 7 },
};

/** As it is read at the other end of the wire. */
const sent = (over: Partial<ServiceStatus> = {}): GetStatusResponse => {
  const message = create(GetStatusResponseSchema, statusMessage(status(over), API, "1.2.3"));
  return fromBinary(GetStatusResponseSchema, toBinary(GetStatusResponseSchema, message));
};

describe("a status", () => {
  it("arrives as the service and the API told it", () => {
    expect(readDaemonStatus(sent())).toEqual({
      address: publicKey.address,
      publicKey,
      version: "1.2.3",
      uptimeMs: 90_061_234.5,
      endpoints: ["unix:///x"],
      network: "onehop",
      transportAddresses: ["0.0.0.0:25632", "[::]:25632"],
      peers: [],
      routes: [ROUTE],
      sessions: { remotes: 31, sessions: 32, waitingRemotes: 33, waitingBytes: 34 },
      nodes: 2,
      clients: 5,
      streams: 6,
      queuedBytes: 200,
      counters: { api_connections: 7, datagrams_delivered: 2, zebra: 1 },
    });
  });

  it("names its counters in order", () => {
    const names = sent().counters.map(({ name }) => name);
    expect(names).toEqual(["api_connections", "datagrams_delivered", "zebra"]);
  });

  it("is what the handler answers, asked anew at each call", async () => {
    let nodes = 0;
    const service = {
      status: () => status({ nodes: ++nodes }),
      explain: () => expect.unreachable(),
    };
    const unary: UnaryMaker = (_, answer) => (call, done) => {
      const context = {
        token: undefined,
        signal: new AbortController().signal,
        caller: fakeCaller(),
      };
      void Promise.resolve(answer(call.request, context)).then((message) => done(null, message));
    };
    const { getStatus } = createAdminHandlers({
      ...NO_ADMIN,
      service: { ...NO_ADMIN.service, ...service },
      unary,
      api: () => API,
    });
    const ask = () =>
      new Promise((resolve) => getStatus({ request: {} } as never, (_, answer) => resolve(answer)));
    expect(await ask()).toMatchObject({ nodes: 1, version: "1.2.3", streams: 6 });
    expect(await ask()).toMatchObject({ nodes: 2 });
    expect(AdminService.method.getStatus.output.typeName).toBe("inet256.v1.GetStatusResponse");
  });
});

describe("a peer", () => {
  it("arrives whole, with the counters of its link", () => {
    const [read] = readDaemonStatus(sent({ peers: [peer([path()])] })).peers;
    expect(read).toEqual({
      address: other,
      configured: true,
      up: true,
      paths: [path()],
      queuedPackets: 21,
      queuedBytes: 22,
      queuedControlBytes: 23,
      counters: {
        before_hello: 18,
        control_received: 4,
        control_retransmitted: 5,
        control_sent: 3,
        datagrams_lost: 15,
        dropped_at_end: 10,
        dropped_down: 7,
        dropped_queue_age: 9,
        dropped_queue_full: 8,
        dropped_too_long: 6,
        dropped_unsealed: 11,
        invalid_datagrams: 16,
        moves: 19,
        packets_received: 2,
        packets_sent: 1,
        reassembly_evicted: 13,
        reassembly_expired: 12,
        reassembly_inconsistent: 14,
        stale_datagrams: 17,
      },
    });
    const names = sent({ peers: [peer([])] }).peers[0]?.counters.map(({ name }) => name) ?? [];
    expect(names).toEqual([...names].sort());
    expect(names).toHaveLength(Object.keys(COUNTERS).length);
  });

  it("is told apart: up or down, configured or accepted", () => {
    const peers = [peer([], { up: false }), peer([], { configured: false })];
    const message = sent({ peers });
    expect(message.peers.map(({ up, configured }) => [up, configured])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(message.peers[0]?.addressText).toBe(other.toString());
  });
});

describe("a path", () => {
  it.each(["used", "usable", "doubtful", "failed", "unproven"] as const)("may be %s", (state) => {
    const [read] = readDaemonStatus(sent({ peers: [peer([path({ state })])] })).peers;
    expect(read?.paths[0]?.state).toBe(state);
  });

  it.each(["configured", "discovered", "learned"] as const)("may be %s", (kind) => {
    const [read] = readDaemonStatus(sent({ peers: [peer([path({ kind })])] })).peers;
    expect(read?.paths[0]?.kind).toBe(kind);
  });

  it("has every kind and state that the definition names, but those that are not given", () => {
    const named = (values: object) =>
      Object.keys(values).filter((name) => /^[A-Z]/.test(name) && name !== "UNSPECIFIED");
    expect(named(PathKind)).toHaveLength(3);
    expect(named(PathState)).toHaveLength(5);
  });

  it("that never answered has no round trip", () => {
    const paths = [path({ state: "unproven", rttMicros: undefined }), path({ rttMicros: 0 })];
    const message = sent({ peers: [peer(paths)] });
    expect(message.peers[0]?.paths.map(({ rtt }) => rtt?.nanos)).toEqual([undefined, 0]);
    const [read] = readDaemonStatus(message).peers;
    expect(read?.paths.map(({ rttMicros }) => rttMicros)).toEqual([undefined, 0]);
  });

  it("has a round trip of seconds and nanoseconds", () => {
    const [read] = sent({ peers: [peer([path()])] }).peers;
    expect(read?.paths[0]?.rtt).toMatchObject({ seconds: 1n, nanos: 234_567_000 });
  });
});
