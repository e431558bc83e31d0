// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Stands before grpc-js and sees every HTTP/2 stream that begins, also those that grpc-js answers by
 * itself because they ask for what is not there. Guards that calls begin a few at a time, every
 * client in its turn; that a stranger who begins too many is cut; and whoever sends longer headers
 * than it was told to, or long ones too often: Node enforces the bound only once a client has said
 * that it knows it, and headers are memory that V8 does not see.
 */
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Caller, Callers } from "./callers.js";
import type { Pacer } from "./pacer.js";

/** What the watch needs. */
export interface StreamWatchOptions {
  readonly callers: Pick<Callers, "find">;
  /** Paces the beginnings of calls. */
  readonly beginnings: Pacer;
  /** A connection was cut: a stranger began too many calls. */
  readonly cutStranger: () => void;
  /** A connection was cut: a request's headers were too long, or long ones too many. */
  readonly cutHeaders: () => void;
}

/** Stands before what these servers do with streams now. */
export function watchStreams(servers: readonly Http2Server[], options: StreamWatchOptions): void {
  const { callers, beginnings, cutStranger, cutHeaders } = options;
  const admit = (peer: string, raw: readonly string[]): Caller | undefined => {
    const caller = callers.find({ getPeer: () => peer });
    if (caller?.mayBegin() === false) cutStranger();
    else if (caller?.mayBring(bytesOf(raw)) === false) cutHeaders();
    else return caller;
    return undefined;
  };
  for (const server of servers) {
    const handlers = server.listeners("stream");
    server.removeAllListeners("stream");
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
        beginnings.run(caller, () => {
          if (stream.destroyed || stream.aborted) return false;
          for (const handle of handlers) handle.call(server, stream, headers, flags, raw);
          return true;
        });
      },
    );
  }
}

// As RFC 9113, section 6.5.2, counts them: 32 bytes for each field beside its name and value.
function bytesOf(raw: readonly string[]): number {
  let bytes = 16 * raw.length;
  for (const text of raw) bytes += text.length;
  return bytes;
}
