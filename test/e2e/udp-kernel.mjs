// SPDX-License-Identifier: GPL-3.0-or-later

// Run by udp-kernel.test.ts under a Node of its own: what would take the test's process with it, or
// would be hidden by what else goes on there. Prints one line of JSON.

import { createSystemTurns, silentLogger, systemClock } from "../../server/dist/core/index.js";
import { loadSys } from "../../server/dist/sys/index.js";
import { createUdpTransport } from "../../server/dist/transport/index.js";

const sys = loadSys();
const ignore = () => {};
const quiet = {
  received: ignore,
  receivedAll: ignore,
  unreachable: ignore,
  failed: ignore,
  writable: ignore,
};
const open = (sink) =>
  createUdpTransport({
    bind: ["127.0.0.1:0"],
    sink: { ...quiet, ...sink },
    clock: systemClock,
    turns: createSystemTurns(),
    logger: silentLogger,
    sys,
  });
const print = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);

/** Numbered datagrams in segments, from ever new buffers, while the collector runs all the time. */
async function pinned(total) {
  const seen = new Uint8Array(total);
  let received = 0;
  let wrong = 0;
  let garbage = [];
  const b = await open({
    received(buffer, at, length) {
      const view = new DataView(buffer.buffer, buffer.byteOffset + at, length);
      const number = view.getUint32(0, true);
      if (number >= total || seen[number] === 1 || view.getUint32(length - 4, true) !== number) {
        wrong += 1;
      } else seen[number] = 1;
      received += 1;
    },
  });
  const a = await open({});
  const to = a.address(b.localAddresses[0].text);
  const segment = 1_400;
  for (let sent = 0; sent < total; ) {
    const count = Math.min(40, total - sent);
    const buffer = new Uint8Array(count * segment);
    const view = new DataView(buffer.buffer);
    for (let i = 0; i < count; i++) {
      view.setUint32(i * segment, sent + i, true);
      view.setUint32((i + 1) * segment - 4, sent + i, true);
    }
    a.send(to, buffer, 0, buffer.length, segment);
    sent += count;
    garbage.push(new Uint8Array(1_000), new Array(1_000).fill({}));
    if (garbage.length > 100) garbage = [];
    // No more on the way than the receiver holds.
    const until = performance.now() + 5_000;
    while (received < sent - 400 && performance.now() < until) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (sent % 2_000 === 0) globalThis.gc();
  }
  const until = performance.now() + 5_000;
  while (received < total && performance.now() < until) {
    globalThis.gc({ type: "minor" });
    await new Promise((resolve) => setImmediate(resolve));
  }
  print({ received, wrong, sent: a.counters.datagramsSent, path: a.path });
  await Promise.all([a.close(), b.close()]);
}

/** A promise that a stranger's datagram settles, while nothing else happens in the whole process. */
async function promise() {
  let arrived;
  const datagram = new Promise((resolve) => {
    arrived = resolve;
  });
  const a = await open({ received: () => arrived() });
  print({ address: a.localAddresses[0].text });
  await datagram;
  print({ settled: true });
  await a.close();
}

/** What a sink throws reaches the process, and the socket goes on. */
async function thrown() {
  const errors = [];
  process.on("uncaughtException", (error) => errors.push(error.message));
  let received = 0;
  const b = await open({
    received() {
      received += 1;
      throw new Error(`thrown ${received}`);
    },
  });
  const a = await open({});
  for (let i = 1; i <= 3; i++) {
    a.send(a.address(b.localAddresses[0].text), new Uint8Array(10), 0, 10, 10);
    const until = performance.now() + 5_000;
    while (errors.length < i && performance.now() < until) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  print({ errors });
  await Promise.all([a.close(), b.close()]);
}

/** Opened and closed over and over; the process ends by itself afterwards. */
async function reopened(times) {
  for (let i = 0; i < times; i++) {
    const a = await open({});
    a.send(a.address("127.0.0.1:9"), new Uint8Array(10), 0, 10, 10);
    await a.close();
  }
  print({ times });
}

const [what, count] = process.argv.slice(2);
await { pinned, promise, thrown, reopened }[what](Number(count));
