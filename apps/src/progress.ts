// SPDX-License-Identifier: GPL-3.0-or-later

/** A line that people can watch while something takes longer than a second. */
import { columnsOf, type Terminal } from "./world.js";

const PERIOD_MS = 1000;
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = "\r\x1b[K";

/**
 * Shows `line()` on stderr each second, if that is a terminal; returns what ends it. The line is
 * taken away in the end.
 */
export function showProgress({ stderr }: Terminal, line: () => string): () => void {
  if (stderr.isTTY !== true) return () => {};
  const show = (): void => {
    stderr.write(`${CLEAR_LINE}${line().slice(0, columnsOf(stderr, DEFAULT_COLUMNS) - 1)}`);
  };
  let shown = false;
  const timer = setInterval(() => {
    shown = true;
    show();
  }, PERIOD_MS);
  return () => {
    clearInterval(timer);
    if (shown) stderr.write(CLEAR_LINE);
  };
}
