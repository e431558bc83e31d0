// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The other end of measurements: counts what comes in one-way runs and reports it, and sends
 * back what is to be echoed. Serves any number of senders at once; remembers the last runs only,
 * so that strangers cannot fill its memory.
 */
import type { Address, Node } from "@inet256/client";
import { type Arrivals, createArrivals } from "./arrivals.js";
import {
  createMessageWriter,
  encodeReport,
  HEADER_BYTES,
  isIntact,
  isOfRun,
  KIND,
  kindOf,
  numberOf,
  runOf,
} from "./messages.js";
import type { Report } from "./results.js";

/** What a server tells. */
export interface PerfServerEvents {
  /** A one-way run is over. */
  finished?(source: Address, report: Report): void;
}

/** Runs that are remembered, 128 KiB each; the oldest is forgotten for a new one. */
const MOST_RUNS = 64;
/** Milliseconds without a further question after which a run that was reported is over. */
const OVER_MS = 500;

interface Run {
  readonly source: Address;
  readonly id: Uint8Array;
  readonly arrivals: Arrivals;
  bytes: number;
  corrupted: number;
  firstMs: number;
  lastMs: number;
  over: NodeJS.Timeout | undefined;
}

/**
 * Serves until the node is closed or the signal is aborted. Rejects with the signal's reason, or
 * with NodeError when the node is over.
 */
export async function servePerf(
  node: Node,
  signal: AbortSignal,
  events: PerfServerEvents = {},
): Promise<void> {
  const runs = createRuns(events);
  try {
    for await (const batch of node.batches({ signal })) {
      const now = performance.now();
      for (let i = 0; i < batch.length; i++) {
        const payload = batch.payload(i);
        switch (kindOf(payload)) {
          case KIND.data:
            runs.count(batch.source(i), payload, now);
            break;
          case KIND.echo:
            await sendBack(node, batch.source(i), payload, signal);
            break;
          case KIND.hello:
            runs.begin(batch.source(i), payload);
            answer(node, batch.source(i), welcome(payload));
            break;
          case KIND.finish:
            answer(node, batch.source(i), runs.report(batch.source(i), payload));
            break;
          default:
        }
      }
    }
  } finally {
    runs.end();
  }
}

async function sendBack(
  node: Node,
  to: Address,
  payload: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  if (to.equals(node.address)) return;
  while (!node.trySend(to, payload)) await node.room({ signal });
}

// Who gets no answer asks again.
function answer(node: Node, to: Address, message: Uint8Array | undefined): void {
  if (message !== undefined) node.send(to, message).catch(() => {});
}

function welcome(hello: Uint8Array): Uint8Array {
  return createMessageWriter(runOf(hello), KIND.welcome, HEADER_BYTES).write(numberOf(hello));
}

interface Runs {
  begin(source: Address, hello: Uint8Array): void;
  count(source: Address, payload: Uint8Array, nowMs: number): void;
  /** The message that answers `finish`; undefined for a run that is not known. */
  report(source: Address, finish: Uint8Array): Uint8Array | undefined;
  end(): void;
}

function createRuns({ finished }: PerfServerEvents): Runs {
  const runs: Run[] = [];
  let last: Run | undefined;

  const isThis = (run: Run, source: Address, payload: Uint8Array): boolean =>
    isOfRun(payload, run.id) && run.source.equals(source);
  const find = (source: Address, payload: Uint8Array): Run | undefined => {
    if (last === undefined || !isThis(last, source, payload)) {
      last = runs.find((run) => isThis(run, source, payload));
    }
    return last;
  };
  const tellOver = (run: Run): void => {
    if (run.over === undefined) return;
    clearTimeout(run.over);
    run.over = undefined;
    finished?.(run.source, reportOf(run));
  };

  return {
    begin(source, hello) {
      if (find(source, hello) !== undefined) return;
      const run: Run = {
        source,
        id: runOf(hello),
        arrivals: createArrivals(),
        bytes: 0,
        corrupted: 0,
        firstMs: 0,
        lastMs: 0,
        over: undefined,
      };
      if (runs.push(run) > MOST_RUNS) {
        const oldest = runs.shift();
        if (oldest !== undefined) tellOver(oldest);
      }
    },
    count(source, payload, nowMs) {
      const run = find(source, payload);
      if (run === undefined) return;
      if (!isIntact(payload)) {
        run.corrupted += 1;
        return;
      }
      if (!run.arrivals.add(numberOf(payload))) return;
      run.bytes += payload.length;
      if (run.firstMs === 0) run.firstMs = nowMs;
      run.lastMs = nowMs;
    },
    report(source, finish) {
      const run = find(source, finish);
      if (run === undefined) return undefined;
      clearTimeout(run.over);
      run.over = setTimeout(tellOver, OVER_MS, run);
      return encodeReport(run.id, numberOf(finish), reportOf(run));
    },
    end() {
      for (const run of runs) tellOver(run);
    },
  };
}

function reportOf({ arrivals, bytes, corrupted, firstMs, lastMs }: Run): Report {
  const { received, duplicates, reordered, late } = arrivals;
  const durationMs = lastMs - firstMs;
  return { received, bytes, duplicates, reordered, late, corrupted, durationMs };
}
