// SPDX-License-Identifier: GPL-3.0-or-later

/** Counters as people read them: what went wrong is shown where it did. */
import { formatCount } from "../quantities.js";

/** Counters by name. */
export type Counters = Readonly<Record<string, number>>;

/** The words in a counter's name that say that something was not delivered, and why. */
const DROP =
  /(^|_)(dropped|lost|refused|expired|evicted|inconsistent|invalid|stale|before_hello)(_|$)/;

/** Whether a counter counts what was dropped, lost or refused. */
export function isDrop(name: string): boolean {
  return DROP.test(name);
}

/** What happened at all. */
export function withoutZeros(counters: Counters): Counters {
  return choose(counters, (_name, value) => value !== 0);
}

/** The drops that happened. */
export function dropsOnly(counters: Counters): Counters {
  return choose(counters, (name, value) => value !== 0 && isDrop(name));
}

/** Rows for a table: names, and counts that end in one column. */
export function counterRows(counters: Counters): (readonly [string, string])[] {
  const rows = Object.entries(counters).map(([name, value]) => [name, formatCount(value)] as const);
  const widest = Math.max(0, ...rows.map(([, count]) => count.length));
  return rows.map(([name, count]) => [name, count.padStart(widest)] as const);
}

function choose(counters: Counters, wanted: (name: string, value: number) => boolean): Counters {
  return Object.fromEntries(
    Object.entries(counters).filter(([name, value]) => wanted(name, value)),
  );
}
