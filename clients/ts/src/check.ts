// SPDX-License-Identifier: Apache-2.0

/** Checks at the door, for callers in plain JavaScript too: what was named, expected, and came. */
import { Address, PrivateKey } from "./identity/index.js";
import { MTU, type OpenOptions, type OutgoingDatagram } from "./node.js";
import { NodeError } from "./reasons.js";

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
  for (const { to, payload } of batch) checkOutgoing(to, payload);
}

/** Throws BAD_KEY. */
export function checkPrivateKey(key: unknown): void {
  if (!(key instanceof PrivateKey)) {
    throw new NodeError("BAD_KEY", `privateKey: expected a PrivateKey, got ${kindOf(key)}`);
  }
}

const OPEN_OPTIONS: ReadonlySet<string> = new Set(["inboxBytes", "signal"]);
const MOST_INBOX_BYTES = 0xffffffff;

/** Throws UNSUPPORTED_OPTION for anything that an opening cannot honour. */
export function checkOpenOptions(options: OpenOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPEN_OPTIONS.has(name)) {
      throw new NodeError(
        "UNSUPPORTED_OPTION",
        `options.${name}: unknown; known are inboxBytes, signal`,
      );
    }
  }
  const { inboxBytes } = options;
  if (inboxBytes === undefined) return;
  if (!Number.isInteger(inboxBytes) || inboxBytes < 1 || inboxBytes > MOST_INBOX_BYTES) {
    throw new NodeError(
      "UNSUPPORTED_OPTION",
      `options.inboxBytes: expected a whole number of bytes from 1 to ${MOST_INBOX_BYTES}`,
    );
  }
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return typeof value;
  return value.constructor?.name ?? "object";
}
