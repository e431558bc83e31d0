// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Daemons reduced to their session rooms, over the fake network, under virtual time. A node is a
 * key that may be open at any of them, at two at once as well.
 */
import { createCertificateVerifier } from "../../server/src/channel/index.js";
import { createDeadlines, silentLogger } from "../../server/src/core/index.js";
import { type Crypto, selectCrypto } from "../../server/src/crypto/index.js";
import { createIdentities } from "../../server/src/identity/index.js";
import type { Attachment } from "../../server/src/network/index.js";
import {
  createSessions,
  type SendOutcome,
  type SessionLimits,
  type Sessions,
} from "../../server/src/session/index.js";
import { createFakeNetwork, type FakeNetwork, type FakePlace } from "./fake-network.js";
import { createSeededRandom, type SeededRandom } from "./seeded-random.js";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.js";

/** A message that came. */
export interface Letter {
  readonly to: string;
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** A key, and whoever it names. */
export interface LabNode {
  readonly name: string;
  readonly address: Uint8Array;
  readonly attachment: Attachment;
  /** How often it has signed. */
  readonly signed: () => number;
}

/** A daemon. */
export interface LabDaemon {
  readonly place: FakePlace;
  readonly sessions: Sessions;
  /** Messages in the order of arrival, over restarts. */
  readonly letters: readonly Letter[];
  /** What the sink was told besides: "gave up 3 for bob", "displaced bob", "relieved bob". */
  readonly events: string[];
  open(node: LabNode): void;
  close(node: LabNode): void;
  send(from: LabNode, to: LabNode, message: Uint8Array | string): SendOutcome;
  /** Loses everything, opens the same nodes again, and its neighbours see it come back. */
  restart(downMs?: number): void;
  /** Called for each letter, from inside of the sink. */
  onLetter: (letter: Letter) => void;
}

/** The lab. */
export interface SessionLab {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: FakeNetwork;
  readonly crypto: Crypto;
  node(name: string): LabNode;
  daemon(name: string): LabDaemon;
  run(ms: number): void;
  runUntil(what: string, condition: () => boolean, withinMs: number): number;
  readonly nowMs: number;
}

/** What can be chosen. */
export interface SessionLabOptions {
  readonly seed?: number;
  readonly crypto?: Crypto;
  readonly limits?: SessionLimits;
}

/** The text of a letter. */
export const textOf = (letter: Letter): string => new TextDecoder().decode(letter.bytes);

/** A lab without daemons. */
export function createSessionLab(options: SessionLabOptions = {}): SessionLab {
  const crypto = options.crypto ?? selectCrypto();
  const random = createSeededRandom(options.seed ?? 1);
  const clock = createVirtualClock();
  const nowOf = (): number => clock.monotonicMs();
  const deadlines = createDeadlines(clock, clock.timer);
  const network = createFakeNetwork(deadlines, nowOf);
  const identities = createIdentities(crypto, random);
  const verify = createCertificateVerifier(identities.keys);
  const names = new Map<string, string>();
  const daemons: LabDaemon[] = [];
  const nameOf = (address: Uint8Array): string =>
    names.get(Buffer.from(address).toString("hex")) ?? "nobody";

  function node(name: string): LabNode {
    const key = identities.generate();
    const { address } = key.publicKey;
    let signed = 0;
    names.set(Buffer.from(address.bytes).toString("hex"), name);
    const sign: Attachment["sign"] = (purpose, message) => {
      signed += 1;
      return identities.keys.signReserved(key, purpose, message);
    };
    const attachment = { address, publicKey: key.publicKey.serialize(), sign };
    return { name, address: address.bytes, attachment, signed: () => signed };
  }
  function daemon(name: string): LabDaemon {
    const place = network.place(name);
    const letters: Letter[] = [];
    const events: string[] = [];
    const here = new Set<LabNode>();
    const start = (): Sessions => {
      const sessions = createSessions({
        crypto,
        random,
        deadlines,
        logger: silentLogger,
        verify,
        network: place.network,
        ...(options.limits && { limits: options.limits }),
        sink: {
          message(destination, source, buffer, at, length, nowMs) {
            const bytes = Uint8Array.from(buffer.subarray(at, at + length));
            const letter = { to: nameOf(destination), from: nameOf(source), bytes, atMs: nowMs };
            letters.push(letter);
            made.onLetter(letter);
          },
          gaveUp: (_source, destination, messages) =>
            void events.push(`gave up ${messages} for ${nameOf(destination)}`),
          displaced: (address) => void events.push(`displaced ${nameOf(address)}`),
          relieved: (source) => void events.push(`relieved ${nameOf(source)}`),
        },
      });
      place.sink = sessions.networkSink;
      return sessions;
    };
    let sessions = start();
    const made: LabDaemon = {
      place,
      letters,
      events,
      get sessions() {
        return sessions;
      },
      onLetter: () => {},
      open(one) {
        here.add(one);
        place.network.attach(one.attachment, nowOf());
        sessions.join(one.attachment, nowOf());
      },
      close(one) {
        here.delete(one);
        sessions.leave(one.address, nowOf());
        place.network.detach(one.address, nowOf());
      },
      send(from, to, message) {
        const bytes = typeof message === "string" ? new TextEncoder().encode(message) : message;
        return sessions.send(from.address, to.address, 0, bytes, 0, bytes.length, nowOf());
      },
      restart(downMs = 0) {
        // Killed: nothing of it says farewell.
        place.sink = undefined;
        const { room } = place;
        place.room = () => false;
        sessions.close(nowOf());
        place.forget();
        clock.advance(downMs);
        place.room = room;
        sessions = start();
        for (const one of here) made.open(one);
        for (const other of daemons) other.sessions.networkSink.wayCameUp(nowOf());
      },
    };
    daemons.push(made);
    return made;
  }
  return {
    clock,
    random,
    network,
    crypto,
    node,
    daemon,
    run: (ms) => clock.advance(ms),
    runUntil(what, condition, withinMs) {
      const startMs = nowOf();
      while (!condition()) {
        if (nowOf() - startMs >= withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
        clock.advance(1);
      }
      return nowOf() - startMs;
    },
    get nowMs() {
      return nowOf();
    },
  };
}
