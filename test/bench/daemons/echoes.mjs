// SPDX-License-Identifier: GPL-3.0-or-later

// What a round trip is compared with, each between two processes: an echo over a bare grpc-js stream
// on a unix socket, and one over UDP on loopback. echoes.mjs grpc|udp serve|call PLACE.
import dgram from "node:dgram";
import { Client, credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { rawMethodDefinition } from "@inet256/client/grpc";
import { NodeService } from "@inet256/proto";

const [kind, role, place] = process.argv.slice(2);
const method = rawMethodDefinition(NodeService.method.connect);
const bound = (socket) =>
  new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));
const open = () => bound(dgram.createSocket("udp4"));

const serve = {
  async grpc() {
    const server = new Server();
    const connect = (call) => {
      call.on("data", (message) => call.write(message));
      call.on("end", () => call.end());
      call.on("error", () => {});
    };
    server.addService({ connect: method }, { connect });
    const secrets = ServerCredentials.createInsecure();
    await new Promise((resolve) => server.bindAsync(`unix:${place}`, secrets, resolve));
    return {};
  },
  async udp() {
    const socket = await open();
    socket.on("message", (message, { port }) => socket.send(message, port, "127.0.0.1"));
    return { port: socket.address().port };
  },
};

const call = {
  async grpc() {
    const client = new Client(`unix:${place}`, credentials.createInsecure());
    const asIs = (bytes) => bytes;
    const stream = client.makeBidiStreamRequest(method.path, asIs, asIs, new Metadata());
    stream.on("error", () => {});
    return {
      send: (message) => stream.write(message),
      hear: (heard) => stream.on("data", heard),
    };
  },
  async udp() {
    const socket = await open();
    return {
      send: (message) => socket.send(message, Number(place), "127.0.0.1"),
      hear: (heard) => socket.on("message", heard),
    };
  },
};

let answered = () => {};

async function roundTrips(wire, { size, count }) {
  const message = Buffer.alloc(size, 1);
  const micros = [];
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await new Promise((resolve) => {
      answered = resolve;
      wire.send(message);
    });
    micros.push((performance.now() - startMs) * 1_000);
  }
  return { micros };
}

const wire = role === "call" ? await call[kind]() : undefined;
wire?.hear(() => answered());
const hello = wire === undefined ? await serve[kind]() : {};
process.on("message", async ({ command, options }) => {
  if (command === "close") process.exit(0);
  process.send(await roundTrips(wire, options));
});
process.on("disconnect", () => process.exit(0));
process.send(hello);
