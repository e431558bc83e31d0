// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Stands before grpc-js and sees every HTTP/2 stream that begins, also those that grpc-js answers by
 * itself because they ask for what is not there. Guards that calls begin a few at a time, every
 * client in its turn, and later when too many came to nothing; that who has had no call served has
 * few of them at once; that who asks for nothing holds no place; that a stranger who begins too many
 * is cut; and whoever sends longer headers than it was told to, or long ones too often: Node
 * enforces the bound only once a client has said that it knows it, and headers are memory that V8
 * does not see.
 */
import type { Http2Server, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import type { Caller, Callers } from "./callers.js";
import { FIRST_CALL_MS } from "./constants.js";
import type { Pacer } from "./pacer.js";

/** What the watch needs. */
export interface StreamWatchOptions {
  readonly callers: Pick<Callers, "find">;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Paces the beginnings of calls. */
  readonly pacer: Pacer;
  /** A connection was cut: a stranger began too many calls. */
  readonly cutStranger: () => void;
  /**
   * A connection was cut: a request's headers were too long, or long ones too many, or too many calls
   * were given up.
   */
  readonly cutClient: () => void;
}

/** Stands before what these servers do with streams now. */
export function watchStreams(servers: readonly Http2Server[], options: StreamWatchOptions): void {
  const { callers, pacer, clock, deadlines, cutStranger, cutClient } = options;
  const admit = (peer: string, raw: readonly string[]): Caller | undefined => {
    const caller = callers.find({ getPeer: () => peer });
    if (caller?.mayBegin() === false) cutStranger();
    else if (caller?.mayBring(bytesOf(raw)) === false) cutClient();
    else return caller;
    return undefined;
  };
  const givenUp = (caller: Caller, session: Http2Session): void => {
    if (session.destroyed || caller.givenUp()) return;
    cutClient();
    session.destroy();
  };
  for (const server of servers) {
    const handlers = server.listeners("stream");
    server.removeAllListeners("stream");
    server.on("session", (session) => {
      const caller = callers.find({ getPeer: () => session.socket.remoteAddress ?? "" });
      if (caller === undefined) return;
      caller.onWider((maxConcurrentStreams) => {
        if (!(session.closed || session.destroyed)) session.settings({ maxConcurrentStreams });
      });
      const silence = createDeadline(() => {
        session.destroy();
      });
      deadlines.set(silence, clock.monotonicMs() + FIRST_CALL_MS);
      for (const event of ["stream", "close"]) session.once(event, () => deadlines.clear(silence));
      // One that was reset in the turn it came in knows no session any more.
      session.on("stream", (stream) => {
        if (stream.destroyed) givenUp(caller, session);
      });
    });
    server.on(
      "stream",
      (
        stream: ServerHttp2Stream,
        headers: IncomingHttpHeaders,
        flags: number,
        raw: string[] = [],
      ) => {
        const { session } = stream;
        if (session === undefined || session.destroyed || stream.destroyed) return;
        const caller = admit(session.socket?.remoteAddress ?? "", raw);
        if (caller === undefined) {
          session.destroy();
          return;
        }
        // It may be reset while it waits.
        stream.on("error", () => {});
        stream.once("close", () => {
          if (stream.sentHeaders === undefined) givenUp(caller, session);
          else if (isRefused(stream)) caller.fruitless();
        });
        const begin = (): boolean => {
          if (stream.destroyed || stream.aborted) return false;
          for (const handle of handlers) handle.call(server, stream, headers, flags, raw);
          return true;
        };
        const waitMs = caller.waitMs();
        if (waitMs === 0) pacer.run(caller, begin);
        else {
          const patience = createDeadline(() => pacer.run(caller, begin));
          deadlines.set(patience, clock.monotonicMs() + waitMs);
        }
      },
    );
  }
}

// By the call's own fault: INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL (a message
// that grpc-js cannot read).
function isRefused({ sentHeaders, sentTrailers }: ServerHttp2Stream): boolean {
  const status = sentTrailers?.["grpc-status"] ?? sentHeaders["grpc-status"];
  return ["3", "8", "12", "13"].includes(`${status}`);
}

// As RFC 9113, section 6.5.2, counts them: 32 bytes for each field beside its name and value.
function bytesOf(raw: readonly string[]): number {
  let bytes = 16 * raw.length;
  for (const text of raw) bytes += text.length;
  return bytes;
}
