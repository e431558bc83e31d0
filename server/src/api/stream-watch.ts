// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sees every HTTP/2 stream that begins, also those that grpc-js answers by itself because they ask
 * for what is not there. Guards that a stranger who begins too many is cut, and whoever sends longer
 * headers than it was told to, or long ones too often: Node enforces the bound only once a client
 * has said that it knows it, and headers are memory that V8 does not see.
 */
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Callers } from "./callers.js";

/** What is told of connections that were cut. */
export interface StreamWatch {
  /** A stranger began too many calls. */
  cutStranger(): void;
  /** A request's headers were too long, or long ones too many. */
  cutHeaders(): void;
}

/** Watches the sessions of these servers. */
export function watchStreams(
  servers: readonly Http2Server[],
  callers: Pick<Callers, "find">,
  told: StreamWatch,
): void {
  const onStream = (session: ServerHttp2Session, raw: readonly string[]): void => {
    if (session.destroyed) return;
    const peer = session.socket?.remoteAddress ?? "";
    const caller = callers.find({ getPeer: () => peer });
    if (caller?.mayBegin() === false) told.cutStranger();
    else if (caller?.mayBring(bytesOf(raw)) === false) told.cutHeaders();
    else if (caller !== undefined) return;
    session.destroy();
  };
  for (const server of servers) {
    server.on("session", (session) =>
      session.on("stream", (_stream, _headers, _flags, raw: readonly string[] = []) =>
        onStream(session, raw),
      ),
    );
  }
}

// As RFC 9113, section 6.5.2, counts them: 32 bytes for each field beside its name and value.
function bytesOf(raw: readonly string[]): number {
  let bytes = 16 * raw.length;
  for (const text of raw) bytes += text.length;
  return bytes;
}
