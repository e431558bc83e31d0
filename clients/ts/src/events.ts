// SPDX-License-Identifier: Apache-2.0

import type { Address } from "./identity/index.js";
import type { NodeError, NodeErrorReason } from "./reasons.js";

/** What a client tells whoever cares, beside the answers to calls. */
export type ClientEvent =
  /** The connection of a node broke; the client goes on trying to reopen it. */
  | { readonly type: "disconnected"; readonly node: Address; readonly error: NodeError }
  /** The node is open again, at the same address; messages may have been lost meanwhile. */
  | { readonly type: "reopened"; readonly node: Address }
  /** The node cannot be reopened: it is closed for good. */
  | { readonly type: "ended"; readonly node: Address; readonly error: NodeError }
  /** A message of trySend or sendBatch was refused. */
  | { readonly type: "refused"; readonly node: Address; readonly reason: NodeErrorReason }
  /** Messages for the node were lost, here or at the daemon, because nobody read them in time. */
  | {
      readonly type: "lost";
      readonly node: Address;
      readonly at: "client" | "daemon";
      readonly total: number;
    };

/** Hears of events. It must not throw. */
export type ClientListener = (event: ClientEvent) => void;
