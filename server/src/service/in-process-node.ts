// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A node for programs inside the daemon's process: the same interface as over gRPC, straight on
 * an opening.
 */
import {
  Address,
  batchOfOne,
  checkOutgoing,
  checkOutgoingBatch,
  createInbox,
  MTU,
  type Node,
} from "@inet256/client";
import type { Opening } from "../node/index.js";
import { refusalError } from "./errors.js";
import { createPacing, type PacingOptions } from "./pacing.js";

/** What a node asks of the service beside its opening. */
export interface NodeQueries extends Pick<Node, "findAddress" | "lookupPublicKey"> {
  /** Drops the node of this address. */
  drop(address: Address): void;
}

// A message of its own counts as much more than its bytes.
const OBJECT_BYTES = 200;

/** The Node of an opening; at most `inboxBytes` of unread messages are kept. */
export function createInProcessNode(
  opening: Opening,
  queries: NodeQueries,
  inboxBytes: number,
  machine: PacingOptions,
): Node {
  const { address, publicKey } = opening;
  const own = address.bytes;
  const inbox = createInbox(inboxBytes);
  opening.read((addresses, addressAt, buffer, start, end) => {
    const source = Address.fromBytes(addresses.subarray(addressAt, addressAt + own.length));
    // A copy: slice of a Buffer would be a view of the sender's memory, or of the inbox's.
    const payload = new Uint8Array(buffer.subarray(start, end));
    inbox.push(batchOfOne({ source, payload }), payload.length + OBJECT_BYTES);
    return true;
  });
  const pacing = createPacing(opening, machine);
  opening.onEnd((reason) => {
    inbox.end(refusalError(reason));
    pacing.end();
  });

  const mustBeOpen = (): void => {
    const ended = opening.ended();
    if (ended !== undefined) throw refusalError(ended);
  };
  const trySend = (to: Address, payload: Uint8Array): boolean => {
    if (pacing.waiting || opening.ended() !== undefined) return false;
    opening.transmit(to.bytes, 0, payload, 0, payload.length);
    pacing.sent();
    return true;
  };

  return {
    address,
    publicKey,
    mtu: MTU,
    async send(to, payload, { signal } = {}) {
      checkOutgoing(to, payload);
      signal?.throwIfAborted();
      let message = payload;
      if (pacing.waiting) {
        // It is the caller's again when this call returns.
        message = new Uint8Array(payload);
        await pacing.over(signal);
      }
      const refusal = opening.transmit(to.bytes, 0, message, 0, message.length);
      pacing.sent();
      if (refusal !== undefined) throw refusalError(refusal);
    },
    trySend(to, payload) {
      checkOutgoing(to, payload);
      return trySend(to, payload);
    },
    async room({ signal } = {}) {
      mustBeOpen();
      await pacing.over(signal);
      mustBeOpen();
    },
    sendBatch(batch) {
      checkOutgoingBatch(batch);
      let taken = 0;
      for (const { to, payload } of batch) {
        if (!trySend(to, payload)) break;
        taken += 1;
      }
      return taken;
    },
    receive: inbox.receive,
    batches: inbox.batches,
    async findAddress(prefix, nbits, options) {
      mustBeOpen();
      return queries.findAddress(prefix, nbits, options);
    },
    async lookupPublicKey(wanted, options) {
      mustBeOpen();
      return queries.lookupPublicKey(wanted, options);
    },
    async close() {
      opening.close();
      inbox.end(refusalError("NODE_CLOSED"));
    },
    async drop() {
      mustBeOpen();
      queries.drop(address);
    },
  };
}
