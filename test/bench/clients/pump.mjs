// SPDX-License-Identifier: GPL-3.0-or-later

// The TypeScript client's pump, as those of the other languages:
//   pump.mjs receive --api E --seconds S     pump.mjs send --api E --to ADDRESS --size B --seconds S
import { parseArgs } from "node:util";
import { Address, connect, generateKey } from "@inet256/client";

const BATCH = 128;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    api: { type: "string" },
    to: { type: "string" },
    size: { type: "string", default: "64" },
    seconds: { type: "string", default: "3" },
  },
});
const spanMs = Number(values.seconds) * 1000;
let refused = 0;
const client = connect(values.api, {
  onEvent: ({ type }) => {
    if (type === "refused") refused += 1;
  },
});
const node = await client.open(generateKey());
const print = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);
const micros = (since) => {
  const { user, system } = process.cpuUsage(since);
  return user + system;
};

async function receive() {
  process.stdout.write(`${node.address}\n`);
  let [received, bytes, begin, cpu] = [0, 0, 0, undefined];
  try {
    const controller = new AbortController();
    for await (const batch of node.batches({ signal: controller.signal })) {
      if (cpu === undefined) {
        begin = performance.now();
        cpu = process.cpuUsage();
        setTimeout(() => controller.abort("over"), spanMs);
      }
      received += batch.length;
      for (let i = 0; i < batch.length; i++) bytes += batch.payload(i).length;
    }
  } catch (reason) {
    if (reason !== "over") throw reason;
  }
  print({ received, bytes, seconds: (performance.now() - begin) / 1000, cpuMicros: micros(cpu) });
}

async function send() {
  const payload = new Uint8Array(Number(values.size));
  const to = Address.parse(values.to);
  const batch = Array.from({ length: BATCH }, () => ({ to, payload }));
  const begin = performance.now();
  const cpu = process.cpuUsage();
  let sent = 0;
  while (performance.now() - begin < spanMs) {
    const taken = node.sendBatch(batch);
    sent += taken;
    if (taken < BATCH) await node.room();
  }
  const result = { sent, seconds: (performance.now() - begin) / 1000, cpuMicros: micros(cpu) };
  await client.close();
  print({ ...result, accepted: sent - refused, refused });
}

await (positionals[0] === "send" ? send() : receive());
await client.close();
