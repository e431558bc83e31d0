// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Bare channels under virtual time: hosts with an endpoint each, joined by a wire whose every
 * datagram a test may look at, drop, delay, double, alter or forge. Nothing waits for real time;
 * the same seed gives the same run.
 */
import {
  type Channel,
  type Credentials,
  createCertificateVerifier,
  createCredentials,
  createEndpoint,
  type Endpoint,
  type LayerRules,
  LINK_LAYER,
  SESSION_LAYER,
  type Signer,
  type Source,
  type VerifyCertificate,
} from "../../server/src/channel/index.js";
import { createDeadline, createDeadlines, silentLogger } from "../../server/src/core/index.js";
import { type Crypto, selectCrypto } from "../../server/src/crypto/index.js";
import { createIdentities, PURPOSES } from "../../server/src/identity/index.js";
import { createSeededRandom, type SeededRandom } from "./seeded-random.js";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.js";

/** Where a datagram of the lab comes from: a name made into a source. */
export interface LabSource extends Source {
  readonly name: string;
}

/** A datagram on the wire. Its bytes are its own. */
export interface Flying {
  readonly from: LabSource;
  readonly to: LabSource;
  readonly bytes: Uint8Array;
}

/** What becomes of a datagram: each entry arrives, so many ms from now, with what it says. */
export type Fate = (
  flying: Flying,
  nowMs: number,
) => readonly (Partial<Flying> & { readonly delayMs: number })[];

/** A message that was opened. */
export interface Arrival {
  readonly from: string;
  readonly peer: string;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** A host: one identity at one place. */
export interface LabHost {
  readonly name: string;
  readonly source: LabSource;
  readonly endpoint: Endpoint<LabSource>;
  readonly credentials: Credentials;
  /** Messages (not keepalives) in the order of arrival, since the host was made; over restarts. */
  readonly arrivals: readonly Arrival[];
  /** What the owners were told: "established alice initiator", "ready alice", "down alice" … */
  readonly events: readonly string[];
  /** The channel to another host, made if need be. */
  channelTo(other: LabHost): Channel;
  /** Sends a message: sealed now if there is a session, else when there is one. */
  send(other: LabHost, message: Uint8Array): void;
  /** Messages that wait for a session. */
  waiting(other: LabHost): number;
  /** Hands a datagram in, as the wire does. */
  receive(bytes: Uint8Array, from: LabSource): void;
  /** Loses everything but the long-lived key, as a process that was killed and started again. */
  restart(): void;
  /** Who is let in; everybody unless set. */
  admits: (address: Uint8Array) => boolean;
}

/** What can be chosen. */
export interface LabOptions {
  readonly layer?: "link" | "session";
  readonly seed?: number;
  readonly latencyMs?: number;
  readonly crypto?: Crypto;
}

/** What can be chosen for a host. */
export interface HostOptions {
  /** An identity of its own making (large keys); generated otherwise. */
  readonly signer?: Signer;
  readonly verify?: VerifyCertificate;
  /** Session layer: which neighbour brings what comes from there. */
  readonly neighbourOf?: (source: LabSource) => string;
}

/** The lab. */
export interface ChannelLab {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly crypto: Crypto;
  readonly rules: LayerRules;
  /** Every datagram that was sent, in order; `clear` by setting its length. */
  readonly sent: (Flying & { readonly atMs: number })[];
  /** What becomes of each datagram; one delivery after `latencyMs` unless set. */
  fate: Fate;
  host(name: string, options?: HostOptions): LabHost;
  /** A source that is nobody's: a stranger, or a second address of a host. */
  source(name: string): LabSource;
  /** Lets a datagram fly as if `from` had sent it; fate does not apply. */
  inject(to: LabHost, bytes: Uint8Array, from: LabSource, delayMs?: number): void;
  run(ms: number): void;
  /** Runs until the condition holds; throws, with `what`, after so many virtual ms. */
  runUntil(what: string, condition: () => boolean, withinMs: number): void;
  /** Ms from the start. */
  readonly nowMs: number;
}

/** The plaintext of a message: a byte that is no keepalive's, and the message. */
const DATA_KIND = 0;
const CLOSE_KIND = 2;

/** A lab without hosts. */
export function createChannelLab(options: LabOptions = {}): ChannelLab {
  const crypto = options.crypto ?? selectCrypto();
  const random = createSeededRandom(options.seed ?? 1);
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const identities = createIdentities(crypto, random);
  const rules = options.layer === "session" ? SESSION_LAYER : LINK_LAYER;
  const latencyMs = options.latencyMs ?? 10;
  const hosts = new Map<string, LabHost>();
  const sources = new Map<string, LabSource>();
  const sent: (Flying & { readonly atMs: number })[] = [];
  const due = new Map<number, Flying[]>();
  const startMs = clock.monotonicMs();

  const source = (name: string): LabSource => {
    const known = sources.get(name);
    if (known !== undefined) return known;
    const digest = new Uint8Array(32);
    crypto.sha256(digest, new TextEncoder().encode(name));
    const made = { name, bytes: digest.slice(0, 6), group: `group of ${name}` };
    sources.set(name, made);
    return made;
  };
  const deliver = (flying: Flying, delayMs: number): void => {
    const atMs = clock.monotonicMs() + delayMs;
    // What arrives at the same instant arrives in the order in which it was sent.
    const together = due.get(atMs);
    if (together !== undefined) {
      together.push({ ...flying, bytes: flying.bytes.slice() });
      return;
    }
    const batch = [{ ...flying, bytes: flying.bytes.slice() }];
    due.set(atMs, batch);
    const arrive = createDeadline(() => {
      due.delete(atMs);
      for (const { from, to, bytes } of batch) {
        for (const host of hosts.values()) {
          if (host.source.name === to.name) host.receive(bytes, from);
        }
      }
    });
    deadlines.set(arrive, atMs);
  };
  const lab: ChannelLab = {
    clock,
    random,
    crypto,
    rules,
    sent,
    fate: () => [{ delayMs: latencyMs }],
    source,
    host(name, hostOptions = {}) {
      const host = createHost(name, hostOptions);
      hosts.set(name, host);
      return host;
    },
    inject: (to, bytes, from, delayMs = 0) => deliver({ from, to: to.source, bytes }, delayMs),
    run: (ms) => clock.advance(ms),
    runUntil(what, condition, withinMs) {
      const endMs = clock.monotonicMs() + withinMs;
      while (!condition()) {
        if (clock.monotonicMs() >= endMs) throw new Error(`not within ${withinMs} ms: ${what}`);
        clock.advance(1);
      }
    },
    get nowMs() {
      return clock.monotonicMs() - startMs;
    },
  };

  function put(from: LabSource, to: LabSource, datagram: Uint8Array): void {
    const flying = { from, to, bytes: datagram.slice() };
    sent.push({ ...flying, atMs: lab.nowMs });
    for (const { delayMs, ...change } of lab.fate(flying, clock.monotonicMs())) {
      deliver({ ...flying, ...change }, delayMs);
    }
  }

  function createHost(name: string, hostOptions: HostOptions): LabHost {
    const key = identities.generate();
    const signer = hostOptions.signer ?? {
      publicKey: key.publicKey.serialize(),
      address: key.publicKey.address.bytes,
      sign: (certificate: Uint8Array) =>
        identities.keys.signReserved(key, PURPOSES.noiseStatic, certificate),
    };
    const verify = hostOptions.verify ?? createCertificateVerifier(identities.keys);
    const own: LabSource =
      options.layer === "session" ? { name, bytes: signer.address, group: name } : source(name);
    sources.set(name, own);
    const arrivals: Arrival[] = [];
    const events: string[] = [];
    const buffer = new Uint8Array(70_000);
    let channels = new Map<string, Channel>();
    let waiting = new Map<string, Uint8Array[]>();
    let credentials: Credentials;
    let endpoint: Endpoint<LabSource>;

    const start = (): void => {
      channels = new Map();
      waiting = new Map();
      credentials = createCredentials({ crypto, random, layer: rules, signer });
      endpoint = createEndpoint<LabSource>({
        layer: rules,
        crypto,
        random,
        deadlines,
        logger: silentLogger,
        verify,
        refusal: Uint8Array.of(CLOSE_KIND, 1),
        ...(hostOptions.neighbourOf && { neighbourOf: hostOptions.neighbourOf }),
        sink: {
          reply: (datagram, to) => put(own, to, datagram),
          admit(peer) {
            if (!host.admits(peer.address)) return undefined;
            for (const other of hosts.values()) {
              if (Buffer.compare(other.credentials.address, peer.address) === 0) {
                return host.channelTo(other);
              }
            }
            return undefined;
          },
        },
      });
    };
    const trySend = (other: LabHost, channel: Channel, message: Uint8Array): boolean => {
      buffer[16] = DATA_KIND;
      buffer.set(message, 17);
      const length = channel.seal(buffer, 0, message.length + 1, clock.monotonicMs());
      if (length === 0) return false;
      put(own, other.source, buffer.subarray(0, length));
      return true;
    };
    const flush = (other: LabHost): void => {
      const queue = waiting.get(other.name) ?? [];
      const channel = channels.get(other.name);
      while (channel !== undefined && queue.length > 0) {
        const [first = new Uint8Array()] = queue;
        if (!trySend(other, channel, first)) return;
        queue.shift();
      }
    };
    const host: LabHost = {
      name,
      source: own,
      arrivals,
      events,
      admits: () => true,
      get endpoint() {
        return endpoint;
      },
      get credentials() {
        return credentials;
      },
      channelTo(other) {
        const known = channels.get(other.name);
        if (known !== undefined) return known;
        const made = endpoint.createChannel({
          credentials,
          remote: other.credentials.address,
          owner: {
            transmit: (datagram, to) => put(own, to ?? other.source, datagram),
            received(bytes, at, length, from) {
              if (length === 0 || (rules.keepalives && bytes[at] === 1)) return;
              if (bytes[at] === CLOSE_KIND) {
                events.push(`closed ${other.name} ${bytes[at + 1]}`);
                return;
              }
              arrivals.push({
                from: from.name,
                peer: other.name,
                bytes: bytes.slice(at + 1, at + length),
                atMs: lab.nowMs,
              });
            },
            established(session) {
              const again = session.newIncarnation ? " new incarnation" : "";
              events.push(`established ${other.name} ${session.role}${again}`);
              flush(other);
            },
            ready() {
              events.push(`ready ${other.name}`);
              flush(other);
            },
            suspected: () => void events.push(`suspected ${other.name}`),
            down: () => void events.push(`down ${other.name}`),
          },
        });
        channels.set(other.name, made);
        return made;
      },
      send(other, message) {
        const channel = host.channelTo(other);
        const queue = waiting.get(other.name) ?? [];
        waiting.set(other.name, queue);
        if (queue.length === 0 && trySend(other, channel, message)) return;
        queue.push(message.slice());
        channel.connect(clock.monotonicMs());
      },
      waiting: (other) => waiting.get(other.name)?.length ?? 0,
      receive(bytes, from) {
        const copy = bytes.slice();
        endpoint.receive(copy, 0, copy.length, from, credentials, clock.monotonicMs());
      },
      restart() {
        endpoint.close();
        start();
      },
    };
    start();
    return host;
  }
  return lab;
}
