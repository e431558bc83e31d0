// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Limits on handlers that are not made by createUnaryMaker: every call counts as a request of its
 * caller, and a stream as one of its streams for as long as it lasts.
 */
import { NodeError } from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import type { Callers } from "./callers.js";
import { type ApiCounters, countFailure } from "./counters.js";

/** What limits need of a stream. */
interface Stream {
  getPeer(): string;
  on(event: string, hear: () => void): unknown;
  emit(event: "error", refusal: object): boolean;
}

/** What a stream may end with. */
const ENDS = ["cancelled", "finish", "close", "error"] as const;

/** A handler of streams that refuses what goes beyond its caller's limits. */
export function limitStream<Call extends Stream>(
  callers: Callers,
  counters: ApiCounters,
  handle: (call: Call) => void,
): (call: Call) => void {
  return (call) => {
    try {
      const caller = callers.of(call);
      caller.countRequest();
      caller.checkStreams();
      const over = caller.begin();
      for (const end of ENDS) call.on(end, over);
      handle(call);
      caller.served();
    } catch (error) {
      call.emit("error", refusalOf(error, counters));
    }
  };
}

/** A handler of one request that refuses what goes beyond its caller's rate. */
export function limitCall<Call extends { getPeer(): string }, Done extends (error: never) => void>(
  callers: Callers,
  counters: ApiCounters,
  handle: (call: Call, done: Done) => void,
): (call: Call, done: Done) => void {
  return (call, done) => {
    try {
      callers.of(call).countRequest();
    } catch (error) {
      done(refusalOf(error, counters) as never);
      return;
    }
    handle(call, done);
  };
}

function refusalOf(error: unknown, counters: ApiCounters): ReturnType<typeof statusOfError> {
  const known =
    error instanceof NodeError ? error : new NodeError("INTERNAL", "a fault of the daemon");
  countFailure(counters, known.reason);
  return statusOfError(known);
}
