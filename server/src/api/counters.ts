// SPDX-License-Identifier: GPL-3.0-or-later

/** What the API has counted since the start; plain numbers, read on demand. */
export interface ApiCounters {
  /** Connections accepted. */
  connections: number;
  /** Connections refused because there were too many. */
  connectionsRefused: number;
  /** Connections that broke the protocol. */
  connectionsBroken: number;
  /** Streams of Connect that opened a node. */
  streams: number;
  /** Requests that could not be understood. */
  requestsMalformed: number;
  /** Requests refused because of a limit. */
  requestsLimited: number;
  /** Messages lost because neither their stream nor the inbox could hold them. */
  datagramsLost: number;
}

/** All zero. */
export function createApiCounters(): ApiCounters {
  return {
    connections: 0,
    connectionsRefused: 0,
    connectionsBroken: 0,
    streams: 0,
    requestsMalformed: 0,
    requestsLimited: 0,
    datagramsLost: 0,
  };
}
