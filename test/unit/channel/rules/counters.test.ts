// SPDX-License-Identifier: GPL-3.0-or-later

// The counter of a session where its words end, and where it ends itself (S10, S11).

import { describe, expect, it } from "vitest";
import { createSession } from "../../../../server/src/channel/session.js";
import { selectCrypto } from "../../../../server/src/crypto/index.js";
import { createSeededRandom } from "../../../support/seeded-random.js";

const crypto = selectCrypto();

/** The two ends of one session. */
function createEnds(windowBits = 8_192) {
  const random = createSeededRandom(1);
  const [initiatorToResponder, responderToInitiator, exporter, h, peerStatic] = Array.from(
    { length: 5 },
    () => random.bytes(32),
  );
  if (!initiatorToResponder || !responderToInitiator || !exporter || !h || !peerStatic) {
    throw new Error("unreachable");
  }
  const end = (role: "initiator" | "responder", index: number, peerIndex: number) =>
    createSession({
      crypto,
      role,
      index,
      peerIndex,
      keys: {
        initiatorToResponder: initiatorToResponder.slice(),
        responderToInitiator: responderToInitiator.slice(),
        exporter: exporter.slice(),
      },
      h,
      peerStatic,
      windowBits,
      nowMs: 0,
    });
  return { key: initiatorToResponder, a: end("initiator", 7, 9), b: end("responder", 9, 7) };
}

const EDGES = [0, 1, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 40, 2 ** 47, 2 ** 48 - 9];

function sealed(session: ReturnType<typeof createEnds>["a"], value: number): Uint8Array {
  const buffer = new Uint8Array(33);
  buffer[16] = value;
  session.seal(buffer, 0, 1);
  return buffer;
}

/** Opens a copy: the value, or undefined. */
function opened(session: ReturnType<typeof createEnds>["a"], datagram: Uint8Array) {
  const copy = datagram.slice();
  const counter = session.counterOf(copy, 0);
  if (counter < 0 || !session.open(copy, 0, copy.length, counter)) return undefined;
  return copy[16];
}

describe("a session's counter", () => {
  it("counter-edges-2^32-2^40", () => {
    const { a, b, key } = createEnds();
    for (const edge of EDGES) {
      a.skipTo(Math.max(0, edge - 4, a.nextCounter()));
      const first = a.nextCounter();
      const datagrams = Array.from({ length: 8 }, (_, i) => sealed(a, i));
      datagrams.forEach((datagram, i) => {
        const view = new DataView(datagram.buffer);
        expect(view.getBigUint64(8, true)).toBe(BigInt(first + i));
        // The nonce is four zeros and the counter, all eight bytes of it.
        const nonce = new Uint8Array(12);
        new DataView(nonce.buffer).setBigUint64(4, BigInt(first + i), true);
        const out = new Uint8Array(1);
        const header = datagram.subarray(0, 16);
        expect(crypto.open(key, nonce, header, datagram.subarray(16), out)).toBe(true);
        expect(out[0]).toBe(i);
      });
      // Newest first: what is late is on the other side of the edge.
      for (const i of [7, 6, 5, 4, 3, 2, 1, 0]) {
        expect(opened(b, datagrams[i] ?? new Uint8Array(33)), `${edge} ${i}`).toBe(i);
      }
      for (const datagram of datagrams) expect(opened(b, datagram)).toBe(undefined);
    }
  });

  it("a counter that differs in the upper word only is another one", () => {
    const { a, b } = createEnds();
    const low = sealed(a, 1);
    a.skipTo(2 ** 32);
    const high = sealed(a, 2);
    const swapped = low.slice();
    swapped.set(high.subarray(8, 16), 8);
    expect(opened(b, swapped)).toBe(undefined);
    expect(opened(b, low)).toBe(1);
    expect(opened(b, high)).toBe(2);
  });

  it("ends at 2^48: nothing is sealed with it, nothing beyond it is looked at", () => {
    const { a, b } = createEnds();
    a.skipTo(2 ** 48 - 1);
    expect(a.usable(0)).toBe(true);
    const last = sealed(a, 3);
    expect(a.usable(0)).toBe(false);
    expect(opened(b, last)).toBe(3);
    const beyond = sealed(createBeyond(), 4);
    expect(b.counterOf(beyond, 0)).toBe(-1);
  });

  it("never goes back", () => {
    const { a } = createEnds();
    a.skipTo(2 ** 40);
    expect(() => a.skipTo(2 ** 40 - 1)).toThrow(RangeError);
    expect(() => a.skipTo(Number.NaN)).toThrow(RangeError);
    expect(a.nextCounter()).toBe(2 ** 40);
  });

  it("ends at 180 s, and when it is wiped", () => {
    const { a, b } = createEnds();
    expect(a.usable(179_999)).toBe(true);
    expect(a.usable(180_000)).toBe(false);
    const datagram = sealed(a, 5);
    b.wipe();
    expect(b.usable(0)).toBe(false);
    expect(opened(b, datagram)).toBe(undefined);
  });
});

/** A session that seals with 2^48: only whoever breaks the rule has one. */
function createBeyond() {
  const { a } = createEnds();
  a.skipTo(2 ** 48);
  return a;
}
