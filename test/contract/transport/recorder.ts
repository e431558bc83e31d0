// SPDX-License-Identifier: GPL-3.0-or-later

// A sink that keeps what it is told, and notices what must not be: something told within a call of
// send, time that goes back, a datagram of no bytes, or bytes outside the buffer.

import type { TransportAddress, TransportSink } from "../../../server/src/transport/index.js";

/** A datagram as it came; the bytes are a copy. */
export interface ReceivedDatagram {
  readonly bytes: Uint8Array;
  readonly from: TransportAddress;
  readonly nowMs: number;
}

/** A sink and what it was told. */
export interface Recorder {
  readonly sink: TransportSink;
  readonly datagrams: readonly ReceivedDatagram[];
  /** The names of the calls in their order. */
  readonly calls: readonly string[];
  readonly unreachable: readonly TransportAddress[];
  /** What was told that must not be. */
  readonly faults: readonly string[];
  /** Runs a call of send, during which nothing may be told. */
  whileSending<Result>(call: () => Result): Result;
  /** Called with each datagram while the transport's bytes hold, after they were copied. */
  during: (buffer: Uint8Array, at: number, length: number, from: TransportAddress) => void;
}

/** A recorder that was told nothing yet. */
export function createRecorder(): Recorder {
  const datagrams: ReceivedDatagram[] = [];
  const calls: string[] = [];
  const unreachable: TransportAddress[] = [];
  const faults: string[] = [];
  let sending = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const note = (call: string, nowMs: number): void => {
    calls.push(call);
    if (sending > 0) faults.push(`${call} within a call of send`);
    if (!(nowMs >= lastMs)) faults.push(`${call} at ${nowMs} after ${lastMs}`);
    lastMs = nowMs;
  };
  const recorder: Recorder = {
    datagrams,
    calls,
    unreachable,
    faults,
    during: () => {},
    whileSending(call) {
      sending += 1;
      try {
        return call();
      } finally {
        sending -= 1;
      }
    },
    sink: {
      received(buffer, at, length, from, nowMs) {
        note("received", nowMs);
        if (!(length >= 1)) faults.push(`received ${length} bytes`);
        if (at < 0 || at + length > buffer.length) faults.push("received outside the buffer");
        datagrams.push({ bytes: Uint8Array.from(buffer.subarray(at, at + length)), from, nowMs });
        recorder.during(buffer, at, length, from);
      },
      receivedAll: (nowMs) => note("receivedAll", nowMs),
      unreachable(to, nowMs) {
        note("unreachable", nowMs);
        unreachable.push(to);
      },
      failed: (_to, nowMs) => note("failed", nowMs),
      writable: (nowMs) => note("writable", nowMs),
    },
  };
  return recorder;
}
