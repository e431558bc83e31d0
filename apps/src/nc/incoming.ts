// SPDX-License-Identifier: GPL-3.0-or-later

/** The half of nc that prints: messages from those who may write, at the pace of stdout. */
import type { Address, DatagramBatch, Node } from "@inet256/client";
import type { Output } from "../world.js";

/** What the incoming half tells the other. */
export interface IncomingEvents {
  /** The first message of whom nc talks with. */
  metPartner(partner: Address): void;
  /** A batch has been printed, or looked at. */
  progressed(): void;
}

/** What has come in. */
export interface Incoming {
  /** Prints until the partner ends its side; rejects with the signal's reason. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether it waits for stdout. */
  readonly isPrinting: boolean;
  /** Bytes printed. */
  readonly bytes: number;
  /** Messages of others, which were not printed. */
  readonly ignored: number;
}

/** Prints what comes from `only`, or from anybody; then the first to write is the partner. */
export function createIncoming(
  node: Node,
  stdout: Output,
  only: Address | undefined,
  events: IncomingEvents,
): Incoming {
  let partner = only;
  let met = false;
  let isPrinting = false;
  let bytes = 0;
  let ignored = 0;

  // The payloads to print, and whether the partner's end was among them.
  const sort = (batch: DatagramBatch): { payloads: Uint8Array[]; ended: boolean } => {
    const payloads: Uint8Array[] = [];
    for (const { source, payload } of batch) {
      if (only !== undefined && !source.equals(only)) {
        ignored += 1;
        continue;
      }
      partner ??= source;
      if (!met) events.metPartner(partner);
      met = true;
      if (payload.length > 0) payloads.push(payload);
      else if (source.equals(partner)) return { payloads, ended: true };
    }
    return { payloads, ended: false };
  };

  const printAll = async (payloads: Uint8Array[], signal: AbortSignal): Promise<void> => {
    const all = payloads.length === 1 ? payloads[0] : Buffer.concat(payloads);
    if (all === undefined || all.length === 0) return;
    bytes += all.length;
    if (stdout.write(all)) return;
    isPrinting = true;
    await drained(stdout, signal);
    isPrinting = false;
  };

  return {
    async run(signal) {
      for await (const batch of node.batches({ signal })) {
        const { payloads, ended } = sort(batch);
        await printAll(payloads, signal);
        events.progressed();
        if (ended) return;
      }
    },
    get isPrinting() {
      return isPrinting;
    },
    get bytes() {
      return bytes;
    },
    get ignored() {
      return ignored;
    },
  };
}

function drained(stdout: Output, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      stdout.off("drain", done);
      reject(signal.reason);
    };
    const done = (): void => {
      signal.removeEventListener("abort", over);
      resolve();
    };
    stdout.once("drain", done);
    signal.addEventListener("abort", over, { once: true });
  });
}
