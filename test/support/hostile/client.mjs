// SPDX-License-Identifier: GPL-3.0-or-later

// A hostile client, in a process of its own: `node client.mjs SOCKET ATTACK BYTES`. It prints "ready"
// when it has begun, goes on until it is killed or has sent so many bytes, and prints "done" then.
// The attacks are in ATTACKS below; each speaks HTTP/2, or something like it, without a library's
// manners.

import http2 from "node:http2";
import { connect as dial } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { connect, generateKey } from "@inet256/client";
import { ConnectRequestSchema, ConnectResponseSchema } from "@inet256/proto";

const [, , socketPath, attack = "", bytesText = "0"] = process.argv;
const BYTES = Number(bytesText);
const MESSAGE = 60_000;
const CONNECT = "/inet256.v1.NodeService/Connect";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const begun = () => process.stdout.write("ready\n");

function session() {
  const made = http2.connect("http://localhost", { createConnection: () => dial(socketPath) });
  made.on("error", () => {});
  return made;
}

/** A connection that knows how many streams it may have: more than those are queued, not refused. */
async function settled() {
  const made = session();
  await new Promise((resolve) => {
    made.once("remoteSettings", resolve);
    made.once("close", resolve);
  });
  return made;
}

function request(of, path = CONNECT, more = {}) {
  const stream = of.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    ...more,
  });
  stream.on("error", () => {});
  return stream;
}

function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const requestBytes = (value) =>
  framed(toBinary(ConnectRequestSchema, create(ConnectRequestSchema, value)));

/** The opening of a node with a fresh key. */
function opening() {
  const value = generateKey().serialize();
  return requestBytes({ open: { key: { key: { case: "privateKey", value } } } });
}

/** Opens a node on a stream that is not read beyond its first message; answers its address. */
function openSilently(of) {
  const stream = request(of);
  stream.write(opening());
  return new Promise((resolve, reject) => {
    let buffered = Buffer.alloc(0);
    stream.on("close", () => reject(new Error("not open")));
    stream.on("data", (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      if (buffered.length < 5 || buffered.length < 5 + buffered.readUInt32BE(1)) return;
      stream.pause();
      const message = buffered.subarray(5, 5 + buffered.readUInt32BE(1));
      resolve({ stream, address: fromBinary(ConnectResponseSchema, message).opened.address });
    });
  });
}

/** Opens nodes in a loop, 64 at a time, and keeps them all until it is refused; then again. */
async function opens() {
  const keys = Array.from({ length: 4_096 }, opening);
  begun();
  for (;;) {
    const connection = await settled();
    let refused = false;
    for (let i = 0; !refused && !connection.destroyed; i++) {
      const answers = Array.from({ length: 64 }, (_, j) => {
        const stream = request(connection);
        stream.write(keys[(64 * i + j) % keys.length]);
        stream.resume();
        return new Promise((resolve) => {
          stream.once("data", resolve);
          stream.once("close", () => {
            refused = true;
            resolve();
          });
        });
      });
      await Promise.all(answers);
    }
    connection.destroy();
    await turn();
  }
}

/** Never reads, on 40 streams of four connections, while another connection sends to all of them. */
async function silent() {
  const targets = [];
  for (let i = 0; i < 4; i++) {
    const connection = session();
    for (let j = 0; j < 10; j++) targets.push((await openSilently(connection)).address);
  }
  const sender = await connect(`unix://${socketPath}`).open(generateKey());
  const { Address } = await import("@inet256/client");
  const batch = targets.map((address) => ({
    to: Address.fromBytes(address),
    payload: Buffer.alloc(MESSAGE),
  }));
  begun();
  for (;;) {
    if (sender.sendBatch(batch) < batch.length) await sender.room();
    else await turn();
  }
}

/** Sends to a node of its own, which reads, as much as it is told. */
async function bulk() {
  const client = connect(`unix://${socketPath}`);
  const [from, to] = [await client.open(generateKey()), await client.open(generateKey())];
  const read = (async () => {
    for await (const _ of to.batches()) {
      // Only to have read it.
    }
  })();
  read.catch(() => {});
  const payload = Buffer.alloc(MESSAGE);
  begun();
  for (let sent = 0; BYTES === 0 || sent < BYTES; ) {
    if (from.trySend(to.address, payload)) sent += MESSAGE;
    else await from.room();
  }
  await client.close();
  process.stdout.write("done\n");
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

function frame(type, flags, streamId, payload) {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

const NOTHING = Buffer.alloc(0);
const HELLO = Buffer.concat([PREFACE, frame(4, 0, 0, NOTHING)]);

/** Writes what `next` makes to one bare connection after the other, as fast as they take it. */
async function floodBare(next) {
  for (;;) {
    const socket = dial(socketPath);
    let open = true;
    socket.on("error", () => {});
    socket.on("close", () => {
      open = false;
    });
    socket.resume();
    socket.write(HELLO);
    for (let i = 0; open && i < 100_000; i++) {
      const more = next(i);
      if (more === undefined) break;
      if (!socket.write(more)) {
        await new Promise((resolve) => {
          socket.once("drain", resolve);
          socket.once("close", resolve);
        });
      }
    }
    socket.destroy();
    await turn();
  }
}

/** Indexed fields of HPACK and literals for :path and content-type: a request that is one. */
function headerBlock() {
  const literal = (index, value) =>
    Buffer.concat([Buffer.of(index, value.length), Buffer.from(value)]);
  return Buffer.concat([
    // :method POST, :scheme http, then others by the names of the static table.
    Buffer.of(0x83, 0x86),
    literal(0x01, "localhost"),
    literal(0x04, CONNECT),
    Buffer.of(0x0f, 0x10, 16),
    Buffer.from("application/grpc"),
  ]);
}

/** Requests with so many bytes of headers each, 500 on a connection. */
async function headersOf(bytes) {
  begun();
  await persist(async () => {
    const connection = session();
    for (let i = 0; i < 500 && !connection.destroyed; i++) {
      request(connection, CONNECT, { [`x-${i}`]: "x".repeat(bytes) }).resume();
      if (i % 8 === 7) await turn();
    }
    connection.destroy();
  });
}

const noise = (length) => {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 7919 + length * 31) & 0xff;
  return bytes;
};

const ATTACKS = {
  /** Nothing but the processor: what any process beside the daemon takes from others. */
  spin() {
    begun();
    for (;;);
  },
  opens,
  silent,
  bulk,
  /** Bytes that are nothing at all. */
  noise() {
    begun();
    return floodBare((i) => (i < 4 ? noise(16_384 + i) : undefined));
  },
  /** Streams that are opened and reset at once. */
  resets() {
    const block = headerBlock();
    begun();
    return floodBare((i) => {
      const id = 2 * i + 1;
      return Buffer.concat([frame(1, 4, id, block), frame(3, 0, id, Buffer.of(0, 0, 0, 8))]);
    });
  },
  /** Header blocks that never end. */
  continuations() {
    const block = headerBlock();
    const more = Buffer.concat([
      Buffer.of(0x00, 1),
      Buffer.from("x"),
      Buffer.of(0x7f, 0xe1, 0x1e),
      noise(4_000),
    ]);
    begun();
    return floodBare((i) => (i === 0 ? frame(1, 0, 1, block) : frame(9, 0, 1, more)));
  },
  /** Requests with 60 kB of headers each. */
  headers: () => headersOf(60_000),
  /** Requests whose headers are just short enough. */
  headers7k: () => headersOf(7_000),
  /** Requests whose headers are just not counted as long. */
  headers600: () => headersOf(600),
  /** Pings, settings and empty data, for nobody. */
  control: () => {
    begun();
    const settings = frame(4, 0, 0, Buffer.from("000400010000", "hex"));
    const ping = frame(6, 0, 0, Buffer.alloc(8));
    const many = Buffer.concat(Array.from({ length: 200 }, () => [ping, settings]).flat());
    return floodBare(() => many);
  },
  /** Messages of Connect that are no protocol buffers, one stream after the other. */
  async protobuf() {
    const bad = framed(noise(2_000));
    begun();
    for (;;) {
      const connection = await settled();
      for (let i = 0; i < 2_000 && !connection.destroyed; i++) {
        const stream = request(connection);
        stream.resume();
        stream.end(bad);
        if (i % 64 === 63) await new Promise((resolve) => stream.once("close", resolve));
      }
      connection.destroy();
      await turn();
    }
  },
};

/** Again and again: a connection that was cut does not end an attack. */
async function persist(attempt) {
  for (;;) {
    await attempt().catch(() => {});
    await turn();
  }
}

const run = ATTACKS[attack];
if (run === undefined)
  throw new Error(`attack: expected one of ${Object.keys(ATTACKS).join(", ")}`);
process.on("uncaughtException", () => {});
await run();
process.exit(0);
