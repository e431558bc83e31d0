// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sends every message back to its sender, as fast as messages come: no promise per message, and
 * no copy, while the daemon takes them; when it does not, room is waited for.
 */
import type { Node } from "@inet256/client";

/** What an echo has done. */
export interface EchoCounts {
  /** Messages sent back. */
  messages: number;
  /** Their bytes. */
  bytes: number;
  /** Messages that could not be sent back. */
  failed: number;
}

/**
 * Echoes until the node is closed or the signal is aborted, and counts in `counts`. Rejects with
 * the signal's reason, or with NodeError when the node is over.
 */
export async function echoBack(node: Node, counts: EchoCounts, signal: AbortSignal): Promise<void> {
  for await (const batch of node.batches({ signal })) {
    for (let i = 0; i < batch.length; i++) {
      const source = batch.source(i);
      // Two with one key would play a message to each other for ever.
      if (source.equals(node.address)) continue;
      const payload = batch.payload(i);
      try {
        while (!node.trySend(source, payload)) await node.room({ signal });
      } catch {
        signal.throwIfAborted();
        counts.failed += 1;
        continue;
      }
      counts.messages += 1;
      counts.bytes += payload.length;
    }
  }
}
