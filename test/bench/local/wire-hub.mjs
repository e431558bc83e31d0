// SPDX-License-Identifier: GPL-3.0-or-later

// The two clients of the bare hub, as the same small interface that wire-daemon.mjs gives to a
// node at the daemon: `push` writes messages as fast as they are taken, `pull` counts arrivals.
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import {
  createDatagramIndex,
  encodedDatagramBytes,
  rawMethodDefinition,
  scanResponse,
  writeDatagram,
} from "@inet256/client/grpc";
import { NodeService } from "@inet256/proto";

const destination = new Uint8Array(32).fill(0x5a);

export async function openWire(socketPath, role, batchBytes) {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure(), {
    "grpc.enable_retries": 0,
    "grpc.max_receive_message_length": 1 << 20,
    "grpc-node.flow_control_window": 2 * 1024 * 1024,
  });
  const { path } = rawMethodDefinition(NodeService.method.connect);
  const asIs = (bytes) => bytes;
  const stream = client.makeBidiStreamRequest(path, asIs, asIs, new Metadata());
  stream.on("error", () => {});
  const index = createDatagramIndex(1 << 20);
  let onMessages = () => {};
  await new Promise((resolve) => {
    stream.once("data", () => {
      stream.on("data", (message) => {
        if (!scanResponse(message, index)) throw new Error("not datagrams");
        onMessages(index.count, message, index);
      });
      resolve();
    });
    stream.write(Buffer.of(role === "receiver" ? 1 : 2));
  });
  const drained = () => new Promise((resolve) => stream.once("drain", resolve));
  return {
    address: "",
    onCount(hear) {
      onMessages = (count) => hear(count);
    },
    onEach(hear) {
      onMessages = (count, message, at) => {
        for (let i = 0; i < count; i++)
          hear(message.subarray(at.offsets[3 * i + 1], at.offsets[3 * i + 2]));
      };
    },
    send(payload) {
      const out = Buffer.allocUnsafeSlow(encodedDatagramBytes(payload.length));
      writeDatagram(out, 0, destination, 0, payload, 0, payload.length);
      stream.write(out);
    },
    /** Sends until `until()` says stop; returns how many. */
    async push(payload, until) {
      const size = encodedDatagramBytes(payload.length);
      const perBatch = Math.max(1, Math.floor(batchBytes / size));
      let sent = 0;
      while (!until()) {
        const out = Buffer.allocUnsafeSlow(perBatch * size);
        let at = 0;
        for (let i = 0; i < perBatch; i++) {
          at = writeDatagram(out, at, destination, 0, payload, 0, payload.length);
        }
        sent += perBatch;
        if (!stream.write(out)) await drained();
        else await new Promise((resolve) => setImmediate(resolve));
      }
      return sent;
    },
    async close() {
      stream.end();
      client.close();
    },
  };
}
