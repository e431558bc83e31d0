// SPDX-License-Identifier: GPL-3.0-or-later

// One end of a raw baseline, in a process of its own: raw-end.mjs KIND ROLE. It is told what to do
// by messages of its parent (raw.mjs), and counts bytes and when the first and the last came.

import dgram from "node:dgram";
import { openSegments } from "./raw-segments.mjs";

const [kind, role] = process.argv.slice(2);
const AT_A_TIME = 32;

/** Bytes received, and in which time. */
const tally = { bytes: 0, firstMs: 0, lastMs: 0 };
function received(bytes) {
  const nowMs = performance.now();
  if (tally.bytes === 0) tally.firstMs = nowMs;
  tally.bytes += bytes;
  tally.lastMs = nowMs;
}

/** Sends for so long, a few at a time, and tells how many bytes left. */
function push(ms, length, once) {
  let bytes = 0;
  const endMs = performance.now() + ms;
  const some = () => {
    for (let i = 0; i < AT_A_TIME; i++) if (once()) bytes += length;
    if (performance.now() < endMs) setImmediate(some);
    else process.send({ bytes });
  };
  some();
}

const bound = (socket) =>
  new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));

async function receiveDgram() {
  const socket = await bound(dgram.createSocket({ type: "udp4", recvBufferSize: 4 << 20 }));
  socket.on("message", (message) => received(message.length));
  return socket.address().port;
}

async function sendDgram(port, { size, ms }) {
  const lookup = (host, _options, done) => done(null, host, 4);
  const socket = await bound(dgram.createSocket({ type: "udp4", sendBufferSize: 2 << 20, lookup }));
  const message = Buffer.alloc(size);
  let waiting = 0;
  const done = () => {
    waiting -= 1;
  };
  push(ms, size, () => {
    if (waiting > 1_000) return false;
    waiting += 1;
    socket.send(message, 0, size, port, "127.0.0.1", done);
    return true;
  });
}

function receiveSegments() {
  const segments = openSegments();
  segments?.receive(received);
  return segments?.port ?? 0;
}

function sendSegments(port, { lengths, segmentBytes, ms }) {
  const segments = openSegments();
  const senders = lengths.map((length) => segments.sender(port, length, segmentBytes));
  const length = lengths.reduce((sum, each) => sum + each, 0);
  push(ms, length, () => senders.every((send) => send()));
}

process.on("message", async (message) => {
  if (message.command === "push") {
    await (kind === "dgram" ? sendDgram : sendSegments)(message.port, message);
  } else if (message.command === "tally") process.send(tally);
});
process.on("disconnect", () => process.exit());
if (role === "receive") {
  process.send({ port: await (kind === "dgram" ? receiveDgram() : receiveSegments()) });
} else process.send({ ready: true });
