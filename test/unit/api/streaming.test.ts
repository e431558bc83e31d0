// SPDX-License-Identifier: GPL-3.0-or-later

// Answers by stream: no faster than they are read, no more of them than there may be, and over
// when their caller, or the daemon, is.

import { EventEmitter } from "node:events";
import { NodeError, type NodeErrorReason } from "@inet256/client";
import { AdminService } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import type { Callers } from "../../../server/src/api/callers.js";
import { MAX_ANSWER_STREAMS } from "../../../server/src/api/constants.js";
import { createApiCounters } from "../../../server/src/api/counters.js";
import { createStreamMaker } from "../../../server/src/api/streaming.js";
import { silentLogger } from "../../../server/src/core/index.js";
import { fakeCaller } from "./fake-caller.js";

const METHOD = AdminService.method.ping;

/** A call that takes so many answers until it is read. */
class FakeCall extends EventEmitter {
  readonly written: object[] = [];
  readonly ends: (NodeErrorReason | "end")[] = [];
  readonly request = {};
  room: number;

  constructor(room: number) {
    super();
    this.room = room;
    this.on("error", ({ metadata }) => this.ends.push(reasonOf(metadata)));
  }

  write(answer: object): boolean {
    this.written.push(answer);
    this.room -= 1;
    return this.room > 0;
  }

  end(): void {
    this.ends.push("end");
  }

  getPeer(): string {
    return "client-1";
  }
}

/** The reason is in the details of the status, as bytes that hold its name. */
function reasonOf(metadata: { get(key: string): readonly unknown[] }): NodeErrorReason {
  const [details] = metadata.get("grpc-status-details-bin");
  const [reason = ""] = /[A-Z]+(?:_[A-Z]+)+|UNAVAILABLE|INTERNAL/.exec(String(details)) ?? [];
  return reason as NodeErrorReason;
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function createScene() {
  const open = new Set<() => void>();
  const counters = createApiCounters();
  const callers = { of: () => fakeCaller() } as unknown as Callers;
  const streaming = createStreamMaker(callers, counters, silentLogger, open);
  const start = (answers: Parameters<typeof streaming<never, never>>[1], room = 100): FakeCall => {
    const call = new FakeCall(room);
    streaming(METHOD, answers as never)(call as never);
    return call;
  };
  return { open, counters, start };
}

describe("an answer by stream", () => {
  it("is all that the handler yields, then the end", async () => {
    const { start, open } = createScene();
    const call = start(function* () {
      yield { number: 1 };
      yield { number: 2 };
    } as never);
    await settle();
    expect([call.written, call.ends]).toEqual([[{ number: 1 }, { number: 2 }], ["end"]]);
    expect(open.size).toBe(0);
  });

  it("is asked for no faster than it is read", async () => {
    const { start } = createScene();
    let asked = 0;
    const call = start(
      function* () {
        for (;;) yield { number: ++asked };
      } as never,
      3,
    );
    await settle();
    expect([asked, call.written.length]).toEqual([3, 3]);
    call.room = 2;
    call.emit("drain");
    await settle();
    expect(asked).toBe(5);
  });

  it("is over when its caller has gone, also while it waits to be read", async () => {
    const { start, open } = createScene();
    let left = false;
    const call = start(
      function* () {
        try {
          for (;;) yield {};
        } finally {
          left = true;
        }
      } as never,
      1,
    );
    await settle();
    call.emit("cancelled");
    await settle();
    expect([left, open.size]).toEqual([true, 0]);
    expect(call.listenerCount("drain")).toBe(0);
  });

  it("ends with UNAVAILABLE when the daemon does", async () => {
    const { start, open } = createScene();
    const call = start(async function* (_: never, signal: AbortSignal) {
      yield {};
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    } as never);
    await settle();
    for (const end of open) end();
    await settle();
    expect([call.written.length, call.ends]).toEqual([1, ["UNAVAILABLE"]]);
  });

  it("ends with what the handler throws, which a stranger does not see", async () => {
    const { start, counters } = createScene();
    const fail = (error: Error) =>
      start(function* () {
        yield {};
        throw error;
      } as never);
    const known = fail(new NodeError("BAD_REQUEST", "count: expected less"));
    const unknown = fail(new Error("/secret/path"));
    await settle();
    expect([known.ends, unknown.ends]).toEqual([["BAD_REQUEST"], ["INTERNAL"]]);
    expect(counters.requestsMalformed).toBe(1);
  });

  it("is refused when there are too many, until one ends", async () => {
    const { start, open } = createScene();
    const endless = async function* (_: never, signal: AbortSignal) {
      yield {};
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    } as never;
    const calls = Array.from({ length: MAX_ANSWER_STREAMS }, () => start(endless));
    await settle();
    expect(open.size).toBe(MAX_ANSWER_STREAMS);
    const refused = start(endless);
    await settle();
    expect(refused.ends).toEqual(["LIMIT_RATE"]);
    calls[0]?.emit("cancelled");
    await settle();
    const taken = start(endless);
    await settle();
    expect([taken.ends, open.size]).toEqual([[], MAX_ANSWER_STREAMS]);
  });
});
