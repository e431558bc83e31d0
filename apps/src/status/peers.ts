// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The peers of a daemon as a table. A peer's line has its whole address, to be copied, and the way
 * its traffic takes; lines below it show the other ways there are, what waits, and what was dropped.
 */
import type { PathStatus, PeerStatus } from "@inet256/client";
import {
  formatBytes,
  formatCount,
  formatMany,
  formatMicros,
  formatPercent,
  formatTable,
} from "../quantities.js";
import { type Align, formatColumns } from "./columns.js";
import { counterRows, dropsOnly } from "./counters.js";

const HEADINGS = ["peers", "state", "kind", "at", "rtt", "loss", "mtu", "in", "out"] as const;
const ALIGNS: readonly Align[] = [
  ...(["left", "left", "left", "left"] as const),
  ...(["right", "right", "right", "right", "right"] as const),
];
/** Where there is nothing to say. */
const NONE = "-";

/** What of each peer's counters is shown: the drops that happened, or all. */
export type Detail = "drops" | "all";

/** The table, with its headings; no line where there is no peer. */
export function peerLines(peers: readonly PeerStatus[], detail: Detail): string[] {
  if (peers.length === 0) return [];
  const groups = peers.map((peer) => [peerRow(peer), ...pathRows(peer)]);
  const [headings = "", ...lines] = formatColumns([HEADINGS, ...groups.flat()], ALIGNS);
  let next = 0;
  const shown = peers.flatMap((peer, i) => {
    const first = next;
    next += groups[i]?.length ?? 0;
    return [...lines.slice(first, next), ...notes(peer, detail)];
  });
  return [headings, ...shown];
}

function peerRow({ address, up, configured, paths }: PeerStatus): string[] {
  const used = usedPath(paths);
  return [
    `  ${address}`,
    up ? "up" : "down",
    configured ? "configured" : "accepted",
    used?.address ?? NONE,
    ...(used === undefined ? [NONE, NONE, NONE] : quality(used)),
    formatBytes(sum(paths, "bytesReceived")),
    formatBytes(sum(paths, "bytesSent")),
  ];
}

// A single path that is used is all in the peer's line.
function pathRows({ paths }: PeerStatus): string[][] {
  if (paths.length === 1 && usedPath(paths) !== undefined) return [];
  return paths.map((path) => [
    "    path",
    path.state,
    path.kind,
    path.address,
    ...quality(path),
    formatBytes(path.bytesReceived),
    formatBytes(path.bytesSent),
  ]);
}

function quality({ rttMicros, loss, mtu }: PathStatus): string[] {
  return [
    rttMicros === undefined ? NONE : formatMicros(rttMicros),
    formatPercent(loss, 1),
    `${formatCount(mtu)} B`,
  ];
}

function notes(peer: PeerStatus, detail: Detail): string[] {
  const { queuedPackets, queuedBytes, queuedControlBytes } = peer;
  const counters = detail === "all" ? peer.counters : dropsOnly(peer.counters);
  const queued =
    queuedPackets === 0 && queuedBytes === 0
      ? []
      : [
          [
            "queued",
            `${formatMany(queuedPackets, "packet")}, ${formatBytes(queuedBytes)}`,
          ] as const,
        ];
  const control =
    queuedControlBytes === 0 ? [] : [["queued control", formatBytes(queuedControlBytes)] as const];
  return formatTable([...queued, ...control, ...counterRows(counters)], "    ");
}

function usedPath(paths: readonly PathStatus[]): PathStatus | undefined {
  return paths.find(({ state }) => state === "used");
}

function sum(paths: readonly PathStatus[], what: "bytesReceived" | "bytesSent"): number {
  return paths.reduce((total, path) => total + path[what], 0);
}
