// SPDX-License-Identifier: Apache-2.0

/**
 * Why something failed, as a program reads it. The set is closed and the same in every language
 * and over bare gRPC, where it is the reason of a google.rpc.ErrorInfo with domain "inet256".
 */
export const NODE_ERROR_REASONS = [
  "MESSAGE_TOO_LARGE",
  "BAD_ADDRESS",
  "BAD_KEY",
  "NO_SUCH_ADDRESS",
  "UNREACHABLE",
  "NODE_CLOSED",
  "NODE_DROPPED",
  "DISPLACED",
  "KEY_IN_USE_BY_DAEMON",
  "UNSUPPORTED_OPTION",
  "LIMIT_NODES",
  "LIMIT_BYTES",
  "LIMIT_RATE",
  "OUTCOME_UNKNOWN",
  "SESSION_EXPIRED",
  "UNAUTHENTICATED",
  "BAD_REQUEST",
  "UNAVAILABLE",
  "INTERNAL",
] as const;

/** One of the reasons; proto/inet256/v1/node.proto says what each means. */
export type NodeErrorReason = (typeof NODE_ERROR_REASONS)[number];

/** What every call on a Node or a Service rejects with, except for the caller's own abort. */
export class NodeError extends Error {
  override readonly name = "NodeError";
  /** Why, for programs. */
  readonly reason: NodeErrorReason;

  /** `message` says what, where and what was expected, for people; it never holds a secret. */
  constructor(reason: NodeErrorReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}
