// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A network that is nothing but a wire between places (daemons), under virtual time: it knows a
 * destination after a question or an introduction, forgets with its place, and loses, doubles,
 * delays and reorders packets as a test wants. Invariant: a packet is its own copy, and nobody is
 * told anything from inside of `send`.
 */
import { createDeadline, type Deadlines } from "../../server/src/core/index.js";
import type { Attachment, Network, NetworkSink, Reach } from "../../server/src/network/index.js";
import { HEADROOM_BYTES } from "../../server/src/network/index.js";

/** A packet under way. */
export interface FlyingPacket {
  readonly from: string;
  readonly to: string;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly introduce: boolean;
  readonly payload: Uint8Array;
}

/** When each copy of a packet arrives, in ms from now; none: it is lost. */
export type PacketFate = (packet: FlyingPacket) => readonly number[];

/** Two waits of a question: to ask everybody, and until a "no" is forgotten. */
const QUESTION_MS = 10;
const UNKNOWN_MS = 5_000;

const nameOf = (address: Uint8Array): string => Buffer.from(address).toString("hex");

/** One place of the network. */
export interface FakePlace {
  readonly name: string;
  readonly network: Network;
  /** Who is told; set by whoever lives here. */
  sink: NetworkSink | undefined;
  /** What was asked for, in order. */
  readonly asked: string[];
  /** Whether there is room for one more packet. */
  room: () => boolean;
  /** Forgets everything, as a daemon that was killed. */
  forget(): void;
}

/** The whole network. */
export interface FakeNetwork {
  /** What becomes of packets; one copy after 10 ms unless set. */
  fate: PacketFate;
  /** Every packet that was sent; emptied by setting its length. */
  readonly sent: FlyingPacket[];
  place(name: string): FakePlace;
  /** Lets a packet arrive that nobody has sent. */
  inject(packet: FlyingPacket, nowMs: number): void;
}

interface Attached {
  readonly node: Attachment;
  readonly seq: number;
}

interface Place extends FakePlace {
  readonly nodes: Map<string, Attached>;
  /** Where destinations are, and until when a "no" holds. */
  readonly locations: Map<string, string>;
  readonly unknownUntilMs: Map<string, number>;
  readonly asking: Set<string>;
}

/** A network without places. */
export function createFakeNetwork(deadlines: Deadlines, nowOf: () => number): FakeNetwork {
  const places = new Map<string, Place>();
  let seq = 0;

  // What is due at the same instant happens in the order in which it was planned.
  const due = new Map<number, ((nowMs: number) => void)[]>();
  const after = (ms: number, act: (nowMs: number) => void): void => {
    const atMs = nowOf() + ms;
    const together = due.get(atMs);
    if (together !== undefined) {
      together.push(act);
      return;
    }
    const acts = [act];
    due.set(atMs, acts);
    const fire = (nowMs: number): void => {
      due.delete(atMs);
      for (const one of acts) one(nowMs);
    };
    deadlines.set(createDeadline(fire), atMs);
  };
  /** Who holds the newest attachment; the others are told that they are displaced (O4). */
  const holderOf = (name: string, nowMs: number): Place | undefined => {
    const holders = [...places.values()].filter(({ nodes }) => nodes.has(name));
    const seqOf = (place: Place): number => place.nodes.get(name)?.seq ?? 0;
    const [newest, ...others] = holders.sort((a, b) => seqOf(b) - seqOf(a));
    for (const other of others) {
      const attached = other.nodes.get(name);
      other.nodes.delete(name);
      if (attached !== undefined) other.sink?.displaced(attached.node.address.bytes, nowMs);
    }
    return newest;
  };
  function arrive(packet: FlyingPacket, nowMs: number): void {
    const place = places.get(packet.to);
    if (place === undefined) return;
    if (packet.introduce) {
      place.locations.set(nameOf(packet.source), packet.from);
      // Whoever sends from elsewhere under a key of ours has it attached too.
      holderOf(nameOf(packet.source), nowMs);
    }
    const buffer = new Uint8Array(64 + packet.payload.length + 16);
    buffer.set(packet.source, 0);
    buffer.set(packet.destination, 32);
    buffer.set(packet.payload, 64);
    place.sink?.packet(buffer, 64, packet.payload.length, 0, 32, packet.from, nowMs);
  }
  function answer(place: Place, destination: Uint8Array, nowMs: number): void {
    const name = nameOf(destination);
    if (!place.asking.delete(name)) return;
    const holder = holderOf(name, nowMs);
    if (holder === undefined) place.unknownUntilMs.set(name, nowMs + UNKNOWN_MS);
    else place.locations.set(name, holder.name);
    place.sink?.resolved(destination, holder === undefined ? "unknown" : "ready", nowMs);
  }
  function createNetwork(place: Place): Network {
    const reachOf = (name: string): Reach => {
      if (place.locations.has(name)) return "ready";
      return (place.unknownUntilMs.get(name) ?? 0) > nowOf() ? "unknown" : "unresolved";
    };
    const own: Network = {
      name: "fake",
      attach: (node) => void place.nodes.set(nameOf(node.address.bytes), { node, seq: ++seq }),
      detach: (address) => void place.nodes.delete(nameOf(address)),
      reach: (buffer, at) => reachOf(nameOf(buffer.subarray(at, at + 32))),
      resolve(destination) {
        const name = nameOf(destination);
        if (place.locations.has(name) || place.asking.has(name)) return;
        place.asking.add(name);
        place.asked.push(name);
        const wanted = Uint8Array.from(destination);
        after(QUESTION_MS, (nowMs) => answer(place, wanted, nowMs));
      },
      doubt() {},
      send(source, destination, introduce, buffer, at, length) {
        if (at < HEADROOM_BYTES) throw new RangeError("at: expected room for a routing header");
        const to = place.locations.get(nameOf(destination));
        if (to === undefined || !place.room()) return false;
        buffer.fill(0xee, at - HEADROOM_BYTES, at);
        const payload = Uint8Array.from(buffer.subarray(at, at + length));
        const packet = { from: place.name, to, introduce, payload, source, destination };
        network.sent.push(packet);
        for (const ms of network.fate(packet)) after(ms, (nowMs) => arrive(packet, nowMs));
        return true;
      },
      offer: (source, destination, buffer, at, length, nowMs) =>
        own.send(source, destination, false, buffer, at, length, nowMs),
      find: () => () => {},
    };
    return own;
  }
  const network: FakeNetwork = {
    fate: () => [10],
    sent: [],
    place(name) {
      const place: Place = {
        name,
        sink: undefined,
        asked: [],
        room: () => true,
        nodes: new Map(),
        locations: new Map(),
        unknownUntilMs: new Map(),
        asking: new Set(),
        get network() {
          return own;
        },
        forget() {
          for (const table of [place.nodes, place.locations, place.unknownUntilMs]) table.clear();
          place.asking.clear();
        },
      };
      const own = createNetwork(place);
      places.set(name, place);
      return place;
    },
    inject: (packet, nowMs) => arrive(packet, nowMs),
  };
  return network;
}
