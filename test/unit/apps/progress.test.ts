// SPDX-License-Identifier: GPL-3.0-or-later

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { showProgress } from "../../../apps/src/progress.js";
import { createTestTerminal } from "../../support/commands.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const CLEAR = "\r\x1b[K";

describe("progress", () => {
  it("shows a line each second on a terminal, and takes it away", () => {
    const terminal = createTestTerminal();
    Object.assign(terminal.stderr, { isTTY: true, columns: 10 });
    let count = 0;
    const end = showProgress(terminal, () => `count ${++count} of many`);
    vi.advanceTimersByTime(999);
    expect(terminal.stderr.text).toBe("");
    vi.advanceTimersByTime(1001);
    expect(terminal.stderr.text).toBe(`${CLEAR}count 1 o${CLEAR}count 2 o`);
    end();
    expect(terminal.stderr.text.endsWith(`o${CLEAR}`)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("shows nothing of what takes less than a second, and nothing elsewhere", () => {
    const terminal = createTestTerminal();
    showProgress(terminal, () => "never")();
    expect(vi.getTimerCount()).toBe(0);
    terminal.stderr.isTTY = true;
    showProgress(terminal, () => "never")();
    expect(terminal.stderr.text).toBe("");
  });

  it("takes a terminal that does not know its width for a usual one", () => {
    const terminal = createTestTerminal();
    Object.assign(terminal.stderr, { isTTY: true, columns: 0 });
    const end = showProgress(terminal, () => "x".repeat(100));
    vi.advanceTimersByTime(1000);
    end();
    expect(terminal.stderr.text).toBe(`${CLEAR}${"x".repeat(79)}${CLEAR}`);
  });
});
