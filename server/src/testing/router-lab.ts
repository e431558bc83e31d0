// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Routers on a wire: daemons with an identity each, joined by links that carry control messages in
 * order after a latency, under virtual time. Every message may be looked at, dropped or forged.
 */
import { createDeadline, createDeadlines, silentLogger } from "../core/index.js";
import { type Crypto, selectCrypto } from "../crypto/index.js";
import { Address, createIdentities, type Identities, type PrivateKey } from "../identity/index.js";
import {
  type Attachment,
  type ConfiguredAlgorithm,
  type Found,
  FROM_LOCAL,
  HEADROOM_BYTES,
  headerLength,
  networkTag,
  type Router,
  SOURCE_AT,
  TO_LOCAL,
} from "../network/index.js";
import { createSeededRandom, type SeededRandom } from "./seeded-random.js";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.js";

/** A control message on its way. */
export interface Carried {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** A node's key, as routers are given it. */
export interface LabNode extends Attachment {
  readonly key: PrivateKey;
}

/** A daemon of the lab. */
export interface LabDaemon {
  readonly name: string;
  readonly self: LabNode;
  readonly router: Router;
  /** Addresses whose nodes have moved away. */
  readonly moved: string[];
  /** Addresses that came within reach. */
  readonly reached: string[];
  /** Payloads for nodes of this daemon, as text, with their claimed source. */
  readonly packets: { readonly source: string; readonly text: string }[];
  /** What the wall clock is off, in ms. */
  wallOffsetMs: number;
  open(node: LabNode): void;
  close(node: LabNode): void;
  /** Sends; false if the router would not. */
  send(source: LabNode, destination: LabNode, text: string, introduce?: boolean): boolean;
  /** Asks, and runs until the answer is there: what was found. */
  find(prefix: Uint8Array, nbits: number): Found | undefined;
  /** Asks; answers go to `answers`. The question's number. */
  ask(prefix: Uint8Array, nbits: number): number;
  readonly answers: Map<number, Found | undefined>;
  reaches(node: LabNode): boolean;
  /** Hands in a control message as a neighbour would. */
  hear(from: LabDaemon, bytes: Uint8Array): void;
  /** Hands in a packet as a neighbour would: what forward gives, or undefined if it is not valid. */
  carry(from: LabDaemon, packet: Uint8Array): number | undefined;
  /** As a process that was killed and started again: its links go down. */
  restart(): void;
}

/** What is not as for every other daemon of the lab. */
export interface LabDaemonOptions {
  /** Its identity, where its address has to be known before; default: one that nobody else has. */
  readonly self?: LabNode;
  /** Its own options of the lab's algorithm. Throws RangeError if they are of another network. */
  readonly algorithm?: ConfiguredAlgorithm;
}

/** The lab. */
export interface RouterLab {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly tag: Uint8Array;
  readonly crypto: Crypto;
  readonly identities: Identities;
  /** Every control message that was sent. */
  readonly carried: Carried[];
  /** Adds a daemon without neighbours; its name is its own. Throws RangeError if another has it. */
  daemon(name: string, options?: LabDaemonOptions): LabDaemon;
  /** A key that nobody else has. */
  node(): LabNode;
  /** Makes the two neighbours, at once on both sides. */
  link(a: LabDaemon, b: LabDaemon): void;
  /** Ends that, at once on both sides; what is on its way is lost. */
  unlink(a: LabDaemon, b: LabDaemon): void;
  /** Lets so many milliseconds of the lab's time pass. */
  run(ms: number): void;
}

const LATENCY_MS = 10;

/**
 * A lab without daemons. The same seed gives the same run. Everything in it is synchronous: nothing
 * waits for real time, and links take 10 ms of the lab's.
 */
export function createRouterLab(algorithm: ConfiguredAlgorithm, seed = 1): RouterLab {
  const crypto = selectCrypto();
  const random = createSeededRandom(seed);
  const identities = createIdentities(crypto, random);
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const tag = networkTag(crypto, algorithm);
  const carried: Carried[] = [];
  const links = new Map<string, { readonly a: LabDaemon; readonly b: LabDaemon }>();
  const ids = new Map<string, number>();
  const daemons: LabDaemon[] = [];
  const now = () => clock.monotonicMs();
  const textOf = (address: Uint8Array) => Address.fromBytes(address).toString();
  const pair = (a: LabDaemon, b: LabDaemon) => [a.name, b.name].sort().join(" ");
  /** The number by which one names the other. */
  const idOf = (at: LabDaemon, other: LabDaemon): number => {
    const key = `${at.name} ${other.name}`;
    const id = ids.get(key) ?? ids.size + 10;
    ids.set(key, id);
    return id;
  };
  const neighbourOf = (at: LabDaemon, id: number): LabDaemon | undefined =>
    daemons.find((other) => ids.get(`${at.name} ${other.name}`) === id);
  // What is due at the same instant happens in the order in which it was planned: links are ordered.
  const due = new Map<number, (() => void)[]>();
  const after = (ms: number, act: () => void): void => {
    const atMs = now() + ms;
    const together = due.get(atMs);
    if (together !== undefined) {
      together.push(act);
      return;
    }
    const acts = [act];
    due.set(atMs, acts);
    const fire = (): void => {
      due.delete(atMs);
      for (const one of acts) one();
    };
    deadlines.set(createDeadline(fire), atMs);
  };

  const node = (): LabNode => {
    const key = identities.generate();
    return {
      key,
      address: key.publicKey.address,
      publicKey: key.publicKey.serialize(),
      sign: (purpose, message) => identities.keys.signReserved(key, purpose, message),
    };
  };
  const lab: RouterLab = {
    clock,
    random,
    tag,
    crypto,
    identities,
    carried,
    node,
    daemon(name, options = {}) {
      if (daemons.some((other) => other.name === name)) {
        throw new RangeError(`name: expected one that no daemon has, got ${name}`);
      }
      const daemon = createDaemon(name, options);
      daemons.push(daemon);
      return daemon;
    },
    link(a, b) {
      links.set(pair(a, b), { a, b });
      a.router.neighbourUp(idOf(a, b), b.self.address.bytes, now());
      b.router.neighbourUp(idOf(b, a), a.self.address.bytes, now());
    },
    unlink(a, b) {
      if (!links.delete(pair(a, b))) return;
      a.router.neighbourDown(idOf(a, b), now());
      b.router.neighbourDown(idOf(b, a), now());
    },
    run: (ms) => clock.advance(ms),
  };

  function createDaemon(name: string, options: LabDaemonOptions): LabDaemon {
    const { self = node(), algorithm: own = algorithm } = options;
    if (Buffer.compare(networkTag(crypto, own), tag) !== 0) {
      throw new RangeError("algorithm: expected the lab's, with the same options where they agree");
    }
    const answers = new Map<number, Found | undefined>();
    let lastQuery = 0;
    let router: Router;
    const start = (): void => {
      const wake = createDeadline((nowMs) => router.wake(nowMs));
      // Undefined while it is being made: it may set its first wake-up then.
      let made: Router | undefined;
      made = own.createRouter({
        tag,
        self,
        crypto,
        keys: identities.keys,
        random,
        logger: silentLogger,
        unixMs: () => clock.wallMs() + daemon.wallOffsetMs,
        sink: {
          sendControl(id, message) {
            const to = neighbourOf(daemon, id);
            const link = to && links.get(pair(daemon, to));
            if (to === undefined || link === undefined) return false;
            const bytes = message.slice();
            carried.push({ from: name, to: to.name, bytes });
            after(LATENCY_MS, () => {
              if (links.get(pair(daemon, to)) === link) to.hear(daemon, bytes);
            });
            return true;
          },
          wakeAt: (atMs) => {
            if (made === undefined || made === router) deadlines.set(wake, atMs);
          },
          resolved: (query, found) => void answers.set(query, found),
          reachable: ({ address }) => void daemon.reached.push(address.toString()),
          moved: (address) => void daemon.moved.push(textOf(address)),
        },
      });
      router = made;
    };
    const daemon: LabDaemon = {
      name,
      self,
      answers,
      moved: [],
      reached: [],
      packets: [],
      wallOffsetMs: 0,
      get router() {
        return router;
      },
      open: (opened) => router.attach(opened, now()),
      close: (closed) => router.detach(closed.address.bytes, now()),
      reaches: ({ address }) => router.reaches(address.bytes, 0),
      send(source, destination, text, introduce = false) {
        const payload = new TextEncoder().encode(text);
        const buffer = new Uint8Array(HEADROOM_BYTES + payload.length);
        buffer.set(payload, HEADROOM_BYTES);
        const from = source.address.bytes;
        const to = destination.address.bytes;
        const at = router.prepare(from, to, introduce, buffer, HEADROOM_BYTES, now());
        if (at < 0) return false;
        const bytes = HEADROOM_BYTES - at;
        const id = router.forward(buffer, at, buffer.length - at, bytes, FROM_LOCAL, now());
        const next = neighbourOf(daemon, id);
        if (next === undefined) return false;
        const packet = buffer.slice(at);
        after(LATENCY_MS, () => void next.carry(daemon, packet));
        return true;
      },
      ask(prefix, nbits) {
        lastQuery += 1;
        router.resolve(lastQuery, prefix, nbits, now());
        return lastQuery;
      },
      find(prefix, nbits) {
        const query = daemon.ask(prefix, nbits);
        for (let ms = 0; ms < 10_000 && !answers.has(query); ms++) clock.advance(1);
        if (!answers.has(query)) throw new Error("the question was not ended within 10 s");
        return answers.get(query);
      },
      hear: (from, bytes) =>
        router.control(idOf(daemon, from), bytes.slice(), 0, bytes.length, now()),
      carry(from, given) {
        const packet = given.slice();
        const bytes = headerLength(packet, 0, packet.length);
        if (bytes === 0) return undefined;
        const to = router.forward(packet, 0, packet.length, bytes, idOf(daemon, from), now());
        if (to === TO_LOCAL) {
          const source = textOf(packet.subarray(SOURCE_AT, SOURCE_AT + 32));
          const text = new TextDecoder().decode(packet.subarray(bytes));
          daemon.packets.push({ source, text });
        } else if (to >= 0) {
          const next = neighbourOf(daemon, to);
          after(LATENCY_MS, () => void next?.carry(daemon, packet));
        }
        return to;
      },
      restart() {
        for (const { a, b } of [...links.values()]) {
          if (a !== daemon && b !== daemon) continue;
          const other = a === daemon ? b : a;
          links.delete(pair(a, b));
          other.router.neighbourDown(idOf(other, daemon), now());
        }
        start();
      },
    };
    start();
    return daemon;
  }
  return lab;
}
