// SPDX-License-Identifier: GPL-3.0-or-later

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pause, rejectedBy, untilAborted, within } from "../../../apps/src/wait.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("waiting", () => {
  it("pauses as long as it is told, and leaves no timer", async () => {
    const paused = pause(1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await paused;
  });

  it("ends a pause with the signal's reason", async () => {
    const ending = new AbortController();
    const paused = pause(1000, ending.signal);
    const reason = new Error("enough");
    ending.abort(reason);
    await expect(paused).rejects.toBe(reason);
    await expect(pause(1000, ending.signal)).rejects.toBe(reason);
    await expect(rejectedBy(ending.signal)).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes what comes in time, and undefined for what does not", async () => {
    expect(await within(Promise.resolve(5), 1000)).toBe(5);
    await expect(within(Promise.reject(new Error("no")), 1000)).rejects.toThrow("no");
    const late = within(pause(2000), 1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await late).toBeUndefined();
    expect(vi.getTimerCount()).toBe(1);
  });

  it("takes an abortion for an end, and nothing else", async () => {
    const ending = new AbortController();
    ending.abort(new Error("enough"));
    const { signal } = ending;
    await untilAborted(signal, () => Promise.reject(signal.reason));
    const other = new Error("other");
    await expect(untilAborted(signal, () => Promise.reject(other))).rejects.toBe(other);
    const open = new AbortController().signal;
    await expect(untilAborted(open, () => Promise.reject(open.reason))).rejects.toBeUndefined();
  });
});
