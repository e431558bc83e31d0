// SPDX-License-Identifier: GPL-3.0-or-later

// One stream of Connect from its first message to its last, over a call that is played by hand:
// what is held for it while it lasts, and that all of it is let go, however it ends.

import { EventEmitter } from "node:events";
import { create, toBinary } from "@bufbuild/protobuf";
import { ConnectRequestSchema } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { createCallers } from "../../../server/src/api/callers.js";
import { createConnectHandler } from "../../../server/src/api/connect.js";
import { createApiCounters } from "../../../server/src/api/counters.js";
import type { Sessions } from "../../../server/src/api/sessions.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { addressOf, createMemory, send, serializedKeyOf } from "../node/local-nodes.js";
import { createServiceHouse } from "../service/daemon-service.js";
import { createFakeCall } from "./fake-call.js";
import { createTestAudit, LOCAL, WIDE_LIMITS } from "./fake-caller.js";

type Request = Parameters<typeof create<typeof ConnectRequestSchema>>[1];

function setUp() {
  const house = createServiceHouse();
  const { time, budget, service } = house;
  const counters = createApiCounters();
  const { audit } = createTestAudit(time);
  const limits = {
    ...WIDE_LIMITS,
    clients: 10,
    nodesPerClient: 3,
    queuedBytesPerClient: 4_000_000,
    requestsPerSecond: 100,
  };
  const callers = createCallers({ limits, clock: time, budget, counters, audit });
  const socket = Object.assign(new EventEmitter(), { remoteAddress: "" });
  callers.admit(socket as never, LOCAL);
  const open = new Set<() => void>();
  const sessions = { begun: 0, ended: 0 };
  const end = (): void => {
    sessions.ended += 1;
  };
  const fakeSessions: Pick<Sessions, "begin"> = {
    begin: (_, streamed) => {
      expect(streamed).toBe(true);
      sessions.begun += 1;
      return { token: "0".repeat(64), end };
    },
  };
  const handle = createConnectHandler({
    service,
    callers,
    sessions: fakeSessions as Sessions,
    clock: time,
    deadlines: createDeadlines(time, time.timer),
    turns: time.turns,
    counters,
    audit,
    pacer: { run: (_, task) => task(), busyWith: () => {} },
    open,
  });
  const start = () => {
    const writing = createFakeCall();
    const call = Object.assign(new EventEmitter(), {
      write: writing.write,
      // So that it is given messages with their frames.
      call: { serializeMessage: (message: Buffer) => message },
      getPeer: () => socket.remoteAddress,
      paused: false,
      ended: 0,
      failures: [] as unknown[],
      pause: () => {
        call.paused = true;
      },
      resume: () => {
        call.paused = false;
      },
      end: () => {
        call.ended += 1;
      },
    });
    call.on("error", ({ details }) => call.failures.push(details));
    handle(call as never);
    const say = (request: Request): void => {
      call.emit(
        "data",
        Buffer.from(toBinary(ConnectRequestSchema, create(ConnectRequestSchema, request))),
      );
    };
    const openWith = (number: number, acceptLazily = false): void => {
      const key = { key: { case: "privateKey", value: serializedKeyOf(number) } } as const;
      say({ open: { key, options: { acceptLazily } } });
    };
    return { call, writing, say, openWith };
  };
  const caller = callers.of({ getPeer: () => socket.remoteAddress });
  return { ...house, callers, caller, counters, sessions, streams: open, start };
}

const hello = (to: number, text = "hello") => ({
  datagrams: [{ address: addressOf(to).bytes, payload: Buffer.from(text) }],
});

describe("a stream of Connect", () => {
  it("is counted from its start, and has a node and a session from its opening", () => {
    const { start, streams, caller, nodes, sessions, counters } = setUp();
    const { openWith, writing } = start();
    expect([streams.size, caller.streams, nodes.size()]).toEqual([1, 1, 0]);
    openWith(1);
    expect([nodes.size(), sessions.begun, counters.streams]).toEqual([1, 1, 1]);
    expect(writing.written[0]?.opened?.addressText).toBe(addressOf(1).toString());
  });

  it("says lazily what was accepted: with what it writes anyhow, when asked, and with failures", () => {
    const { start, open, time } = setUp();
    const { openWith, say, writing } = start();
    openWith(1, true);
    const other = open(2);
    const said = (): (bigint | undefined)[] => {
      time.endTurn();
      return writing.written.slice(1).map((response) => response.acceptedThrough);
    };
    say(hello(2));
    expect(said()).toEqual([]);
    send(other, addressOf(1), "a message to ride with");
    expect(said()).toEqual([1n]);
    say(hello(2));
    expect(said()).toEqual([1n]);
    say({});
    expect(said()).toEqual([1n, 2n]);
    say({});
    expect(said()).toEqual([1n, 2n]);
    say({ datagrams: [{ address: new Uint8Array(3), payload: new Uint8Array(1) }] });
    expect(said()).toEqual([1n, 2n, 0n, 3n]);
    expect(writing.written.at(-2)?.failed.map(({ number }) => number)).toEqual([3n]);
  });

  it("carries datagrams to and from its node, and says what was accepted", () => {
    const { start, open, time } = setUp();
    const stream = start();
    stream.openWith(1);
    const other = open(2);
    stream.say(hello(2, "to the other"));
    stream.say(hello(9, "to nobody"));
    send(other, addressOf(1), "to the stream");
    time.endTurn();
    expect(other.waiting()).toBe(1);
    const { written } = stream.writing;
    expect(written.flatMap(({ failed }) => failed.map(({ number }) => Number(number)))).toEqual([
      2,
    ]);
    expect(Number(written.at(-1)?.acceptedThrough)).toBe(2);
    const payloads = written.flatMap(({ datagrams }) => datagrams.map(({ payload }) => payload));
    expect(payloads.map((payload) => Buffer.from(payload).toString())).toEqual(["to the stream"]);
  });

  const ends: readonly (readonly [string, (all: Played) => void, string | undefined])[] = [
    ["the client half-closes", ({ stream }) => void stream.call.emit("end"), undefined],
    ["the client cancels", ({ stream }) => void stream.call.emit("cancelled"), undefined],
    ["the client breaks a rule", ({ stream }) => stream.openWith(1), "open: expected in the first"],
    ["the node is dropped", ({ nodes }) => void nodes.drop(addressOf(1)), "was dropped"],
    [
      "the daemon stops",
      ({ streams }) => {
        for (const end of [...streams]) end();
      },
      "shutting down",
    ],
  ];
  type Played = ReturnType<typeof setUp> & {
    readonly stream: ReturnType<ReturnType<typeof setUp>["start"]>;
  };

  it.each(ends)("lets go of everything once when %s", (_, end, failure) => {
    const all = setUp();
    const { start, streams, caller, nodes, sessions, time, budget } = all;
    const stream = start();
    stream.openWith(1);
    stream.say(hello(1, "to itself"));
    end({ ...all, stream });
    expect([streams.size, caller.streams, nodes.size(), sessions.ended]).toEqual([0, 0, 0, 1]);
    expect(stream.call.failures).toHaveLength(failure === undefined ? 0 : 1);
    if (failure === undefined) expect(stream.call.ended).toBe(1);
    else expect(stream.call.failures[0]).toContain(failure);
    // What grpc-js goes on to tell, and what a client goes on to say, changes nothing.
    for (const event of ["end", "cancelled", "end", "cancelled"]) stream.call.emit(event);
    stream.say(hello(1));
    time.endTurn();
    expect([caller.streams, sessions.ended, budget.used()]).toEqual([0, 1, 0]);
    expect(stream.call.failures).toHaveLength(failure === undefined ? 0 : 1);
  });

  it("says what it has gathered and accepted before it ends", () => {
    const { start, time } = setUp();
    const stream = start();
    stream.openWith(1);
    stream.say(hello(1, "last words"));
    stream.call.emit("end");
    const { written } = stream.writing;
    expect(written.flatMap(({ datagrams }) => datagrams)).toHaveLength(1);
    expect(Number(written.at(-1)?.acceptedThrough)).toBe(1);
    const { length } = written;
    time.endTurn();
    expect(written).toHaveLength(length);
  });

  it("says at its end what it would have said a little later", () => {
    const { start, open, time } = setUp();
    const stream = start();
    stream.openWith(1);
    open(2).read(createMemory(0).reader);
    stream.say(hello(2, "to one that does not keep up"));
    time.endTurn();
    expect(stream.writing.written.some(({ acceptedThrough }) => acceptedThrough > 0n)).toBe(false);
    stream.call.emit("end");
    expect(Number(stream.writing.written.at(-1)?.acceptedThrough)).toBe(1);
    expect(time.armedForMs).toBeUndefined();
  });

  it("is not read while its client reads nothing, and read again when it does", () => {
    const { start, open, time } = setUp();
    const stream = start();
    stream.openWith(1);
    const other = open(2);
    for (let i = 0; i < 40; i++) {
      send(other, addressOf(1), "x".repeat(60_000));
      if (i % 4 === 3) time.endTurn();
    }
    stream.say(hello(2));
    expect(stream.call.paused).toBe(true);
    expect(other.waiting()).toBe(1);
    for (let i = 0; i < 20; i++) {
      stream.writing.read();
      time.endTurn();
    }
    expect(stream.call.paused).toBe(false);
    const got = stream.writing.written.flatMap(({ datagrams }) => datagrams).length;
    expect(got).toBe(40);
  });

  it("is refused beyond the limits of its caller, and then not counted", () => {
    const { start, streams, caller, counters } = setUp();
    for (let i = 0; i < 3; i++) start();
    const refused = start();
    expect(refused.call.failures[0]).toContain("at most 3 nodes");
    refused.call.emit("cancelled");
    expect([streams.size, caller.streams, counters.requestsLimited]).toEqual([3, 3, 1]);
  });
});
