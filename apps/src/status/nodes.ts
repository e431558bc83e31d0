// SPDX-License-Identifier: GPL-3.0-or-later

/** The nodes of a daemon, a line for each. */
import type { OpenNodeStatus } from "@inet256/client";
import { formatBytes, formatCount } from "../quantities.js";

/** The lines: address, how often it is open, what waits. */
export function nodeLines(nodes: readonly OpenNodeStatus[]): readonly string[] {
  return nodes.map(({ address, openings, queuedMessages, queuedBytes }) => {
    const waiting = `${formatCount(queuedMessages)} waiting, ${formatBytes(queuedBytes)}`;
    return `${address}  open ${formatCount(openings)} ×${queuedMessages > 0 ? `  ${waiting}` : ""}`;
  });
}
