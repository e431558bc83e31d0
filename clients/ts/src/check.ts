// SPDX-License-Identifier: Apache-2.0

/** Checks at the door, for callers in plain JavaScript too: what was named, expected, and came. */
import { Address, PrivateKey, wipe } from "./identity/index.js";
import { MTU, type OpenOptions, type OutgoingDatagram } from "./node.js";
import { NodeError, type NodeErrorReason } from "./reasons.js";

/** Throws BAD_ADDRESS, MESSAGE_TOO_LARGE or BAD_REQUEST. */
export function checkOutgoing(to: unknown, payload: unknown): void {
  if (!(to instanceof Address)) {
    throw new NodeError("BAD_ADDRESS", `to: expected an Address, got ${kindOf(to)}`);
  }
  if (!(payload instanceof Uint8Array)) {
    throw new NodeError("BAD_REQUEST", `payload: expected a Uint8Array, got ${kindOf(payload)}`);
  }
  if (payload.length > MTU) {
    throw new NodeError(
      "MESSAGE_TOO_LARGE",
      `payload: expected at most ${MTU} bytes, got ${payload.length}`,
    );
  }
}

/** As checkOutgoing, for each before any is sent. */
export function checkOutgoingBatch(batch: readonly OutgoingDatagram[]): void {
  if (!Array.isArray(batch)) {
    throw new NodeError("BAD_REQUEST", `batch: expected an array, got ${kindOf(batch)}`);
  }
  for (const datagram of batch) checkOutgoing(datagram?.to, datagram?.payload);
}

/** Throws BAD_KEY, for a key that was wiped too. */
export function checkPrivateKey(key: unknown): void {
  if (!(key instanceof PrivateKey)) {
    throw new NodeError("BAD_KEY", `privateKey: expected a PrivateKey, got ${kindOf(key)}`);
  }
  try {
    wipe(key.serialize());
  } catch (cause) {
    throw new NodeError("BAD_KEY", "privateKey: it was wiped", { cause });
  }
}

const OPEN_OPTIONS: ReadonlySet<string> = new Set(["inboxBytes", "signal"]);
const MOST_INBOX_BYTES = 0xffffffff;

/** Throws UNSUPPORTED_OPTION for anything that an opening cannot honour. */
export function checkOpenOptions(options: OpenOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new NodeError("BAD_REQUEST", `options: expected an object, got ${kindOf(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!OPEN_OPTIONS.has(name)) {
      throw new NodeError(
        "UNSUPPORTED_OPTION",
        `options.${name}: unknown; known are inboxBytes, signal`,
      );
    }
  }
  checkInboxBytes(options.inboxBytes, "UNSUPPORTED_OPTION");
}

/** Throws an error of that reason unless it is undefined or from 1 to 2^32 - 1. */
export function checkInboxBytes(inboxBytes: unknown, reason: NodeErrorReason): void {
  if (inboxBytes === undefined) return;
  const whole = typeof inboxBytes === "number" && Number.isInteger(inboxBytes);
  if (whole && inboxBytes >= 1 && inboxBytes <= MOST_INBOX_BYTES) return;
  throw new NodeError(
    reason,
    `options.inboxBytes: expected a whole number of bytes from 1 to ${MOST_INBOX_BYTES}`,
  );
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return typeof value;
  return value.constructor?.name ?? "object";
}
