// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Handlers that answer with a stream, as generators: what they yield is sent when the caller has
 * taken what came before, what they throw is the status. Guards that a caller who does not read
 * holds up nothing but its own call, and that there are not too many calls.
 */
import type {
  DescMessage,
  DescMethodServerStreaming,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { handleServerStreamingCall, ServerWritableStream } from "@grpc/grpc-js";
import { NodeError } from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import type { Logger } from "../core/index.js";
import type { Callers } from "./callers.js";
import { MAX_ANSWER_STREAMS } from "./constants.js";
import { type ApiCounters, countFailure } from "./counters.js";
import { toNodeError } from "./unary.js";

/** Makes handlers that answer with a stream. */
export type StreamMaker = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodServerStreaming<I, O>,
  answers: (
    request: MessageShape<I>,
    signal: AbortSignal,
  ) => AsyncIterable<MessageInitShape<O>> | Iterable<MessageInitShape<O>>,
) => handleServerStreamingCall<MessageShape<I>, MessageInitShape<O>>;

/** Makes them; a function in `open` ends one of those that are under way. */
export function createStreamMaker(
  callers: Callers,
  counters: ApiCounters,
  log: Logger,
  open: Set<() => void>,
): StreamMaker {
  return (method, answers) => (call) => {
    const controller = new AbortController();
    const { signal } = controller;
    const end = (): void =>
      controller.abort(new NodeError("UNAVAILABLE", "the daemon is shutting down"));
    let over = (): void => {};
    call.on("cancelled", () =>
      controller.abort(new NodeError("UNAVAILABLE", "the caller has gone")),
    );
    const run = async (): Promise<void> => {
      const caller = callers.of(call);
      caller.countRequest();
      caller.checkStreams();
      if (open.size >= MAX_ANSWER_STREAMS) {
        throw new NodeError("LIMIT_RATE", `at most ${MAX_ANSWER_STREAMS} such calls at once`);
      }
      open.add(end);
      over = caller.begin();
      let isServed = false;
      for await (const answer of answers(call.request, signal)) {
        signal.throwIfAborted();
        if (!isServed) caller.served();
        isServed = true;
        if (!call.write(answer)) await drained(call, signal);
      }
    };
    run()
      .then(
        () => call.end(),
        (error: unknown) => {
          const known = toNodeError(error, method.name, log);
          countFailure(counters, known.reason);
          call.emit("error", statusOfError(known));
        },
      )
      .finally(() => {
        open.delete(end);
        over();
      });
  };
}

function drained(
  call: Pick<ServerWritableStream<unknown, unknown>, "once" | "off">,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      call.off("drain", goOn);
      reject(signal.reason);
    };
    const goOn = (): void => {
      signal.removeEventListener("abort", aborted);
      resolve();
    };
    call.once("drain", goOn);
    signal.addEventListener("abort", aborted, { once: true });
  });
}
