// SPDX-License-Identifier: GPL-3.0-or-later

// One end of a link over real UDP on loopback, in a process of its own: sends or receives packets
// for a while and says how many, what they cost, and where the time went.
import { Session } from "node:inspector";
import { Address } from "../../../server/dist/identity/index.js";
import { now, startHalf } from "./half.mjs";

const say = (message) => process.send?.(message);
const received = { packets: 0, bytes: 0 };
const waiting = { writable: undefined, up: undefined };
let echoing = false;
let answered;
const flows = 64;

const { address, peers, transport } = await startHalf({
  plain: process.argv.includes("--plain"),
  owner: {
    packet(link, buffer, at, length, nowMs) {
      received.packets += 1;
      received.bytes += length;
      if (echoing) link.send(buffer, at, length, 1, nowMs);
      else answered?.();
    },
    up: (link) => waiting.up?.(link),
    writable: () => waiting.writable?.(),
  },
});
let link;

function profiler() {
  const session = new Session();
  session.connect();
  const post = (method) =>
    new Promise((resolve, reject) =>
      session.post(method, (error, result) => (error ? reject(error) : resolve(result))),
    );
  return {
    async start() {
      await post("Profiler.enable");
      await post("Profiler.start");
    },
    async stop() {
      const { profile } = await post("Profiler.stop");
      session.disconnect();
      return shares(profile);
    },
  };
}

/** Where a frame belongs: a room of the daemon, or what is below it. */
function placeOf(node, parents) {
  const { url, functionName } = node.callFrame;
  const room = /server\/dist\/([a-z]+)\//.exec(url)?.[1];
  if (room !== undefined) return room;
  if (functionName === "(garbage collector)") return "gc";
  if (url.startsWith("node:")) return "node";
  if (/sodium-native/.test(url)) return "crypto";
  // Native functions have no address of their own: whoever called them tells what they are.
  const parent = parents.get(node.id);
  if (parent === undefined || url !== "") return "other";
  const caller = placeOf(parent, parents);
  return caller === "sys" ? "kernel" : caller;
}

/** Self time by place, as shares of the time that was not idle. */
function shares({ nodes, samples, timeDeltas }) {
  const micros = new Map();
  for (const [i, id] of samples.entries()) {
    micros.set(id, (micros.get(id) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map();
  for (const node of nodes) {
    for (const child of node.children ?? []) parents.set(child, byId.get(node.id));
  }
  const places = {};
  let busy = 0;
  for (const node of nodes) {
    const time = micros.get(node.id) ?? 0;
    if (time === 0 || node.callFrame.functionName === "(idle)") continue;
    const place = placeOf(node, parents);
    places[place] = (places[place] ?? 0) + time;
    busy += time;
  }
  for (const place of Object.keys(places)) places[place] /= busy;
  return places;
}

/** Sends packets of this size for so long, as fast as the link takes them. */
async function send({ size, ms, profiled }) {
  const packet = new Uint8Array(size).fill(7);
  const profile = profiled ? profiler() : undefined;
  await profile?.start();
  const cpu = process.cpuUsage();
  const beganMs = now();
  let sent = 0;
  await new Promise((resolve) => {
    const pump = () => {
      waiting.writable = undefined;
      const nowMs = now();
      if (nowMs - beganMs > ms) {
        resolve(undefined);
        return;
      }
      const most = Math.max(8, Math.min(256, Math.floor(262_144 / (size + 1))));
      for (let i = 0; i < most; i++) {
        if (!link.send(packet, 0, size, sent % flows, nowMs)) {
          waiting.writable = pump;
          return;
        }
        sent += 1;
      }
      setImmediate(pump);
    };
    pump();
  });
  const tookMs = now() - beganMs;
  const used = process.cpuUsage(cpu);
  const rooms = await profile?.stop();
  return { sent, tookMs, cpuMicros: used.user + used.system, rooms };
}

/** One packet there and back, one after the other. */
async function ping({ size, count }) {
  const packet = new Uint8Array(size);
  const micros = [];
  for (let i = 0; i < count; i++) {
    const beganMs = now();
    await new Promise((resolve) => {
      answered = resolve;
      link.send(packet, 0, size, 1, now());
    });
    micros.push((now() - beganMs) * 1000);
  }
  answered = undefined;
  micros.sort((a, b) => a - b);
  return { p50: micros[count >> 1], p99: micros[Math.floor(count * 0.99)] };
}

let receiving;
const actions = {
  async connect({ address: to, at }) {
    const up = new Promise((resolve) => {
      waiting.up = resolve;
    });
    peers.add(Address.parse(to), [transport.address(at)], now());
    link = await up;
    return {};
  },
  send,
  ping,
  async echo({ on }) {
    echoing = on;
    return {};
  },
  async begin({ profiled }) {
    received.packets = 0;
    received.bytes = 0;
    const profile = profiled ? profiler() : undefined;
    await profile?.start();
    receiving = { profile, cpu: process.cpuUsage() };
    return {};
  },
  async end() {
    const used = process.cpuUsage(receiving.cpu);
    const rooms = await receiving.profile?.stop();
    return { ...received, cpuMicros: used.user + used.system, rooms };
  },
  async count() {
    return { ...received };
  },
  async stats() {
    return { peers: peers.list().map(({ stats }) => stats), counters: transport.counters };
  },
};
process.on("message", async ({ id, action, ...rest }) =>
  say({ id, ...(await actions[action](rest)) }),
);
process.on("disconnect", () => process.exit(0));
say({ address: address.toString(), at: transport.localAddresses[0].text });
