// SPDX-License-Identifier: GPL-3.0-or-later

// How long a link is out when its path dies, when its peer was away, and when a NAT before its peer
// forgets: over real UDP on this machine, under traffic of a packet every two milliseconds.
import { createSocket } from "node:dgram";
import { now, startHalf } from "./half.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const AWAY_MS = 5_000;
const soon = () => new Promise((resolve) => setTimeout(resolve, 2));

async function pair(bind) {
  const arrivals = { lastMs: 0, count: 0 };
  const a = await startHalf({ bind });
  const owner = {
    packet() {
      arrivals.lastMs = now();
      arrivals.count += 1;
    },
  };
  const b = await startHalf({ bind, owner });
  return { a, b, arrivals, owner };
}

const dial = (a, b, texts) =>
  a.peers.add(
    b.address,
    texts.map((text) => a.transport.address(text)),
    now(),
  );

/** Sends until `done`; the longest time in which nothing arrived after `sinceMs`. */
async function outage({ a, b, arrivals }, sinceMs, done) {
  const packet = new Uint8Array(100);
  const before = arrivals.count;
  for (;;) {
    a.peers.link(b.address)?.send(packet, 0, packet.length, 1, now());
    await soon();
    if (arrivals.count > before && arrivals.lastMs > sinceMs && done()) {
      return arrivals.lastMs - sinceMs;
    }
    if (now() - sinceMs > 60_000) throw new Error("the link did not recover within 60 s");
  }
}

const used = (a, b) =>
  a.peers
    .list()
    .find(({ address }) => address.equals(b.address))
    ?.stats.paths.find(({ state }) => state === "used")?.address ?? "";

async function pathDies() {
  const both = await pair(["127.0.0.1:0", "[::1]:0"]);
  const { a, b } = both;
  dial(
    a,
    b,
    b.transport.localAddresses.map(({ text }) => text),
  );
  await outage(both, now(), () => true);
  const proven = () =>
    a.peers.list()[0].stats.paths.filter(({ state }) => state === "usable").length === 1;
  while (!proven()) await soon();
  const dead = used(a, b).startsWith("[");
  a.deaf = ({ text }) => text.startsWith("[") === dead;
  b.deaf = a.deaf;
  const ms = await outage(both, now(), () => true);
  await Promise.all([a.kill(), b.kill()]);
  return ms;
}

async function peerAway() {
  const both = await pair(["127.0.0.1:0"]);
  const { a, b, arrivals, owner } = both;
  const [{ text }] = b.transport.localAddresses;
  dial(a, b, [text]);
  await outage(both, now(), () => true);
  await b.kill();
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  const again = await startHalf({ bind: [text], key: b.key, owner });
  const ms = await outage({ a, b: again, arrivals }, now(), () => true);
  await Promise.all([a.kill(), again.kill()]);
  return ms;
}

async function natForgets() {
  const both = await pair(["127.0.0.1:0"]);
  const { a, b, arrivals } = both;
  const target = Number(/\d+$/.exec(b.transport.localAddresses[0].text)[0]);
  const open = async () => {
    const socket = createSocket("udp4");
    await new Promise((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return socket;
  };
  const inside = await open();
  let outside = await open();
  let port = 0;
  const back = (bytes) => port > 0 && inside.send(bytes, port, "127.0.0.1");
  outside.on("message", back);
  inside.on("message", (bytes, from) => {
    port = from.port;
    outside.send(bytes, target, "127.0.0.1");
  });
  dial(a, b, [`127.0.0.1:${inside.address().port}`]);
  await outage(both, now(), () => true);
  const before = used(b, a);
  const old = outside;
  outside = await open();
  outside.on("message", back);
  old.removeAllListeners();
  const beganMs = now();
  await outage({ a, b, arrivals }, beganMs, () => used(b, a) !== before && used(b, a) !== "");
  const ms = now() - beganMs;
  for (const socket of [inside, outside, old]) socket.close();
  await Promise.all([a.kill(), b.kill()]);
  return ms;
}

/** A row for each. */
export async function runRecovery() {
  const rows = [];
  const cases = [
    ["the used path dies silently, another is there", pathDies, 1_000],
    [`the peer is back after ${AWAY_MS / 1000} s`, peerAway, 1_000],
    ["a NAT gives the peer another port: the answers follow", natForgets, 1_000],
  ];
  for (const [what, run, claimMs] of cases) {
    const times = [];
    for (let i = 0; i < ROUNDS; i++) times.push(await run());
    times.sort((x, y) => x - y);
    rows.push({ what, claimMs, medianMs: times[ROUNDS >> 1], worstMs: times[ROUNDS - 1] });
  }
  return rows;
}
