// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The gate: whoever comes over TCP shows a token with every call, for every service (rule P1).
 * Guards that nothing of a call without one is read, that refusals on one connection come slower
 * each time and end it, and that a connection nobody knows gets in nowhere.
 */
import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { NodeError } from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import type { Audit } from "./audit.js";
import type { Caller, Callers } from "./callers.js";
import { MOST_REFUSED_CALLS, REFUSAL_DELAY_MS } from "./constants.js";
import { type ApiCounters, countFailure } from "./counters.js";
import type { TokenCheck } from "./tokens.js";

/** What the gate needs. */
export interface GateOptions {
  readonly callers: Callers;
  readonly isToken: TokenCheck;
  readonly counters: ApiCounters;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** Why a call does not get in. */
interface Refusal {
  readonly error: NodeError;
  readonly delayMs: number;
  /** Whether the connection is cut after it. */
  readonly cut: (() => void) | undefined;
}

/** An interceptor for the connections that have to show a token. */
export function createGate(options: GateOptions): ServerInterceptor {
  const { callers, clock, deadlines } = options;
  const after = (delayMs: number, what: () => void): void =>
    deadlines.set(createDeadline(what), clock.monotonicMs() + delayMs);
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, pass) {
            const [shown] = metadata.get("authorization");
            // No handler needs it, so none can tell it.
            metadata.remove("authorization");
            const refusal = refusalOf(callers.find(call), shown, options);
            if (refusal === undefined) {
              pass(metadata);
              return;
            }
            after(refusal.delayMs, () => {
              call.sendStatus(statusOfError(refusal.error));
              // The status leaves first.
              if (refusal.cut !== undefined) after(REFUSAL_DELAY_MS, refusal.cut);
            });
          },
        });
      },
    });
}

function refusalOf(
  caller: Caller | undefined,
  shown: string | Buffer | undefined,
  { isToken, counters, audit }: GateOptions,
): Refusal | undefined {
  if (caller === undefined) {
    return {
      error: new NodeError("UNAVAILABLE", "the connection is gone"),
      delayMs: 0,
      cut: undefined,
    };
  }
  const error = isToken(typeof shown === "string" ? shown : undefined)
    ? caller.prove()
    : new NodeError(
        "UNAUTHENTICATED",
        "metadata authorization: expected `Bearer` and a token of this daemon",
      );
  if (error === undefined) return undefined;
  countFailure(counters, error.reason);
  audit.refused(caller, error.reason === "UNAUTHENTICATED" ? noToken(shown) : error.message);
  if (error.reason !== "UNAUTHENTICATED") return { error, delayMs: 0, cut: undefined };
  caller.refusals += 1;
  return {
    error,
    delayMs: (caller.refusals - 1) * REFUSAL_DELAY_MS,
    cut: caller.refusals >= MOST_REFUSED_CALLS ? caller.cut : undefined,
  };
}

function noToken(shown: string | Buffer | undefined): string {
  return shown === undefined ? "a call without a token" : "a call with a wrong token";
}
