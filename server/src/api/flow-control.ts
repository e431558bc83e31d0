// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What grpc-js has no options for: wider HTTP/2 windows, and a bound on the headers of a request,
 * told to each client. grpc-js 1.14 has an option for the client's windows
 * and none for the server's, so a client may be only 64 KiB ahead of the daemon, and every 64 KiB
 * wait for a round trip between two processes. The two private members used here are looked at
 * before they are touched: where they have changed, the windows stay narrow and all else works.
 */
import type { Http2Server, Settings } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** Windows of `bytes` for each connection and each stream of connections injected from now on. */
export function widenWindows(server: Server, bytes: number): void {
  const settings = settingsOf(server);
  if (settings !== undefined) settings.initialWindowSize = bytes;
}

/** Tells clients how long the headers of a request may be; enforced in watchStreams too. */
export function boundHeaders(server: Server, bytes: number): void {
  const settings = settingsOf(server);
  if (settings !== undefined) settings.maxHeaderListSize = bytes;
}

/** Windows of `bytes` for the connections of the injectors that the server has now. */
export function widenConnections(server: Server, bytes: number): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.on("session", (session) => session.setLocalWindowSize(bytes));
  }
}

function settingsOf(server: object): Settings | undefined {
  if (!("commonServerOptions" in server)) return undefined;
  const options = server.commonServerOptions;
  if (typeof options !== "object" || options === null) return undefined;
  const holder: { settings?: Settings } = options;
  holder.settings ??= {};
  return holder.settings;
}

/** The HTTP/2 servers behind the injectors that the server has now. */
export function http2ServersOf(server: object): readonly Http2Server[] {
  if (!("http2Servers" in server) || !(server.http2Servers instanceof Map)) return [];
  return [...server.http2Servers.keys()];
}
