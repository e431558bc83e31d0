// SPDX-License-Identifier: Apache-2.0

import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import { type Connection, clientClosedError } from "./connection.js";
import { IdentityError } from "./identity/index.js";
import { NodeError } from "./reasons.js";

/**
 * One unary call as a promise; rejects with NodeError, or with the signal's reason. NODE_CLOSED
 * when the client is closed before the answer.
 */
export function unary<I extends DescMessage, O extends DescMessage>(
  connection: Connection,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  metadata: Metadata,
  signal?: AbortSignal,
): Promise<MessageShape<O>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    if (connection.closed) return reject(clientClosedError());
    const giveUp = (reason: unknown): void => {
      reject(reason);
      call.cancel();
    };
    const onAbort = (): void => giveUp(signal?.reason);
    const call = connection.caller.unary(method, request, metadata, (error, response) => {
      signal?.removeEventListener("abort", onAbort);
      forget();
      if (error !== null) reject(connection.explain(error));
      else if (response !== undefined) resolve(response);
      else reject(new NodeError("INTERNAL", "an answer without a message"));
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    const forget = connection.onClose(giveUp);
  });
}

/** Reads a part of an answer; what the identity checks refuse is a fault of the daemon. */
export function readAnswer<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof IdentityError)) throw cause;
    throw new NodeError("INTERNAL", "the daemon's answer cannot be read", { cause });
  }
}
