// SPDX-License-Identifier: GPL-3.0-or-later

// What became of messages, in words.

import type { LedgerReport } from "../../sim/message-ledger.js";
import { showDuration } from "../language/quantities.js";
import type { Conversation } from "./conversations.js";

/** A row of messages that is over. */
export function showRow(row: Conversation): string {
  return `${showTotals(row)}${showLatencies(row)}`;
}

/** Sent, arrived, lost, refused. What arrived wrongly is told apart, of all conversations. */
export function showTotals({ from, to, sent, arrived, refused }: Conversation): string {
  const parts = [
    `${from} -> ${to}: ${sent} sent, ${arrived} arrived`,
    ...(arrived < sent ? [`${sent - arrived} lost`] : []),
    ...[...refused].map(([why, count]) => `${count} refused (${why})`),
  ];
  return parts.join(", ");
}

/** A stream in the time since it was looked at last. */
export function showStream(
  { from, to }: Conversation,
  silenceMs: number,
  sent: number,
  arrived: number,
): string {
  const silence = `longest silence ${showDuration(silenceMs)}`;
  return `${from} -> ${to}: ${sent} sent, ${arrived} arrived, ${silence}`;
}

/** All that was sent in a scenario. */
export function showAll(report: LedgerReport): string {
  const { sent, arrived, refused, altered, twice, misattributed } = report;
  const lost = sent - arrived - refused;
  const wrong = `${altered} altered, ${twice} twice, ${misattributed} misattributed`;
  return `in all: ${sent} sent, ${arrived} arrived, ${refused} refused, ${lost} lost, ${wrong}`;
}

function showLatencies({ latenciesMs }: Conversation): string {
  const [first] = latenciesMs;
  if (first === undefined) return "";
  if (latenciesMs.length === 1) return `, after ${showDuration(first)}`;
  const sorted = latenciesMs.slice(1).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? first;
  return `, the first after ${showDuration(first)}, then typically ${showDuration(median)}`;
}
