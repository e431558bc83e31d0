// SPDX-License-Identifier: GPL-3.0-or-later

// The bar our daemon is measured against: a bare grpc-js server that moves batches of datagrams
// between two clients with the same codec and nothing else. No keys, no table of nodes, no limits,
// no acceptances; whoever says "receiver" gets what everybody else sends.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  createDatagramIndex,
  encodedDatagramBytes,
  rawMethodDefinition,
  scanRequest,
  writeDatagram,
} from "@inet256/client/grpc";
import { NodeService } from "@inet256/proto";

const [, , socketPath] = process.argv;
const index = createDatagramIndex();
const source = new Uint8Array(32).fill(0x5a);
/** @type {import("@grpc/grpc-js").ServerDuplexStream<Buffer, Buffer> | undefined} */
let receiver;

function forward(call, message) {
  if (!scanRequest(message, index)) throw new Error("the bench sends datagrams only");
  let size = 0;
  for (let slot = 0; slot < 3 * index.count; slot += 3) {
    size += encodedDatagramBytes(index.offsets[slot + 2] - index.offsets[slot + 1]);
  }
  const out = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (let slot = 0; slot < 3 * index.count; slot += 3) {
    at = writeDatagram(
      out,
      at,
      source,
      0,
      message,
      index.offsets[slot + 1],
      index.offsets[slot + 2],
    );
  }
  const to = receiver === call ? call.peer : receiver;
  if (to === undefined || to.write(out)) return;
  call.pause();
  to.once("drain", () => call.resume());
}

const server = new Server({
  "grpc.max_receive_message_length": 1 << 20,
  "grpc-node.flow_control_window": 2 * 1024 * 1024,
});
server.addService(
  { connect: rawMethodDefinition(NodeService.method.connect) },
  {
    connect(call) {
      call.once("data", (hello) => {
        if (hello[0] === 1) receiver = call;
        else if (receiver !== undefined) receiver.peer = call;
        call.write(Buffer.alloc(0));
        call.on("data", (message) => forward(call, message));
      });
      call.on("end", () => call.end());
      call.on("error", () => {});
    },
  },
);
server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write("ready\n");
});
process.once("SIGTERM", () => process.exit(0));
