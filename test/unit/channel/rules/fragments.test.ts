// SPDX-License-Identifier: GPL-3.0-or-later

// F1, F2: identities that do not fit a datagram, on links of 1,200 bytes.

import { describe, expect, it } from "vitest";
import { createCertificateVerifier, type Signer } from "../../../../server/src/channel/index.js";
import { encodeMessage } from "../../../../server/src/channel/wire/fragments.js";
import { createIdentities } from "../../../../server/src/identity/index.js";
import { type ChannelLab, createChannelLab, type LabHost } from "../../../support/channel-lab.js";
import { createSigner } from "../../../support/handmade-handshake.js";
import { createLargeSigner, createLargeVerifier } from "../../../support/large-identity.js";
import { first, heard, sentBy, text } from "./scene.js";

const LARGE = { keyBytes: 2_048, signatureBytes: 3_072 };
type Size = "large" | "small";

interface Ends {
  readonly lab: ChannelLab;
  readonly alice: LabHost;
  readonly bob: LabHost;
}

/** Alice and bob on a link, with identities of these sizes. */
function ends(aliceIs: Size, bobIs: Size, seed = 1): Ends {
  const lab = createChannelLab({ seed });
  const { keys } = createIdentities(lab.crypto, lab.random);
  const verify = createLargeVerifier(lab.crypto, 1_000, createCertificateVerifier(keys));
  const signer = (size: Size): Signer =>
    size === "large" ? createLargeSigner(lab.crypto, lab.random, LARGE) : createSigner(lab);
  const alice = lab.host("alice", { signer: signer(aliceIs), verify });
  const bob = lab.host("bob", { signer: signer(bobIs), verify });
  return { lab, alice, bob };
}
/** One more identity of the large kind. */
function largeIdentity(lab: ChannelLab) {
  const { keys } = createIdentities(lab.crypto, lab.random);
  const verify = createLargeVerifier(lab.crypto, 1_000, createCertificateVerifier(keys));
  return { signer: createLargeSigner(lab.crypto, lab.random, LARGE), verify };
}
const isFragment = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x52 || bytes[0] === 0x53) && bytes[2] !== 0x01;
/** Both sides hear each other. */
function expectTalk({ lab, alice, bob }: Ends, withinMs: number): void {
  alice.send(bob, text("hello"));
  lab.runUntil("hello arrives", () => bob.arrivals.length === 1, withinMs);
  bob.send(alice, text("hi"));
  lab.runUntil("hi arrives", () => alice.arrivals.length === 1, 100);
  lab.run(1_000);
  expect([heard(bob), heard(alice)]).toEqual([["hello"], ["hi"]]);
}

describe("large identities", () => {
  it.each([
    ["large", "large"],
    ["large", "small"],
    ["small", "large"],
  ] as const)("large-identity-on-1200-byte-link: %s to %s", (aliceIs, bobIs) => {
    const scene = ends(aliceIs, bobIs);
    const { lab, alice, bob } = scene;
    // A round trip for the cookie, and the usual one and a half.
    expectTalk(scene, 51);
    expect(lab.sent.every(({ bytes }) => bytes.length <= 1_200)).toBe(true);
    const count = (host: LabHost, type: number) => sentBy(lab, host, type).length;
    expect(count(bob, 0x54)).toBe(1);
    expect(count(bob, 0x52)).toBe(bobIs === "large" ? 5 : 1);
    expect(count(alice, 0x53)).toBe(aliceIs === "large" ? 5 : 1);
    expect([alice.endpoint.fragmentBytes(), bob.endpoint.fragmentBytes()]).toEqual([0, 0]);
    expect(sentBy(lab, alice, 0x51).map((bytes) => bytes[3])).toEqual(
      aliceIs === "large" ? [1, 1] : [0, 0],
    );
  });

  it("large-identity-on-1200-byte-link: with every fragment in every order, and some twice", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const scene = ends("large", "large", seed);
      const { lab } = scene;
      lab.fate = ({ bytes }) => {
        if (bytes[0] === 0x55) return [{ delayMs: 30 }];
        const delays = [lab.random.below(15)];
        if (lab.random.oneIn(4)) delays.push(lab.random.below(20));
        return delays.map((delayMs) => ({ delayMs }));
      };
      expectTalk(scene, 1_500);
    }
  });

  it("large-identity-on-1200-byte-link: whatever the size, not one byte above the answer's limit", () => {
    // Around the sizes at which message 2 just fits one fragment, and one datagram.
    for (let keyBytes = 1_000; keyBytes < 1_080; keyBytes++) {
      const lab = createChannelLab();
      const verify = createLargeVerifier(lab.crypto, 0, () => false);
      const host = (name: string) =>
        lab.host(name, {
          signer: createLargeSigner(lab.crypto, lab.random, { keyBytes, signatureBytes: 32 }),
          verify,
        });
      const [alice, bob] = [host("alice"), host("bob")];
      alice.send(bob, text("hello"));
      lab.run(21);
      const answered = lab.sent.filter(({ from, atMs }) => from === bob.source && atMs <= 10);
      const answerBytes = answered.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(answerBytes).toBeLessThanOrEqual(1_200);
      expect(answered.some(({ bytes }) => isFragment(bytes))).toBe(false);
      lab.run(500);
      expect(heard(bob)).toEqual(["hello"]);
    }
  });

  it("fragment-before-cookie-refused", () => {
    // Bob is asked for nothing but what fits; whoever sends him fragments of message 3 is unheard.
    const small = ends("small", "small");
    small.lab.fate = ({ bytes }) => (bytes[0] === 0x53 ? [] : [{ delayMs: 10 }]);
    small.alice.send(small.bob, text("hello"));
    small.lab.run(100);
    const message3 = first(sentBy(small.lab, small.alice, 0x53));
    const padded = new Uint8Array(3_000);
    padded.set(message3.subarray(12));
    const header = { sender: readIndex(message3, 4), receiver: readIndex(message3, 8) };
    for (const bytes of encodeMessage(0x53, header, padded, true)) {
      small.lab.inject(small.bob, bytes, small.alice.source);
    }
    small.lab.run(10);
    expect(small.bob.endpoint.fragmentBytes()).toBe(0);
    expect(small.bob.endpoint.counters.droppedFragment).toBe(3);
    // Alice has shown nobody a cookie: she takes no fragments of message 2.
    const large = ends("small", "large");
    large.lab.fate = () => [];
    large.alice.send(large.bob, text("hello"));
    const message1 = first(sentBy(large.lab, large.alice, 0x51));
    const to = { sender: 7, receiver: readIndex(message1, 4) };
    for (const bytes of encodeMessage(0x52, to, padded, true)) {
      large.lab.inject(large.alice, bytes, large.bob.source);
    }
    large.lab.run(10);
    expect(large.alice.endpoint.fragmentBytes()).toBe(0);
    expect(large.alice.endpoint.counters.droppedFragment).toBe(3);
    // And bob gives none for a message 1 without one, be it new or repeated.
    for (let i = 0; i < 5; i++) large.lab.inject(large.bob, message1, large.alice.source, i);
    large.lab.run(10);
    expect(sentBy(large.lab, large.bob, 0x52)).toEqual([]);
    expect(sentBy(large.lab, large.bob, 0x54).length).toBe(5);
  });

  it("fragments-of-one-handshake-push-out-no-others", () => {
    const { lab, alice, bob } = ends("large", "small");
    const { verify, signer } = largeIdentity(lab);
    const mallory = lab.host("mallory", { signer, verify });
    lab.fate = ({ from, bytes }) =>
      from.name === "mallory" && bytes[0] === 0x53 ? [] : [{ delayMs: 10 }];
    mallory.send(bob, text("never said"));
    lab.run(100);
    const own = first(sentBy(lab, mallory, 0x53));
    const { droppedHandshake } = bob.endpoint.counters;
    // Mallory's handshake is his own; that alice sends these is what he says.
    lab.fate = ({ from, bytes }) => {
      if (bytes[0] === 0x55) return [{ delayMs: 70 }];
      if (from.name !== "alice" || !isFragment(bytes)) return [{ delayMs: 10 }];
      for (let i = 0; i < 20; i++) {
        const forged = own.slice();
        if (i >= 10) forged.set(lab.random.bytes(4), 4);
        // The first of two to fifteen.
        forged[2] = 2 + lab.random.below(14);
        lab.inject(bob, forged, alice.source, 10 + 10 * ((bytes[2] ?? 0) >> 4) - 1);
      }
      return [{ delayMs: 10 + 10 * ((bytes[2] ?? 0) >> 4) }];
    };
    alice.send(bob, text("hello"));
    lab.runUntil("hello arrives", () => bob.arrivals.length === 1, 150);
    // What has a wrong index is not kept at all.
    expect(bob.endpoint.counters.droppedHandshake - droppedHandshake).toBeGreaterThanOrEqual(50);
    expect(bob.endpoint.counters.droppedFragment).toBeGreaterThan(0);
  });

  it("poisoned-fragment-recovers", () => {
    const scene = ends("large", "large");
    const { lab, alice, bob } = scene;
    const poisoned = new Map<number, number>();
    lab.fate = ({ bytes }) => {
      const type = bytes[0] ?? 0;
      if (!isFragment(bytes)) return [{ delayMs: 10 }];
      const times = poisoned.get(type) ?? 0;
      if ((bytes[2] ?? 0) >> 4 !== 2 || times >= 2) return [{ delayMs: 10 }];
      poisoned.set(type, times + 1);
      const poison = bytes.map((byte, i) => (i < 12 ? byte : byte ^ 0xff));
      return [{ delayMs: 5, bytes: poison }, { delayMs: 10 }];
    };
    expectTalk(scene, 4_000);
    expect([...poisoned]).toEqual([
      [0x52, 2],
      [0x53, 2],
    ]);
    expect(alice.endpoint.counters.droppedHandshake).toBeGreaterThanOrEqual(1);
    expect(bob.endpoint.counters.droppedHandshake).toBeGreaterThanOrEqual(1);
    // One handshake it was: neither side began another.
    expect(new Set(sentBy(lab, alice, 0x51).map((bytes) => readIndex(bytes, 4))).size).toBe(1);
    expect(new Set(sentBy(lab, bob, 0x52).map((bytes) => readIndex(bytes, 4))).size).toBe(1);
  });
});

const readIndex = (bytes: Uint8Array, at: number): number => Buffer.from(bytes).readUInt32LE(at);
