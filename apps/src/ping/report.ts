// SPDX-License-Identifier: GPL-3.0-or-later

/** What ping says, to people as ping(8) does, or as JSON, one object a line. */
import type { Address } from "@inet256/client";
import { describeFailure, reasonOf } from "../failures.js";
import { formatCount, formatPercent, percentOf } from "../quantities.js";
import { print, printJson, type Terminal } from "../world.js";
import type { PingStatistics, Verdict } from "./tally.js";

/** Hears what happens during a run. */
export interface PingReporter {
  arrived(verdict: Verdict, bytes: number): void;
  /** No answer came in time. */
  overdue(number: number): void;
  /** The daemon did not take it. */
  refused(number: number, error: unknown): void;
  ended(statistics: PingStatistics, elapsedMs: number): void;
}

/** Says it as ping(8) does. */
export function createTextReporter(terminal: Terminal, to: Address, size: number): PingReporter {
  print(terminal, `PING ${to} ${formatCount(size)} bytes`);
  return {
    arrived(verdict, bytes) {
      const from = `${bytes} bytes from ${to}`;
      switch (verdict.kind) {
        case "reply":
          return print(terminal, `${from}: seq=${verdict.number} time=${ms(verdict.rttMs)} ms`);
        case "duplicate": {
          const { number, rttMs } = verdict;
          return print(terminal, `${from}: seq=${number} time=${ms(rttMs)} ms (DUP!)`);
        }
        case "corrupted":
          return print(terminal, `${from}: not what was sent (CORRUPTED!)`);
        case "foreign":
          return;
      }
    },
    overdue: (number) => print(terminal, `no answer yet: seq=${number}`),
    refused(number, error) {
      print(terminal, `not sent: seq=${number}: ${describeFailure(error)}`);
    },
    ended(statistics, elapsedMs) {
      print(terminal, "");
      print(terminal, `--- ${to} ping statistics ---`);
      print(terminal, summary(statistics, elapsedMs));
      const { rtt } = statistics;
      if (rtt === undefined) return;
      const times = [rtt.min, rtt.avg, rtt.max, rtt.mdev].map(ms).join("/");
      print(terminal, `rtt min/avg/max/mdev = ${times} ms`);
    },
  };
}

/** Says it as JSON: objects of type reply, duplicate, corrupted, overdue, refused, statistics. */
export function createJsonReporter(terminal: Terminal, to: Address): PingReporter {
  return {
    arrived(verdict, bytes) {
      if (verdict.kind === "foreign") return;
      if (verdict.kind === "corrupted") return printJson(terminal, { type: "corrupted", bytes });
      const { kind, number, rttMs } = verdict;
      printJson(terminal, { type: kind, from: to, seq: number, bytes, timeMs: rttMs });
    },
    overdue: (number) => printJson(terminal, { type: "overdue", seq: number }),
    refused(number, error) {
      printJson(terminal, { type: "refused", seq: number, reason: reasonOf(error) ?? "INTERNAL" });
    },
    ended({ rtt, ...counts }, elapsedMs) {
      const lossPercent = lossOf(counts);
      printJson(terminal, {
        type: "statistics",
        address: to,
        ...counts,
        lossPercent,
        elapsedMs,
        rttMs: rtt ?? null,
      });
    },
  };
}

function summary(statistics: PingStatistics, elapsedMs: number): string {
  const { transmitted, received, duplicates, corrupted, errors } = statistics;
  const parts = [`${transmitted} messages transmitted`, `${received} received`];
  if (duplicates > 0) parts.push(`+${duplicates} duplicates`);
  if (corrupted > 0) parts.push(`+${corrupted} corrupted`);
  if (errors > 0) parts.push(`+${errors} errors`);
  parts.push(`${formatPercent(transmitted - received, transmitted)} loss`);
  parts.push(`time ${Math.round(elapsedMs)} ms`);
  return parts.join(", ");
}

function lossOf({ transmitted, received }: { transmitted: number; received: number }): number {
  return percentOf(transmitted - received, transmitted);
}

/** Milliseconds with as many digits as ping(8) shows. */
function ms(value: number): string {
  return value < 1000 ? value.toFixed(3) : value.toFixed(0);
}
