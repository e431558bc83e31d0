// SPDX-License-Identifier: GPL-3.0-or-later

// Callers as the API's handlers know them, and an audit that remembers its lines.

import { type Audit, createAudit } from "../../../server/src/api/audit.js";
import type { Caller, CallerLimits } from "../../../server/src/api/callers.js";
import type { Origin } from "../../../server/src/api/origin.js";
import { type Clock, type LogFields, silentLogger } from "../../../server/src/core/index.js";

/** Somebody on this machine. */
export const LOCAL: Origin = { kind: "unix", endpoint: "unix:///socket", from: { uid: 1000 } };
/** Somebody elsewhere. */
export const REMOTE: Origin = {
  kind: "tls",
  endpoint: "tls://192.0.2.1:2560",
  from: { from: "192.0.2.7:4444" },
};

/** Limits that nobody reaches. */
export const WIDE_LIMITS: CallerLimits = {
  clients: 1_000,
  connectionsPerSecond: 1_000,
  nodesPerClient: 1_000,
  streams: 10_000,
  queuedBytesPerClient: 1_000_000,
  requestsPerSecond: 10_000,
  totalRequestsPerSecond: 100_000,
  opensPerSecond: 10_000,
};

/** A line of the log. */
export type Line = readonly [level: string, message: string, fields: LogFields | undefined];

/** An audit, and what it has written. */
export function createTestAudit(clock: Clock): { readonly audit: Audit; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void =>
      void lines.push([level, message, fields]);
  const log = { ...silentLogger, debug: at("debug"), info: at("info"), warn: at("warn") };
  return { audit: createAudit(log, clock), lines };
}

/** A caller without limits. */
export function fakeCaller(more: Partial<Caller> = {}): Caller {
  return {
    name: "client-1",
    origin: LOCAL,
    budget: { take: () => true, give: () => {}, used: () => 0 },
    refusals: 0,
    streams: 0,
    countRequest: () => {},
    countOpen: () => {},
    checkStreams: () => {},
    begin: () => () => {},
    prove: () => undefined,
    mayBegin: () => true,
    mayBring: () => true,
    served: () => {},
    fruitless: () => {},
    givenUp: () => true,
    waitMs: () => 0,
    onWider: () => {},
    cut: () => {},
    ...more,
  };
}
