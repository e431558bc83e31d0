// SPDX-License-Identifier: GPL-3.0-or-later

/** Unary handlers as functions: what they return is the answer, what they throw the status. */
import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { handleUnaryCall, ServerUnaryCall } from "@grpc/grpc-js";
import { IdentityError, NodeError } from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import type { Logger } from "../core/index.js";
import type { Caller, Callers } from "./callers.js";
import { type ApiCounters, countFailure } from "./counters.js";

/** What is known of a call beside its request. */
export interface CallContext {
  /** The session token in the metadata; undefined when there is none. */
  readonly token: string | undefined;
  /** Aborts when the caller has gone or its deadline has passed. */
  readonly signal: AbortSignal;
  /** Who calls. */
  readonly caller: Caller;
}

/** Makes unary handlers. */
export type UnaryMaker = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  answer: (
    request: MessageShape<I>,
    context: CallContext,
  ) => Promise<MessageInitShape<O>> | MessageInitShape<O>,
) => handleUnaryCall<MessageShape<I>, MessageInitShape<O>>;

/** Counts every request against its caller's rate, and turns errors into statuses. */
export function createUnaryMaker(callers: Callers, counters: ApiCounters, log: Logger): UnaryMaker {
  return (method, answer) => (call, done) => {
    const controller = new AbortController();
    call.on("cancelled", () =>
      controller.abort(new NodeError("UNAVAILABLE", "the caller has gone")),
    );
    const run = async (): Promise<MessageInitShape<typeof method.output>> => {
      const caller = callers.of(call);
      caller.countRequest();
      const { signal } = controller;
      const response = await answer(call.request, { token: tokenOf(call), signal, caller });
      caller.served();
      return response;
    };
    run().then(
      (response) => done(null, response as never),
      (error: unknown) => {
        const known = toNodeError(error, method.name, log);
        countFailure(counters, known.reason);
        done(statusOfError(known));
      },
    );
  };
}

/** What a caller is told of an error. */
export function toNodeError(error: unknown, method: string, log: Logger): NodeError {
  if (error instanceof NodeError) return error;
  if (error instanceof IdentityError) return new NodeError("BAD_REQUEST", error.message);
  // The cause may hold anything: only its kind is logged (rule P3).
  const kind = error instanceof Error ? error.name : typeof error;
  log.error("a request failed by a fault of the daemon", { method, kind });
  return new NodeError("INTERNAL", "a fault of the daemon");
}

function tokenOf(call: Pick<ServerUnaryCall<unknown, unknown>, "metadata">): string | undefined {
  const [value] = call.metadata.get("inet256-session");
  return typeof value === "string" ? value : undefined;
}
