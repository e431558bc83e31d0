// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A page that is drawn again and again: in place on a terminal, one below the other elsewhere.
 * Guards the terminal: a page is cut to what fits, so that nothing scrolls, and the cursor is there
 * again at the end.
 */
import type { Output } from "../world.js";

/** A place for pages. */
export interface Screen {
  /** Draws a page over the one before. */
  draw(lines: readonly string[]): void;
  /** Leaves the last page where it is. */
  end(): void;
}

const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const CLEAR_ALL = "\x1b[2J";
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";

/** A screen on an output. */
export function createScreen(output: Output): Screen {
  if (output.isTTY !== true) {
    return { draw: (lines) => void output.write(`${[...lines, ""].join("\n")}\n`), end() {} };
  }
  let begun = false;
  return {
    draw(lines) {
      const { columns = 0, rows = 0 } = output;
      const fitting = rows > 1 ? lines.slice(0, rows - 1) : lines;
      const page = fitting.map(
        (line) => `${columns > 0 ? line.slice(0, columns) : line}${CLEAR_LINE}\n`,
      );
      output.write(`${begun ? "" : HIDE_CURSOR + CLEAR_ALL}${HOME}${page.join("")}${CLEAR_BELOW}`);
      begun = true;
    },
    end() {
      if (begun) output.write(SHOW_CURSOR);
    },
  };
}
