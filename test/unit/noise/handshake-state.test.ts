// SPDX-License-Identifier: GPL-3.0-or-later

// What the vectors do not show: turns, sizes, clones, wiping, keys of low order, hostile bytes.

import { describe, expect, it } from "vitest";
import {
  createHandshakeState,
  generateKeypair,
  type HandshakeState,
} from "../../../server/src/noise/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { readVectors } from "../../vectors/support.js";
import { ADAPTERS } from "../crypto/adapters.js";
import { advance, createEnds, readBy, written } from "./support.js";

const lowOrder = readVectors<{ cases: readonly { public: string; zero: boolean }[] }>("x25519.json")
  .cases.filter(({ zero }) => zero)
  .map((vector) => new Uint8Array(Buffer.from(vector.public, "hex")));

/** The same in both ends' eyes. */
function sameKeys(a: HandshakeState, b: HandshakeState): void {
  expect(a.split()).toEqual(b.split());
  expect(a.h).toEqual(b.h);
}

describe.each(ADAPTERS)("a handshake, %s", (name, crypto) => {
  const rounds = name === "native" ? 60 : 8;

  it("carries payloads of any size and gives both ends the same keys", () => {
    const random = createSeededRandom(7);
    for (let round = 0; round < rounds; round++) {
      const { initiator, responder, keys } = createEnds(crypto, round + 1);
      for (const [from, to] of [
        [initiator, responder],
        [responder, initiator],
        [initiator, responder],
      ] as const) {
        const payload = random.bytes(random.pick([0, 1, 16, 129, 1_100, 16_000, 65_439]));
        expect(readBy(to, written(from, payload))).toEqual(payload);
        expect(to.step).toBe(from.step);
        expect(to.h).toEqual(from.h);
      }
      sameKeys(initiator, responder);
      expect(initiator.rs).toEqual(keys.rs.publicKey);
      expect(responder.rs).toEqual(keys.is.publicKey);
      const { initiatorToResponder, responderToInitiator, exporter } = initiator.split();
      expect(new Set([initiatorToResponder, responderToInitiator, exporter].map(String)).size).toBe(
        3,
      );
    }
  });

  it("tells the sizes of its messages", () => {
    const ends = createEnds(crypto);
    expect(ends.initiator.messageBytes(1_156)).toBe(32 + 1_156);
    advance(ends, 1);
    expect(ends.responder.messageBytes(129)).toBe(32 + 48 + 129 + 16);
    advance(ends, 1);
    expect(ends.initiator.messageBytes(129)).toBe(48 + 129 + 16);
    advance(ends, 1);
    expect(() => ends.initiator.messageBytes(0)).toThrow(RangeError);
  });

  it("refuses a message with any one byte changed, and every shorter or longer one", () => {
    for (const step of [1, 2]) {
      const ends = createEnds(crypto);
      advance(ends, step);
      const [from, to] =
        step === 1 ? [ends.responder, ends.initiator] : [ends.initiator, ends.responder];
      const message = written(from, Buffer.from("payload"));
      const every = name === "native" ? 1 : 9;
      for (let at = 0; at < message.length; at += every) {
        const changed = Uint8Array.from(message);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        expect(readBy(to.clone(), changed), `${at} changed`).toBeUndefined();
        expect(readBy(to.clone(), message.subarray(0, at)), `${at} bytes`).toBeUndefined();
      }
      const longer = new Uint8Array(message.length + 1);
      longer.set(message);
      expect(readBy(to.clone(), longer)).toBeUndefined();
      expect(readBy(to, message)).toEqual(new Uint8Array(Buffer.from("payload")));
    }
    const { responder } = createEnds(crypto);
    for (const size of [0, 1, 31]) {
      expect(readBy(responder.clone(), new Uint8Array(size))).toBeUndefined();
    }
  });

  it("makes ends with another prologue disagree", () => {
    const { initiator } = createEnds(crypto);
    const random = createSeededRandom(5);
    const other = createHandshakeState({
      crypto,
      role: "responder",
      prologue: Buffer.from("prologuf"),
      s: generateKeypair(crypto, random),
      e: generateKeypair(crypto, random),
    });
    expect(readBy(other, written(initiator))).toBeDefined();
    expect(readBy(initiator, written(other))).toBeUndefined();
  });

  it("hashes the payload of message 1, though it is in the clear", () => {
    const { initiator, responder } = createEnds(crypto);
    const message = written(initiator, new Uint8Array(4));
    message[33] = 1;
    expect(readBy(responder, message)).toEqual(Uint8Array.of(0, 1, 0, 0));
    expect(readBy(initiator, written(responder))).toBeUndefined();
  });

  it("takes turns: reading out of turn gives -1, writing is a mistake", () => {
    const { initiator, responder } = createEnds(crypto);
    expect(readBy(initiator.clone(), new Uint8Array(200))).toBeUndefined();
    expect(() => written(responder)).toThrow(/not for the responder/);
    const message = written(initiator);
    expect(() => written(initiator)).toThrow(/not for the initiator/);
    expect(readBy(responder, message)).toBeDefined();
    expect(readBy(responder, message)).toBeUndefined();
  });

  it("goes no further once it is spoiled or done", () => {
    const ends = createEnds(crypto);
    advance(ends, 1);
    const message = written(ends.responder);
    const spoiled = ends.initiator.clone();
    expect(readBy(spoiled, message.subarray(1))).toBeUndefined();
    expect(readBy(spoiled, message)).toBeUndefined();
    expect(() => written(spoiled)).toThrow(/spoiled/);
    expect(() => spoiled.split()).toThrow(/spoiled/);
    expect(() => ends.initiator.split()).toThrow(/expected 3 messages/);

    const done = createEnds(crypto);
    advance(done, 3);
    expect(readBy(done.initiator.clone(), message)).toBeUndefined();
    expect(readBy(done.responder.clone(), message)).toBeUndefined();
    expect(() => done.initiator.writeMessage(new Uint8Array(0), new Uint8Array(99))).toThrow(
      RangeError,
    );
  });

  it("refuses what does not fit: outputs and keys by an error, a message by -1", () => {
    const { initiator, responder, keys } = createEnds(crypto);
    const payload = new Uint8Array(10);
    expect(() => initiator.writeMessage(payload, new Uint8Array(41))).toThrow(/out: expected 42/);
    expect(() => written(initiator, new Uint8Array(65_504))).toThrow(/payload: expected 65503/);
    expect(initiator.step).toBe(0);
    const message = written(initiator, payload);
    expect(responder.clone().readMessage(message, new Uint8Array(9))).toBe(-1);
    expect(responder.clone().readMessage(new Uint8Array(65_536), new Uint8Array(65_536))).toBe(-1);
    expect(responder.readMessage(message, new Uint8Array(10))).toBe(10);
    const s = { secret: new Uint8Array(31), publicKey: keys.is.publicKey };
    const options = { crypto, role: "initiator", prologue: payload, e: keys.ie } as const;
    expect(() => createHandshakeState({ ...options, s })).toThrow(/s.secret: expected 32/);
  });

  it("clones share nothing: what one reads or wipes leaves the other as it was", () => {
    const ends = createEnds(crypto);
    advance(ends, 1);
    const before = Uint8Array.from(ends.initiator.h);
    const message = written(ends.responder);
    const forged = Uint8Array.from(message);
    forged[90] = (forged[90] ?? 0) ^ 1;

    const first = ends.initiator.clone();
    expect(readBy(first, forged)).toBeUndefined();
    first.wipe();
    expect(ends.initiator.h).toEqual(before);
    expect(ends.initiator.rs).toBeUndefined();
    expect(ends.initiator.step).toBe(1);

    const second = ends.initiator.clone();
    ends.initiator.wipe();
    expect(readBy(second, message)).toBeDefined();
    expect(readBy(ends.responder, written(second))).toBeDefined();
    sameKeys(second, ends.responder);
  });

  it("keeps remote keys when the datagram they came in is reused", () => {
    const { initiator, responder, keys } = createEnds(crypto);
    // A Buffer, whose slice would be a view.
    const datagram = Buffer.from(written(initiator));
    expect(readBy(responder, datagram)).toBeDefined();
    datagram.fill(0);
    expect(responder.re).toEqual(keys.ie.publicKey);
    expect(readBy(initiator, written(responder))).toBeDefined();
  });

  it("ends at a key of low order, whichever it is", () => {
    expect(lowOrder.length).toBeGreaterThan(20);
    for (const low of lowOrder) {
      const { responder } = createEnds(crypto);
      expect(readBy(responder, low)).toBeDefined();
      expect(responder.writeMessage(new Uint8Array(0), new Uint8Array(96))).toBe(-1);
      expect(() => written(responder)).toThrow(/spoiled/);
      responder.wipe();

      const ends = createEnds(crypto);
      written(ends.initiator);
      const message = new Uint8Array(96);
      message.set(low);
      expect(readBy(ends.initiator, message)).toBeUndefined();
    }
  });

  it("ends at a static key of low order", () => {
    for (const low of lowOrder.slice(0, 8)) {
      const random = createSeededRandom(3);
      const { initiator } = createEnds(crypto);
      // Its own secret is a good one, so only the side that is sent the public key can see it.
      const responder = createHandshakeState({
        crypto,
        role: "responder",
        prologue: Buffer.from("prologue"),
        s: { secret: random.bytes(32), publicKey: low },
        e: generateKeypair(crypto, random),
      });
      expect(readBy(responder, written(initiator))).toBeDefined();
      expect(readBy(initiator, written(responder))).toBeUndefined();

      const ends = createEnds(crypto);
      const liar = createHandshakeState({
        crypto,
        role: "initiator",
        prologue: Buffer.from("prologue"),
        s: { secret: random.bytes(32), publicKey: low },
        e: generateKeypair(crypto, random),
      });
      expect(readBy(ends.responder, written(liar))).toBeDefined();
      expect(readBy(liar, written(ends.responder))).toBeDefined();
      expect(readBy(ends.responder, written(liar))).toBeUndefined();
    }
  });

  it("wipes the ephemeral secret and h, and leaves the static key to its owner", () => {
    const { initiator, keys } = createEnds(crypto);
    const h = initiator.h;
    const own = Uint8Array.from(keys.is.secret);
    expect(h.some((byte) => byte !== 0)).toBe(true);
    initiator.wipe();
    expect(keys.ie.secret).toEqual(new Uint8Array(32));
    expect(h).toEqual(new Uint8Array(32));
    expect(keys.is.secret).toEqual(own);
    expect(() => written(initiator)).toThrow(/spoiled/);
    initiator.wipe();
  });
});
