// SPDX-License-Identifier: GPL-3.0-or-later

// A program at one of the daemons, in a process of its own: end.mjs SOCKET. Every message that it
// pushes begins with the number of the run and its own, four bytes each; the receiver notes each
// number of its run that comes, and ignores what is late from an earlier one.
import { Address, connect, generateKey } from "@inet256/client";

const [socketPath] = process.argv.slice(2);
const client = connect(`unix://${socketPath}`);
// Who expects rows of messages asks for room for them: what the other processes of a busy machine
// leave of two cores is not always the receiver's turn.
const inboxBytes = Number(process.env.BENCH_INBOX ?? 32 * 1024 * 1024);
const node = await client.open(generateKey(), { inboxBytes });

/** How often the clock is read while pushing: after so many messages. */
const BURST = 512;
let hear = () => {};
const tally = { run: 0, count: 0, twice: 0, firstMs: 0, lastMs: 0, seen: new Uint8Array(0) };

function note(number) {
  if (number >= tally.seen.length) {
    const more = new Uint8Array(2 * number + 65_536);
    more.set(tally.seen);
    tally.seen = more;
  }
  if (tally.seen[number] === 1) tally.twice += 1;
  else tally.count += 1;
  tally.seen[number] = 1;
}
const wordAt = (bytes, at) =>
  (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
function countBatch(batch) {
  tally.lastMs = performance.now();
  if (tally.count === 0) tally.firstMs = tally.lastMs;
  for (let i = 0; i < batch.length; i++) {
    const payload = batch.payload(i);
    if (wordAt(payload, 0) === tally.run) note(wordAt(payload, 4));
  }
}
async function read() {
  for await (const batch of node.batches()) hear(batch);
}
void read();

const commands = {
  /** Counts what comes of this run, from nothing. */
  count({ run }) {
    Object.assign(tally, { run, count: 0, twice: 0, firstMs: 0, lastMs: 0 });
    tally.seen.fill(0);
    hear = countBatch;
    return {};
  },
  report: () => ({ count: tally.count, twice: tally.twice, ms: tally.lastMs - tally.firstMs }),
  /** Sends back whatever comes. */
  echo() {
    hear = (batch) => {
      for (let i = 0; i < batch.length; i++) node.trySend(batch.source(i), batch.payload(i));
    };
    return {};
  },
  /** Sends as fast as the client takes it. */
  async push({ to, run, size, ms }) {
    const destination = Address.parse(to);
    const payload = new Uint8Array(size).fill(1);
    const words = new DataView(payload.buffer);
    words.setUint32(0, run, true);
    const startMs = performance.now();
    let sent = 0;
    for (let nowMs = startMs; nowMs - startMs < ms; nowMs = performance.now()) {
      let burst = 0;
      for (; burst < BURST; burst++) {
        words.setUint32(4, sent, true);
        if (!node.trySend(destination, payload)) break;
        sent += 1;
      }
      if (burst < BURST) await node.room();
    }
    return { sent, ms: performance.now() - startMs };
  },
  /** One message out, one back, again and again: microseconds. */
  async roundTrips({ to, size, count }) {
    const destination = Address.parse(to);
    const payload = new Uint8Array(size).fill(1);
    const micros = [];
    let answered = () => {};
    hear = () => answered();
    for (let i = 0; i < count; i++) {
      const startMs = performance.now();
      await new Promise((resolve) => {
        answered = resolve;
        node.trySend(destination, payload);
      });
      micros.push((performance.now() - startMs) * 1_000);
    }
    return { micros };
  },
};

process.on("message", async ({ command, options }) => {
  if (command === "close") {
    await client.close();
    process.disconnect();
  } else process.send(await commands[command](options));
});
process.send({ address: node.address.toString() });
