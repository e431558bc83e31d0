// SPDX-License-Identifier: GPL-3.0-or-later

/** A daemon's status for people: what it is and has open, its peers, its counters. */
import type { DaemonStatus, SessionSummary } from "@inet256/client";
import { formatBytes, formatCount, formatTable, formatUptime } from "../quantities.js";
import { counterRows, withoutZeros } from "./counters.js";
import { type Detail, peerLines } from "./peers.js";
import { routeLines } from "./routes.js";

/** What is printed besides. */
export interface StatusWishes {
  /** Which counters. */
  readonly detail: Detail;
  /** Whether the ways to other daemons, too. */
  readonly routes: boolean;
}

/** The lines to print. What an older daemon does not say is left out. */
export function statusLines(status: DaemonStatus, { detail, routes }: StatusWishes): string[] {
  const counters = detail === "all" ? status.counters : withoutZeros(status.counters);
  return [
    ...formatTable(overview(status).filter(([, value]) => value !== "")),
    ...section(peerLines(status.peers, detail)),
    ...section(routes ? routeLines(status.routes) : []),
    ...section(titled("counters", formatTable(counterRows(counters), "  "))),
  ];
}

function overview(status: DaemonStatus): (readonly [string, string])[] {
  return [
    ["address", `${status.address}`],
    ["version", status.version],
    ["uptime", formatUptime(status.uptimeMs)],
    ["endpoints", status.endpoints.join(", ")],
    ["network", status.network],
    ["reachable", status.transportAddresses.join(", ")],
    ["nodes", formatCount(status.nodes)],
    ["clients", formatCount(status.clients)],
    ["streams", formatCount(status.streams)],
    ["sessions", sessionsText(status.sessions)],
    ["queued", formatBytes(status.queuedBytes)],
  ];
}

function sessionsText({ remotes, sessions, waitingRemotes, waitingBytes }: SessionSummary): string {
  const all = `${formatCount(sessions)} of ${formatCount(remotes)} remotes`;
  if (waitingRemotes === 0) return all;
  return `${all}, ${formatCount(waitingRemotes)} waiting with ${formatBytes(waitingBytes)}`;
}

const section = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", ...lines];

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines];
