// SPDX-License-Identifier: GPL-3.0-or-later

import type { NodeErrorReason } from "@inet256/client";

/** What the API has counted since the start; plain numbers, read on demand. */
export interface ApiCounters {
  /** Connections accepted. */
  connections: number;
  /** Connections refused because there were too many. */
  connectionsRefused: number;
  /** Connections that broke the protocol. */
  connectionsBroken: number;
  /** Connections cut because of headers that were too long, or too often long. */
  connectionsCut: number;
  /** Connections over TCP that were cut before they had shown a token. */
  strangersCut: number;
  /** Calls without a valid token. */
  callsUnauthenticated: number;
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
    connectionsCut: 0,
    strangersCut: 0,
    callsUnauthenticated: 0,
    streams: 0,
    requestsMalformed: 0,
    requestsLimited: 0,
    datagramsLost: 0,
  };
}

/** The counters as people see them. */
export function namedCounters(counters: ApiCounters): Readonly<Record<string, number>> {
  return {
    api_connections: counters.connections,
    api_connections_broken: counters.connectionsBroken,
    api_connections_cut: counters.connectionsCut,
    api_connections_refused: counters.connectionsRefused,
    api_strangers_cut: counters.strangersCut,
    api_calls_unauthenticated: counters.callsUnauthenticated,
    api_requests_limited: counters.requestsLimited,
    api_requests_malformed: counters.requestsMalformed,
    api_streams_opened: counters.streams,
    datagrams_lost_no_memory: counters.datagramsLost,
  };
}

/** Counts a request or stream that failed for a reason that is counted. */
export function countFailure(counters: ApiCounters, reason: NodeErrorReason): void {
  if (reason === "BAD_REQUEST") counters.requestsMalformed += 1;
  else if (reason === "UNAUTHENTICATED") counters.callsUnauthenticated += 1;
  else if (reason.startsWith("LIMIT_")) counters.requestsLimited += 1;
}
