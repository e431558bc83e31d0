// SPDX-License-Identifier: GPL-3.0-or-later

// A node at the daemon, through the client package like any application.
import { Address, connect, generateKey } from "@inet256/client";

export async function openWire(socketPath, _role, _batchBytes, peer) {
  const client = connect(`unix://${socketPath}`);
  const node = await client.open(generateKey());
  let to = peer === undefined || peer === "" ? undefined : Address.parse(peer);
  let onBatch = () => {};
  const read = async () => {
    for await (const batch of node.batches()) onBatch(batch);
  };
  void read();
  return {
    address: node.address.toString(),
    onCount(hear) {
      onBatch = (batch) => hear(batch.length);
    },
    onEach(hear) {
      onBatch = (batch) => {
        to ??= batch.source(0);
        for (let i = 0; i < batch.length; i++) hear(batch.payload(i));
      };
    },
    send(payload) {
      node.trySend(to, payload);
    },
    /** Sends until `until()` says stop; returns how many. */
    async push(payload, until) {
      let sent = 0;
      while (!until()) {
        let burst = 0;
        while (burst < 4096 && node.trySend(to, payload)) burst += 1;
        sent += burst;
        if (burst < 4096) await node.room();
        else await new Promise((resolve) => setImmediate(resolve));
      }
      return sent;
    },
    close: () => client.close(),
  };
}
