// SPDX-License-Identifier: Apache-2.0

import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import type { Connection } from "./connection.js";
import { NodeError } from "./reasons.js";

/** One unary call as a promise; rejects with NodeError, or with the signal's reason. */
export function unary<I extends DescMessage, O extends DescMessage>(
  connection: Connection,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  metadata: Metadata,
  signal?: AbortSignal,
): Promise<MessageShape<O>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const call = connection.caller.unary(method, request, metadata, (error, response) => {
      signal?.removeEventListener("abort", abort);
      if (signal?.aborted === true) reject(signal.reason);
      else if (error !== null) reject(connection.explain(error));
      else if (response === undefined)
        reject(new NodeError("INTERNAL", "an answer without a message"));
      else resolve(response);
    });
    const abort = (): void => call.cancel();
    signal?.addEventListener("abort", abort, { once: true });
  });
}
