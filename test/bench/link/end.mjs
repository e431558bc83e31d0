// SPDX-License-Identifier: GPL-3.0-or-later

// One end of a link over real UDP on loopback, in a process of its own: sends or receives packets
// for a while and says how many, what they cost, and where the time went.
import { Session } from "node:inspector";
import { createCertificateVerifier } from "../../../server/dist/channel/index.js";
import {
  createDeadlines,
  createSystemTimer,
  createSystemTurns,
  silentLogger,
  systemClock,
  systemRandom,
} from "../../../server/dist/core/index.js";
import { selectCrypto } from "../../../server/dist/crypto/index.js";
import { Address, createIdentities, PURPOSES } from "../../../server/dist/identity/index.js";
import { createPeers } from "../../../server/dist/peers/index.js";
import { loadSys } from "../../../server/dist/sys/index.js";
import { createUdpTransport } from "../../../server/dist/transport/index.js";

const plain = process.argv.includes("--plain");
const crypto = selectCrypto();
const identities = createIdentities(crypto, systemRandom);
const key = identities.generate();
const deadlines = createDeadlines(systemClock, createSystemTimer());
const turns = createSystemTurns();
const now = () => systemClock.monotonicMs();
const say = (message) => process.send?.(message);

const received = { packets: 0, bytes: 0 };
const waiting = { writable: undefined, up: undefined };
let echoing = false;
let answered;
const flows = 64;

const options = {
  crypto,
  random: systemRandom,
  deadlines,
  turns,
  logger: silentLogger,
  signer: {
    publicKey: key.publicKey.serialize(),
    address: key.publicKey.address.bytes,
    sign: (certificate) => identities.keys.signReserved(key, PURPOSES.noiseStatic, certificate),
  },
  verify: createCertificateVerifier(identities.keys),
  networkTag: new Uint8Array(32),
  receiveWindowBytes: 0,
  accepts: () => true,
  owner: {
    packet(link, buffer, at, length, nowMs) {
      received.packets += 1;
      received.bytes += length;
      if (echoing) link.send(buffer, at, length, 1, nowMs);
      else answered?.();
    },
    control() {},
    up(link) {
      waiting.up?.(link);
    },
    down() {},
    changed() {},
    writable() {
      waiting.writable?.();
    },
  },
};
const sink = {};
for (const name of ["received", "receivedAll", "unreachable", "failed", "writable"]) {
  sink[name] = (...args) => peers.transportSink[name](...args);
}
const transport = await createUdpTransport({
  bind: ["127.0.0.1:0"],
  sink,
  clock: systemClock,
  turns,
  logger: silentLogger,
  sys: plain ? undefined : loadSys(),
});
options.receiveWindowBytes = Math.floor(transport.receiveBufferBytes / 4);
const peers = createPeers(options);
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
  async connect({ address, at }) {
    const up = new Promise((resolve) => {
      waiting.up = resolve;
    });
    peers.add(Address.parse(address), [transport.address(at)], now());
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
say({ address: key.publicKey.address.toString(), at: transport.localAddresses[0].text });
