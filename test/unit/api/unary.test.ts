// SPDX-License-Identifier: GPL-3.0-or-later

// Unary calls as functions: what they are given, what becomes of what they throw, what is counted,
// and that a fault of the daemon tells nobody what it was about.

import { EventEmitter } from "node:events";
import { Metadata, status } from "@grpc/grpc-js";
import { NodeError } from "@inet256/client";
import { IdentityError } from "@inet256/client/identity";
import { NodeService } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import type { Callers } from "../../../server/src/api/callers.js";
import { createApiCounters } from "../../../server/src/api/counters.js";
import { type CallContext, createUnaryMaker } from "../../../server/src/api/unary.js";
import { type LogFields, silentLogger } from "../../../server/src/core/index.js";
import { fakeCaller } from "./fake-caller.js";

function setUp() {
  const counters = createApiCounters();
  const logged: (readonly [string, LogFields | undefined])[] = [];
  let requests = 0;
  let limit = Number.POSITIVE_INFINITY;
  const callers: Pick<Callers, "of"> = {
    of: () =>
      fakeCaller({
        countRequest() {
          requests += 1;
          if (requests > limit) throw new NodeError("LIMIT_RATE", "too many");
        },
      }),
  };
  const unary = createUnaryMaker(callers as Callers, counters, {
    ...silentLogger,
    error: (message, fields) => logged.push([message, fields]),
  });
  /** Calls a handler; resolves with the response or the status. */
  const call = (
    answer: (context: CallContext) => object | Promise<object>,
    metadata: Readonly<Record<string, string | Buffer>> = {},
  ) => {
    const sent = new Metadata();
    for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
    const fake = Object.assign(new EventEmitter(), { request: {}, metadata: sent });
    const done = new Promise<unknown>((resolve) => {
      const handler = unary(NodeService.method.send, (_, context) => answer(context));
      handler(fake as never, (error, response) => resolve(error ?? response));
    });
    return { done, cancel: () => fake.emit("cancelled") };
  };
  return {
    call,
    counters,
    logged,
    limitTo: (most: number) => {
      limit = most;
    },
    get requests() {
      return requests;
    },
  };
}

const fail = (error: unknown) => () => {
  throw error;
};

describe("a unary call", () => {
  it("answers what its function returns, at once or later", async () => {
    const all = setUp();
    expect(await all.call(() => ({ a: 1 })).done).toEqual({ a: 1 });
    expect(await all.call(async () => ({ b: 2 })).done).toEqual({ b: 2 });
    expect(all.requests).toBe(2);
  });

  it("sees the session token, if there is one and it is text", async () => {
    const { call } = setUp();
    const token = (context: CallContext) => ({ token: context.token });
    expect(await call(token).done).toEqual({ token: undefined });
    expect(await call(token, { "inet256-session": "abc" }).done).toEqual({ token: "abc" });
    const binary = { "inet256-session-bin": Buffer.from("abc") };
    expect(await call(token, binary).done).toEqual({ token: undefined });
  });

  it("hears when its caller has gone", async () => {
    const { call } = setUp();
    const { done, cancel } = call(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    cancel();
    expect(await done).toMatchObject({ code: status.UNAVAILABLE });
  });

  it("turns refusals into their status, and counts what is to be counted", async () => {
    const { call, counters, logged } = setUp();
    expect(await call(fail(new NodeError("NO_SUCH_ADDRESS", "nobody"))).done).toMatchObject({
      code: status.NOT_FOUND,
      details: "nobody",
    });
    const refused = call(async () => fail(new NodeError("LIMIT_BYTES", "full"))());
    expect(await refused.done).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    const malformed = new IdentityError("BAD_ADDRESS", "no address");
    expect(await call(fail(malformed)).done).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(counters).toMatchObject({ requestsMalformed: 1, requestsLimited: 1 });
    expect(logged).toEqual([]);
  });

  it("is refused before it is looked at when there are too many", async () => {
    const { call, counters, limitTo } = setUp();
    limitTo(1);
    let looked = 0;
    const look = () => {
      looked += 1;
      return {};
    };
    await call(look).done;
    expect(await call(look).done).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect([looked, counters.requestsLimited]).toEqual([1, 1]);
  });

  it("tells of a fault of the daemon its kind, to the log, and nothing to the caller", async () => {
    const { call, logged } = setUp();
    const secret = "a secret that came this way";
    for (const fault of [new TypeError(secret), new Error(secret), secret, { secret }, null]) {
      const answer = await call(fail(fault)).done;
      expect(answer).toMatchObject({ code: status.INTERNAL, details: "a fault of the daemon" });
      expect(JSON.stringify(answer)).not.toContain("secret");
    }
    expect(logged.map(([, fields]) => fields?.["kind"])).toEqual([
      "TypeError",
      "Error",
      "string",
      "object",
      "object",
    ]);
    expect(logged.every(([, fields]) => fields?.["method"] === "Send")).toBe(true);
    expect(JSON.stringify(logged)).not.toContain("secret");
  });
});
