// SPDX-License-Identifier: GPL-3.0-or-later

/** Both ends of a measurement over a service in memory, and what can happen on the way. */
import { type Address, generateKey } from "@inet256/client";
import { onTestFinished } from "vitest";
import { type Report, servePerf } from "../../apps/src/perf/index.js";
import { KIND, kindOf, numberOf } from "../../apps/src/perf/messages.js";
import { createMemoryService, type MemoryServiceOptions, type Passing } from "./memory-service.js";

/** A server that measures and a client, with what the server tells. */
export async function beginMeasurement(options: MemoryServiceOptions = {}) {
  const service = createMemoryService(options);
  const server = await service.open(generateKey());
  const client = await service.open(generateKey());
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const reports: [Address, Report][] = [];
  const finished = (source: Address, report: Report): void => void reports.push([source, report]);
  const serving = servePerf(server, ending.signal, { finished }).catch(() => {});
  const stop = async (): Promise<void> => {
    ending.abort();
    await serving;
  };
  return { service, server, client, reports, stop };
}

/** Does something to the data or echo messages of these numbers, on their way there. */
export function on(
  numbers: readonly number[],
  change: (payload: Uint8Array) => readonly Uint8Array[],
): MemoryServiceOptions {
  const seen = new Set<number>();
  const onTheWay = ({ payload }: Passing): readonly Uint8Array[] => {
    const kind = kindOf(payload);
    const number = numberOf(payload);
    const isMeant = (kind === KIND.data || kind === KIND.echo) && numbers.includes(number);
    if (!isMeant || seen.has(number)) return [payload];
    seen.add(number);
    return change(payload);
  };
  return { onTheWay };
}

/** A message with one byte of its padding changed. */
export function altered(payload: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(payload);
  copy[40] = 0;
  return copy;
}
