// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How far the heap may grow before V8 looks through all of it. A daemon's heap is small, and what it
 * moves counts as memory too: at some hundred MB a second V8 begins to look through the whole heap
 * after every few messages, finds nothing, and everybody's messages wait meanwhile.
 */
import { constants, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** Up to here the heap may become three times as large; beyond, V8 decides as it always does. */
export const SMALL_HEAP_BYTES = 64 * 1024 * 1024;
const SMALL_HEAP_GROWTH_PERCENT = 200;
/** V8's own choice. */
const UNSET = 0;

/** How far a heap of which so much is in use may grow, in percent of that; 0: as V8 likes. */
export function growthPercent(usedBytes: number): number {
  return usedBytes < SMALL_HEAP_BYTES ? SMALL_HEAP_GROWTH_PERCENT : UNSET;
}

/** V8, as far as it is asked and told. */
export interface Engine {
  usedBytes(): number;
  setFlag(flag: string): void;
}

const THIS_PROCESS: Engine = {
  usedBytes: () => getHeapStatistics().used_heap_size,
  setFlag: setFlagsFromString,
};

/** Lets a small heap grow from now on, in this process. Looks again whenever V8 has. */
export function letSmallHeapGrow(engine: Engine = THIS_PROCESS): void {
  let now = UNSET;
  const adjust = (): void => {
    const percent = growthPercent(engine.usedBytes());
    if (percent !== now) engine.setFlag(`--heap-growing-percent=${percent}`);
    now = percent;
  };
  adjust();
  const observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isMajor)) adjust();
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** An entry of the collector says in its detail what it did; the types of Node do not know it. */
function isMajor(entry: object): boolean {
  const { detail } = entry as { readonly detail?: { readonly kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
