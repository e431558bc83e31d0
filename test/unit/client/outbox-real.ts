// SPDX-License-Identifier: GPL-3.0-or-later

// The real half of the model test: an outbox, the program that uses it, and the daemon it writes
// to. Everything that happens is told to the ledger, its twin.

import { fromBinary } from "@bufbuild/protobuf";
import { NodeError } from "@inet256/client";
import { ConnectRequestSchema } from "@inet256/proto";
import { expect } from "vitest";
import { createOutbox } from "../../../clients/ts/src/outbox.js";
import { DESTINATION, type Outcome, payloadOf } from "./outbox-harness.js";
import type { Ledger } from "./outbox-ledger.js";

/** The outbox, the program that uses it and the daemon it writes to. */
export function createReal(ledger: Ledger) {
  const outbox = createOutbox(() => {});
  const outcomes = new Map<number, Outcome>();
  const aborts = new Map<number, AbortController>();
  // Stream messages the daemon has not accepted: their bytes must stay what they were.
  let onTheirWay: { readonly message: Buffer; readonly ids: readonly number[]; last: number }[] =
    [];
  let count = 0;
  let nextId = 1;

  const idsIn = (message: Buffer): readonly number[] =>
    fromBinary(ConnectRequestSchema, message).datagrams.map(({ payload }) =>
      new DataView(payload.buffer, payload.byteOffset).getUint32(0),
    );
  return {
    outbox,
    outcomes,
    aborts,
    connect(): void {
      count = 0;
      onTheirWay = [];
      outbox.connected((message) => {
        const ids = idsIn(message);
        ledger.wrote(ids, message.length);
        count += ids.length;
        onTheirWay.push({ message, ids, last: count });
      });
    },
    /** Reads what is on its way, as a daemon that accepts it must have. */
    readThrough(through: number): void {
      for (const { message, ids, last } of onTheirWay) {
        if (last - ids.length < through) expect(idsIn(message)).toEqual(ids);
      }
      onTheirWay = onTheirWay.filter(({ last }) => last > through);
    },
    trySend(length: number): void {
      const id = nextId++;
      ledger.tried(id, length, outbox.trySend(DESTINATION, payloadOf(id, length)));
    },
    async send(length: number, abortable: boolean): Promise<void> {
      const id = nextId++;
      const controller = new AbortController();
      if (abortable) aborts.set(id, controller);
      outcomes.set(id, "pending");
      outbox
        .send(DESTINATION, payloadOf(id, length), abortable ? controller.signal : undefined)
        .then(
          () => outcomes.set(id, "accepted"),
          (error: unknown) =>
            outcomes.set(id, error instanceof NodeError ? error.reason : "aborted"),
        );
      await microtasks();
      ledger.sent(id, length, outcomes.get(id) ?? "pending");
    },
  };
}

/** An outbox with its surroundings. */
export type Real = ReturnType<typeof createReal>;

/** Resolves when promises that are settled have been heard. */
export async function microtasks(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}
