// SPDX-License-Identifier: Apache-2.0

/** Calls that are answered by a stream, as iterables. */
import type {
  DescMessage,
  DescMethodServerStreaming,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { type Connection, clientClosedError } from "./connection.js";

/**
 * The answers to one call, read no faster than they are taken; leaving the loop ends the call.
 * Throws NodeError, or the signal's reason. NODE_CLOSED when the client is closed meanwhile.
 */
export async function* serverStream<I extends DescMessage, O extends DescMessage>(
  connection: Connection,
  method: DescMethodServerStreaming<I, O>,
  request: MessageInitShape<I>,
  signal?: AbortSignal,
): AsyncGenerator<MessageShape<O>, void, undefined> {
  signal?.throwIfAborted();
  if (connection.closed) throw clientClosedError();
  const call = connection.caller.serverStream(method, request, new Metadata());
  let ended: { readonly reason: unknown } | undefined;
  const end = (reason: unknown): void => {
    ended ??= { reason };
    call.cancel();
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const forget = connection.onClose(end);
  try {
    for await (const answer of call) yield answer as MessageShape<O>;
  } catch (error) {
    if (ended !== undefined) throw ended.reason;
    throw connection.explain(error as ServiceError);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    forget();
    call.cancel();
  }
}
