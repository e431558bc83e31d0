// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Packets of every size over a path that loses, repeats and reorders, and an account of each: it
 * arrived once and unaltered, or a counter says where it was dropped, or one of the datagrams that
 * carried it never arrived. The account is kept by an observer of the plaintexts that shares no
 * code with the link.
 */
import type { LinkStats } from "../../server/src/link/index.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { B1, createLinkLab, type LinkWatch } from "./link-lab.js";

/** What became of the packets. */
export interface SoakReport {
  readonly sent: number;
  readonly received: number;
  /** Arrived with other bytes than were sent. */
  readonly altered: number;
  /** Arrived more than once. */
  readonly twice: number;
  /** Did not arrive, and no datagram that carried them was lost either. */
  readonly unexplained: number;
  /** Did not arrive because a datagram did not. */
  readonly lostOnTheWay: number;
  /** Never left the queue. */
  readonly neverSealed: number;
  /** What the sender's counters say of those. */
  readonly countedAsDropped: number;
  readonly virtualMs: number;
  readonly stats: LinkStats;
}

const LARGEST = 69_632;
/** Packets shorter than this carry no number: they are counted by length. */
const NUMBERED_FROM = 8;
const BYTES_PER_MS = 15_000;

const BYTES_PER_SECOND = 20_000_000;

/** The packet with this number: its length is log-uniform, its bytes follow from both. */
function writePacket(number: number, length: number, into: Uint8Array): void {
  for (let i = 0; i < length; i++) into[i] = (number * 31 + i * 7 + (i >>> 8)) & 0xff;
  if (length < NUMBERED_FROM) return;
  new DataView(into.buffer, into.byteOffset).setUint32(0, number, true);
  new DataView(into.buffer, into.byteOffset).setUint32(4, length, true);
}

/** Reads a LEB128 number at `at`: its value and where it ends. */
function leb(bytes: Uint8Array, at: number): [number, number] {
  let value = 0;
  let place = at;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[place++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, place];
  }
}

const u32 = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

/** Numbers that grow as they are needed. */
function createNumbers() {
  let numbers = new Int32Array(1 << 16).fill(-1);
  return {
    get: (at: number): number => numbers[at] ?? -1,
    set(at: number, value: number): void {
      if (at >= numbers.length) {
        const larger = new Int32Array(Math.max(at + 1, 2 * numbers.length)).fill(-1);
        larger.set(numbers);
        numbers = larger;
      }
      numbers[at] = value;
    },
  };
}

/** Datagrams of one session: more than there are in 150 s. */
const SESSION_DATAGRAMS = 1 << 22;

/** Which datagrams carried which packet, and which of them arrived: numbers, for there are many. */
function createObserver() {
  const sessions = new Map<number, number>();
  const arrived = createNumbers();
  // Of each packet a chain of datagrams: the first link of it, then from link to link.
  const firstLink = createNumbers();
  const nextLink = createNumbers();
  const datagramOf = createNumbers();
  let links = 0;
  const fragmented = new Map<number, number>();

  const datagramNumber = (index: number, counter: number): number => {
    const session = sessions.get(index) ?? sessions.size;
    sessions.set(index, session);
    return session * SESSION_DATAGRAMS + counter;
  };
  const carried = (packet: number, datagram: number): void => {
    nextLink.set(links, firstLink.get(packet));
    datagramOf.set(links, datagram);
    firstLink.set(packet, links);
    links += 1;
  };
  const frame = (
    type: number,
    plaintext: Uint8Array,
    at: number,
    end: number,
    datagram: number,
  ) => {
    if (type === 1 && end - at >= NUMBERED_FROM) carried(u32(plaintext, at), datagram);
    if (type !== 2) return;
    const id = u32(plaintext, at);
    const [offset, afterOffset] = leb(plaintext, at + 4);
    const [total, body] = leb(plaintext, afterOffset);
    if (offset === 0) fragmented.set(id, u32(plaintext, body));
    const packet = fragmented.get(id);
    if (packet !== undefined) carried(packet, datagram);
    if (offset + end - body === total) fragmented.delete(id);
  };
  const watch: LinkWatch = {
    sealed(who, plaintext, index, counter) {
      if (who !== "a") return;
      const datagram = datagramNumber(index, counter);
      for (let at = 0; at < plaintext.length && plaintext[at] !== 0; ) {
        const [length, body] = leb(plaintext, at + 1);
        frame(plaintext[at] ?? 0, plaintext, body, body + length, datagram);
        at = body + length;
      }
    },
    opened(who, index, counter) {
      if (who === "b") arrived.set(datagramNumber(index, counter), 1);
    },
  };
  return {
    watch,
    /** Whether a packet was sealed, and whether all of its datagrams arrived. */
    fate(packet: number): "never sealed" | "lost" | "arrived" {
      let link = firstLink.get(packet);
      if (link < 0) return "never sealed";
      for (; link >= 0; link = nextLink.get(link)) {
        if (arrived.get(datagramOf.get(link)) < 0) return "lost";
      }
      return "arrived";
    },
  };
}

/**
 * Sends `count` packets; the same seed gives the same run. `bytesPerMs`: how many are offered; the
 * path carries 20,000.
 */
export function runLinkSoak(count: number, seed: number, bytesPerMs = BYTES_PER_MS): SoakReport {
  const { watch, fate } = createObserver();
  const link = {
    latencyMs: 5,
    jitterMs: 1,
    loss: 0.05,
    duplicate: 0.05,
    reorder: 0.05,
    reorderMs: 8,
    mtuBytes: 1_472,
    bytesPerSecond: BYTES_PER_SECOND,
  };
  const { world, a, b, untilUp } = createLinkLab({ seed, link, watch });
  const random = createSeededRandom(seed);
  const packet = new Uint8Array(LARGEST);
  const expected = new Uint8Array(LARGEST);
  const arrived = new Uint8Array(count);
  const lengths = new Uint32Array(count);
  const short = new Int32Array(NUMBERED_FROM);
  let altered = 0;
  let twice = 0;
  let received = 0;

  b.onPacket = (buffer, at, length) => {
    received += 1;
    if (length < NUMBERED_FROM) {
      short[length] = (short[length] ?? 0) - 1;
      return;
    }
    const number = u32(buffer.subarray(at), 0);
    writePacket(number, length, expected);
    const same = Buffer.compare(expected.subarray(0, length), buffer.subarray(at, at + length));
    if (same !== 0 || number >= count || lengths[number] !== length) altered += 1;
    else if (arrived[number] === 1) twice += 1;
    else arrived[number] = 1;
  };
  a.add(B1);
  a.connect();
  untilUp();
  const startMs = world.nowMs;
  let allowance = 0;
  for (let number = 0; number < count; ) {
    for (allowance += bytesPerMs; allowance > 0 && number < count; number += 1) {
      const length = Math.floor((LARGEST + 1) ** (random.u32() / 0x1_0000_0000)) - 1;
      writePacket(number, length, packet);
      lengths[number] = length;
      if (length < NUMBERED_FROM) short[length] = (short[length] ?? 0) + 1;
      a.send(packet.subarray(0, length), number % 16);
      allowance -= length;
    }
    world.run(1);
  }
  const virtualMs = world.nowMs - startMs;
  world.run(5_000);

  let unexplained = 0;
  let lostOnTheWay = 0;
  let neverSealed = 0;
  for (let number = 0; number < count; number++) {
    if (arrived[number] === 1 || (lengths[number] ?? 0) < NUMBERED_FROM) continue;
    const what = fate(number);
    if (what === "never sealed") neverSealed += 1;
    else if (what === "lost") lostOnTheWay += 1;
    else unexplained += 1;
  }
  for (const left of short) if (left < 0) twice -= left;
  const stats = a.link.stats();
  const { droppedQueueFull, droppedQueueAge, droppedDown, droppedAtEnd } = stats.counters;
  return {
    sent: count,
    received,
    altered,
    twice,
    unexplained,
    lostOnTheWay,
    neverSealed,
    countedAsDropped: droppedQueueFull + droppedQueueAge + droppedDown + droppedAtEnd,
    virtualMs,
    stats,
  };
}
