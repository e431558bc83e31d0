// SPDX-License-Identifier: GPL-3.0-or-later

// Pages on a terminal: cut to what it shows now, and a cursor that is hidden no longer than needed.

import { describe, expect, it } from "vitest";
import { createScreen } from "../../../../apps/src/status/screen.js";
import { createCaptured } from "../../../support/captured.js";

const BEGIN = "\x1b[?25l\x1b[2J";
const HOME = "\x1b[H";
const LINE = "\x1b[K\n";
const BELOW = "\x1b[J";
const END = "\x1b[?25h";

function createScene(size: { isTTY: boolean; columns?: number; rows?: number }) {
  const output = Object.assign(createCaptured(), { columns: 0 }, size);
  return { output, screen: createScreen(output) };
}

describe("a page on a terminal", () => {
  it("takes the place of the one before", () => {
    const { output, screen } = createScene({ isTTY: true, columns: 10, rows: 5 });
    screen.draw(["one", "two"]);
    screen.draw(["three"]);
    screen.end();
    const first = `${BEGIN}${HOME}one${LINE}two${LINE}${BELOW}`;
    expect(output.text).toBe(`${first}${HOME}three${LINE}${BELOW}${END}`);
  });

  it.each([
    ["fits exactly", 3, 3, `abc${LINE}d${LINE}`],
    ["is too wide", 2, 3, `ab${LINE}d${LINE}`],
    ["is too high: the last line is the cursor's", 3, 2, `abc${LINE}`],
    ["is on a terminal that does not say how large it is", 0, 0, `abc${LINE}d${LINE}`],
  ])("that %s", (_, columns, rows, drawn) => {
    const { output, screen } = createScene({ isTTY: true, columns, rows });
    screen.draw(["abc", "d"]);
    expect(output.text).toBe(`${BEGIN}${HOME}${drawn}${BELOW}`);
  });

  it("follows the size that the terminal has now", () => {
    const { output, screen } = createScene({ isTTY: true, columns: 3, rows: 3 });
    screen.draw(["abc", "d"]);
    Object.assign(output, { columns: 1, rows: 2 });
    screen.draw(["abc", "d"]);
    expect(output.text.endsWith(`${BELOW}${HOME}a${LINE}${BELOW}`)).toBe(true);
  });

  it("leaves the cursor alone where nothing was drawn", () => {
    const { output, screen } = createScene({ isTTY: true });
    screen.end();
    expect(output.text).toBe("");
  });
});

describe("a page elsewhere", () => {
  it("is whole, below the one before, with a line between", () => {
    const { output, screen } = createScene({ isTTY: false, columns: 1, rows: 2 });
    screen.draw(["one", "two"]);
    screen.draw(["three"]);
    screen.end();
    expect(output.text).toBe("one\ntwo\n\nthree\n\n");
  });
});
