// SPDX-License-Identifier: GPL-3.0-or-later

import { BATCH_BYTES } from "./constants.js";

/**
 * Memory for datagrams that are being put together: a link holds one from its first frame of a
 * turn to the end of the turn, so that idle links hold none. To be shared by the links of a daemon.
 */
export interface BatchPool {
  take(): Uint8Array;
  give(batch: Uint8Array): void;
}

const SPARE_BATCHES = 16;

/** An empty pool; it keeps at most 2 MiB. */
export function createBatchPool(): BatchPool {
  const spare: Uint8Array[] = [];
  return {
    take() {
      const batch = spare.pop();
      if (batch !== undefined) return batch;
      return new Uint8Array(Buffer.allocUnsafeSlow(BATCH_BYTES).buffer, 0, BATCH_BYTES);
    },
    give(batch) {
      if (spare.length < SPARE_BATCHES) spare.push(batch);
    },
  };
}
