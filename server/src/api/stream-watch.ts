// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sees every HTTP/2 stream that begins, also those that grpc-js answers by itself because they ask
 * for what is not there: a stranger that begins too many is cut.
 */
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Callers } from "./callers.js";

/** Watches the sessions of these servers. */
export function watchStreams(
  servers: readonly Http2Server[],
  callers: Pick<Callers, "find">,
  cut: () => void,
): void {
  const onStream = (session: ServerHttp2Session): void => {
    const peer = session.socket?.remoteAddress ?? "";
    const caller = callers.find({ getPeer: () => peer });
    if (caller?.mayBegin() === true) return;
    if (caller !== undefined) cut();
    session.destroy();
  };
  for (const server of servers) {
    server.on("session", (session) => session.on("stream", () => onStream(session)));
  }
}
