// SPDX-License-Identifier: Apache-2.0

/**
 * The one funnel between NodeError and gRPC: a status code for machines that know gRPC only, and
 * a google.rpc.ErrorInfo with the reason, in the trailing metadata grpc-status-details-bin.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { ErrorInfoSchema, Reason, StatusSchema } from "@inet256/proto";
import { NODE_ERROR_REASONS, NodeError, type NodeErrorReason } from "../reasons.js";

const DOMAIN = "inet256";
const DETAILS = "grpc-status-details-bin";

const CODES: Readonly<Record<NodeErrorReason, status>> = {
  MESSAGE_TOO_LARGE: status.INVALID_ARGUMENT,
  BAD_ADDRESS: status.INVALID_ARGUMENT,
  BAD_KEY: status.INVALID_ARGUMENT,
  NO_SUCH_ADDRESS: status.NOT_FOUND,
  UNREACHABLE: status.DEADLINE_EXCEEDED,
  NODE_CLOSED: status.FAILED_PRECONDITION,
  NODE_DROPPED: status.ABORTED,
  DISPLACED: status.ABORTED,
  KEY_IN_USE_BY_DAEMON: status.PERMISSION_DENIED,
  UNSUPPORTED_OPTION: status.INVALID_ARGUMENT,
  LIMIT_NODES: status.RESOURCE_EXHAUSTED,
  LIMIT_BYTES: status.RESOURCE_EXHAUSTED,
  LIMIT_RATE: status.RESOURCE_EXHAUSTED,
  OUTCOME_UNKNOWN: status.UNKNOWN,
  SESSION_EXPIRED: status.FAILED_PRECONDITION,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  BAD_REQUEST: status.INVALID_ARGUMENT,
  UNAVAILABLE: status.UNAVAILABLE,
  INTERNAL: status.INTERNAL,
};

/** A NodeError as the status that ends a call. */
export function statusOfError(error: NodeError): StatusObject {
  const code = CODES[error.reason];
  const info = create(ErrorInfoSchema, { reason: error.reason, domain: DOMAIN });
  const details = create(StatusSchema, {
    code,
    message: error.message,
    details: [anyPack(ErrorInfoSchema, info)],
  });
  const metadata = new Metadata();
  metadata.set(DETAILS, Buffer.from(toBinary(StatusSchema, details)));
  return { code, details: error.message, metadata };
}

/** What a call failed with, as a NodeError; without an ErrorInfo the status code must do. */
export function errorOfStatus(failure: {
  readonly code?: status;
  readonly details?: string;
  readonly message?: string;
  readonly metadata?: Metadata;
}): NodeError {
  const message = failure.details ?? failure.message ?? "the call failed";
  return new NodeError(reasonOfStatus(failure), message, { cause: failure });
}

function reasonOfStatus(failure: {
  readonly code?: status;
  readonly metadata?: Metadata;
}): NodeErrorReason {
  for (const value of failure.metadata?.get(DETAILS) ?? []) {
    const reason = typeof value === "string" ? undefined : reasonOfDetails(value);
    if (reason !== undefined) return reason;
  }
  switch (failure.code) {
    case status.UNAVAILABLE:
      return "UNAVAILABLE";
    case status.UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    case status.RESOURCE_EXHAUSTED:
      return "LIMIT_BYTES";
    default:
      return "INTERNAL";
  }
}

function reasonOfDetails(bytes: Uint8Array): NodeErrorReason | undefined {
  try {
    for (const any of fromBinary(StatusSchema, bytes).details) {
      const info = anyUnpack(any, ErrorInfoSchema);
      if (info?.domain !== DOMAIN) continue;
      const reason = NODE_ERROR_REASONS.find((known) => known === info.reason);
      if (reason !== undefined) return reason;
    }
  } catch {
    // Details that cannot be read say nothing; the status code still does.
  }
  return undefined;
}

/** A reason as the number it has in the protocol. */
export function reasonNumber(reason: NodeErrorReason): Reason {
  return Reason[reason];
}

/** The reason of that number; INTERNAL for one that is unknown here. */
export function reasonOfNumber(number: Reason): NodeErrorReason {
  return NODE_ERROR_REASONS.find((reason) => Reason[reason] === number) ?? "INTERNAL";
}
