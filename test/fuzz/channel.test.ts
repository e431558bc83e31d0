// SPDX-License-Identifier: GPL-3.0-or-later

// Bytes from strangers into every decoder of the channel, and into a channel that is in use. What
// must hold: nothing throws, no table grows beyond its bound, and the honest go on talking.
// FUZZ_INPUTS says how many inputs each of the three gets; FUZZ_SEED which.

import { describe, expect, it } from "vitest";
import {
  cookieReplyReceiver,
  openCookieReply,
} from "../../server/src/channel/wire/cookie-reply.js";
import { encodeMessage } from "../../server/src/channel/wire/fragments.js";
import { readHandshakeHeader } from "../../server/src/channel/wire/handshake-header.js";
import { decodeHint } from "../../server/src/channel/wire/hint.js";
import {
  checkMac1,
  checkMac2,
  responderKeys,
  writeMac1,
} from "../../server/src/channel/wire/message1.js";
import { decodePayload, encodePayload } from "../../server/src/channel/wire/payload.js";
import { writeU32, writeU64 } from "../../server/src/core/index.js";
import { selectCrypto } from "../../server/src/crypto/index.js";
import type { LabHost } from "../support/channel-lab.js";
import { createHandmadeInitiator, payloadOf } from "../support/handmade-handshake.js";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.js";
import {
  createScene,
  exchange,
  LAYERS,
  type Scene,
  sourceOf,
  strangerAt,
} from "../unit/channel/rules/scene.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? "7000");
const SEED = Number(process.env["FUZZ_SEED"] ?? "1");
const BATCH = 500;
const TIMEOUT_MS = 30_000 + INPUTS * 2;
const DEPTHS = [
  "message1Answered",
  "handshakesCompleted",
  "droppedMalformed",
  "droppedWrongMac1",
  "droppedFragment",
  "droppedUnexpected",
  "droppedHandshake",
  "droppedUnknownIndex",
  "droppedReplay",
  "droppedNotAuthentic",
] as const;

/** A copy after one to four accidents: bytes changed, cut off, put in, taken out, said twice. */
function mutated(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(random.oneIn(2) ? Math.min(16, out.length + 1) : out.length + 1);
    const kind = random.below(7);
    if (kind < 2) out.fill(random.u32(), at, at + 1);
    else if (kind === 2) out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
    else if (kind === 3) out = out.slice(0, at);
    else if (kind === 4) out = Uint8Array.from([...out, ...random.bytes(random.below(20))]);
    else if (kind === 5) out.set(random.bytes(Math.min(4, out.length - at)), at);
    else out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + random.below(9))]);
  }
  return out;
}
function noise(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(random.pick([0, 1, 11, 12, 16, 31, 32, 64, 237, 512, 1_200, 1_300]));
  if (bytes.length > 0 && !random.oneIn(4)) bytes[0] = 0x50 + random.below(8);
  if (bytes.length > 3 && random.oneIn(2)) bytes.set([1, 0x01, 0], 1);
  return bytes;
}

describe("fuzz of the decoders of the channel", () => {
  it(`throws at nothing, and reads back what it read (${INPUTS} inputs, seed ${SEED})`, {
    timeout: TIMEOUT_MS,
  }, () => {
    const random = createSeededRandom(SEED);
    const crypto = selectCrypto();
    const key = random.bytes(32);
    const payload = encodePayload({
      sender: 7,
      notAfter: random.bytes(8),
      publicKey: random.bytes(33),
      signature: random.bytes(64),
      extraStatics: Uint8Array.of(9, 0, 1, 0, 5),
    });
    let read = 0;
    for (let i = 0; i < INPUTS; i++) {
      const bytes = random.oneIn(2) ? noise(random) : mutated(random, payload);
      readHandshakeHeader(bytes);
      decodeHint(bytes);
      if (cookieReplyReceiver(bytes) !== undefined) {
        expect(openCookieReply(crypto, key, key.subarray(16), bytes)).toBeUndefined();
      }
      if (bytes.length >= 44) {
        expect(checkMac1(crypto, key, bytes)).toBe(false);
        expect(checkMac2(crypto, key, bytes)).toBe(false);
      }
      const said = decodePayload(bytes);
      if (said === undefined) continue;
      read += 1;
      const again = decodePayload(encodePayload(said));
      const parts = [said, again].map((one) => [
        one?.sender,
        one?.extras,
        Buffer.from(one?.publicKey ?? []).toString("hex"),
        Buffer.from(one?.signature ?? []).toString("hex"),
      ]);
      expect(parts[0]).toEqual(parts[1]);
    }
    expect(read).toBeGreaterThan(INPUTS / 100);
  });
});

/** A handshake by hand with a payload that went wrong before it was sealed. */
function spoiledHandshake(scene: Scene, random: SeededRandom): void {
  const { lab, bob, aliceSigner, bobSigner, mallorySigner } = scene;
  const from = sourceOf(lab, "alice's place", aliceSigner.address);
  const places = { responder: bobSigner.address, initiator: aliceSigner.address };
  const by = createHandmadeInitiator(lab, places);
  const before = lab.sent.length;
  bob.receive(by.message1, from);
  const answer = lab.sent.slice(before).find(({ bytes }) => bytes[0] === 0x52);
  const read = answer === undefined ? undefined : by.read(answer.bytes);
  if (read === undefined) return;
  // Not signed by alice, or it would be another alice where no signed byte was changed.
  const parts = { sender: by.index, staticKey: by.s.publicKey, signedBy: mallorySigner };
  const payload = mutated(random, payloadOf(lab, aliceSigner, parts));
  for (const datagram of by.write(payload, read.sender)) bob.receive(datagram, from);
}

describe.each(LAYERS)("fuzz of a channel that is in use (%s)", (layer) => {
  it(`goes on talking (${INPUTS} inputs, seed ${SEED})`, { timeout: TIMEOUT_MS }, () => {
    const random = createSeededRandom(SEED + (layer === "link" ? 1_000 : 2_000));
    const scene = createScene({ layer, seed: SEED });
    const { lab, alice, bob, mallory } = scene;
    exchange(scene, "at first");
    const corpus = lab.sent.map(({ bytes }) => bytes);
    const cookies = strangerAt(lab, "in a hurry");
    for (let i = 0; i < 10; i++) bob.receive(corpus[0] ?? new Uint8Array(), cookies);
    const keys = [alice, bob].map(
      (host) => responderKeys(lab.crypto, host.credentials.address).mac1,
    );
    const hosts: readonly LabHost[] = [alice, bob];
    /** Data for the session that this host seals for now, with a counter that may come. */
    const forgedData = (of: LabHost): Uint8Array => {
      const channel = of.channelTo(of === alice ? bob : alice);
      const bytes = random.bytes(32 + random.below(100));
      bytes.set([0x55, 0, 0, 0]);
      writeU32(bytes, 4, channel.sendingIndex());
      writeU64(bytes, 8, channel.sealedCounter() + random.below(9));
      return bytes;
    };
    const one = (): Uint8Array => {
      const kind = random.below(10);
      if (kind === 0) return noise(random);
      const base = random.pick(corpus);
      if (kind === 1) return base.slice();
      if (kind === 2) return forgedData(random.oneIn(2) ? alice : bob);
      const bytes = mutated(random, base);
      // Message 1 from who knows the address, and message 2 and 3 in fragments.
      if (kind < 6 && base[0] === 0x51 && bytes.length >= 64) {
        writeMac1(lab.crypto, random.pick(keys), bytes);
      }
      if (kind === 7 && (base[0] === 0x52 || base[0] === 0x53)) {
        const [sender, receiver] = [4, 8].map((at) => Buffer.from(base).readUInt32LE(at));
        const to = { sender: sender ?? 0, receiver: receiver ?? 0 };
        // Or fragments of a message 3 that answers this message 2.
        const back = { sender: to.receiver, receiver: to.sender };
        const message = random.bytes(3_000);
        return random.pick(
          random.oneIn(2)
            ? encodeMessage(base[0], to, message, true)
            : encodeMessage(0x53, back, message, true),
        );
      }
      return bytes;
    };
    for (let done = 0; done < INPUTS; done += BATCH) {
      for (let i = 0; i < BATCH; i++) {
        const host = random.pick(hosts);
        const from = random.pick([alice.source, bob.source, mallory, strangerAt(lab, `s ${i}`)]);
        host.receive(one(), from);
        if (random.oneIn(50)) spoiledHandshake(scene, random);
        if (random.oneIn(3)) lab.run(random.below(20));
      }
      for (const { endpoint } of hosts) {
        expect(endpoint.halfOpen()).toBeLessThanOrEqual(lab.rules.halfOpen);
        expect(endpoint.indices()).toBeLessThanOrEqual(endpoint.halfOpen() + 5);
        expect(endpoint.fragmentBytes()).toBeLessThanOrEqual(4 * 1024 * 1024);
      }
      exchange(scene, `after ${done}`);
      const fresh = lab.sent.splice(0).map(({ bytes }) => bytes);
      corpus.push(...fresh.filter(({ [0]: type }) => type !== 0x55 || random.oneIn(20)));
      corpus.splice(5, Math.max(0, corpus.length - 200));
    }
    lab.run(11_000);
    expect(alice.endpoint.halfOpen() + bob.endpoint.halfOpen()).toBe(0);
    exchange(scene, "at last");
    // It went as deep as it can.
    const { counters } = bob.endpoint;
    for (const name of DEPTHS) expect([name, counters[name] > 0]).toEqual([name, true]);
  });
});
