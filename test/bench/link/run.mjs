// SPDX-License-Identifier: GPL-3.0-or-later

// Two ends of a link over UDP on loopback, each a process, beside bare dgram, bare segmentation
// offload and a bare AEAD in the same run. Rates are what arrived; loss is said.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { rawAead, rawDgram, rawSegmentation } from "./raw.mjs";

const SIZES = [64, 1_400, 32_768, 65_535];
const MS = Number(process.env.BENCH_MS ?? 2_000);
const END = fileURLToPath(new URL("end.mjs", import.meta.url));

async function startEnd(args) {
  const child = fork(END, args);
  const waiting = new Map();
  let id = 0;
  const hello = await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`an end of the link ended with ${code}`)));
  });
  child.on("message", ({ id: of, ...rest }) => waiting.get(of)?.(rest));
  return {
    ...hello,
    ask: (action, rest = {}) =>
      new Promise((resolve) => {
        id += 1;
        waiting.set(id, resolve);
        child.send({ id, action, ...rest });
      }),
    stop: () => child.disconnect(),
  };
}

/** Until nothing more arrives. */
async function settled(end) {
  let before = -1;
  for (let i = 0; i < 100; i++) {
    const { packets } = await end.ask("count");
    if (packets === before) return;
    before = packets;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function measure(sender, receiver, size, profiled) {
  await receiver.ask("begin", { profiled });
  const sent = await sender.ask("send", { size, ms: MS, profiled });
  await settled(receiver);
  const got = await receiver.ask("end");
  return { sent, got };
}

const top = (rooms) =>
  Object.entries(rooms ?? {})
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([room, share]) => `${room} ${Math.round(share * 100)}`)
    .join(" ");

/** A row for each size. */
export async function runLink({ plain = false } = {}) {
  const args = plain ? ["--plain"] : [];
  const [sender, receiver] = await Promise.all([startEnd(args), startEnd(args)]);
  await sender.ask("connect", { address: receiver.address, at: receiver.at });
  await measure(sender, receiver, 1_400, false); // the path MTU is found, the code is warm
  const rows = [];
  for (const size of SIZES) {
    const dgram = await rawDgram({ size: Math.min(size, 65_507), ms: MS });
    const { sent, got } = await measure(sender, receiver, size, false);
    const segmentation = await rawSegmentation({ size: Math.min(size, 65_507), ms: MS });
    const aead = await rawAead({ size, ms: MS / 4 });
    const profiled = await measure(sender, receiver, size, true);
    await receiver.ask("echo", { on: true });
    const rtt = await sender.ask("ping", { size, count: 2_000 });
    await receiver.ask("echo", { on: false });
    const perSecond = (got.packets / sent.tookMs) * 1000;
    rows.push({
      size,
      perSecond,
      mbPerSecond: (perSecond * size) / 1e6,
      lossPercent: (1 - got.packets / sent.sent) * 100,
      sendMicros: sent.cpuMicros / sent.sent,
      receiveMicros: got.cpuMicros / Math.max(1, got.packets),
      rttP50Micros: Math.round(rtt.p50),
      dgramPerSecond: dgram.perSecond,
      segmentsMbPerSecond: segmentation?.mbPerSecond,
      aeadPerSecond: aead?.perSecond,
      overDgram: perSecond / dgram.perSecond,
      overSegments: segmentation && (perSecond * size) / 1e6 / segmentation.mbPerSecond,
      overAead: aead && perSecond / aead.perSecond,
      sending: top(profiled.sent.rooms),
      receiving: top(profiled.got.rooms),
    });
  }
  const { peers } = await sender.ask("stats");
  const path = peers[0]?.paths.find(({ state }) => state === "used");
  for (const row of rows) row.mtu = path?.mtu;
  sender.stop();
  receiver.stop();
  return rows;
}
