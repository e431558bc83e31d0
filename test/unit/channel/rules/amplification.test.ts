// SPDX-License-Identifier: GPL-3.0-or-later

// F1, C8, S12: an address that has not proved that it receives is sent no more than came from it.

import { describe, expect, it } from "vitest";
import { createCertificateVerifier } from "../../../../server/src/channel/index.js";
import { createIdentities } from "../../../../server/src/identity/index.js";
import {
  type ChannelLab,
  createChannelLab,
  type LabHost,
  type LabSource,
} from "../../../support/channel-lab.js";
import { createHandmadeInitiator, createSigner } from "../../../support/handmade-handshake.js";
import { createLargeSigner, createLargeVerifier } from "../../../support/large-identity.js";
import { LAYERS, strangerAt, text } from "./scene.js";

/** Bob, with a key and a signature of so many bytes; 32 and 64 are those that he has usually. */
function bobOf(lab: ChannelLab, keyBytes: number): LabHost {
  const { keys } = createIdentities(lab.crypto, lab.random);
  const verify = createLargeVerifier(lab.crypto, 200, createCertificateVerifier(keys));
  if (keyBytes === 32) return lab.host("bob", { verify });
  const sizes = { keyBytes, signatureBytes: keyBytes };
  return lab.host("bob", { signer: createLargeSigner(lab.crypto, lab.random, sizes), verify });
}
/** What whoever knows bob's address, and has watched, can send without receiving anything. */
function fodder(lab: ChannelLab, bob: LabHost, from: LabSource): readonly Uint8Array[] {
  const knock = (flags: number) =>
    createHandmadeInitiator(lab, {
      responder: bob.credentials.address,
      initiator: from.bytes,
      flags,
    });
  const plain = knock(0);
  const flagged = knock(1);
  const seen = lab.sent.filter(({ to }) => to === bob.source).map(({ bytes }) => bytes);
  const data = new Uint8Array(32 + lab.random.below(100));
  lab.random.fill(data);
  data.set([0x55, 0, 0, 0]);
  return [
    plain.message1,
    plain.message1,
    plain.withCookie(lab.random.bytes(16)),
    flagged.message1,
    flagged.withCookie(lab.random.bytes(16)),
    data,
    data.subarray(0, 32),
    ...Array.from({ length: 8 }, () => lab.random.pick(seen)),
  ];
}

describe.each(LAYERS)("bytes to the unproven in the %s layer", (layer) => {
  it.each([32, 500, 530, 1_500])(
    "unproven-bytes-out-never-exceed-in: keys of %i bytes",
    (bytes) => {
      const lab = createChannelLab({ layer });
      const bob = bobOf(lab, bytes);
      const { keys } = createIdentities(lab.crypto, lab.random);
      const verify = createLargeVerifier(lab.crypto, 200, createCertificateVerifier(keys));
      const alice = lab.host("alice", { signer: createSigner(lab), verify });
      alice.send(bob, text("something to watch"));
      lab.run(500);
      alice.restart();
      alice.send(bob, text("and to hint at"));
      lab.run(20);
      const into = new Map<string, number>();
      const out = new Map<string, number>();
      const add = (sums: Map<string, number>, name: string, more: number): number => {
        const sum = (sums.get(name) ?? 0) + more;
        sums.set(name, sum);
        return sum;
      };
      lab.fate = ({ to, bytes: datagram }) => {
        // Alice's handshake stays half-open: what she sent may be sent by others meanwhile.
        if (!to.name.startsWith("stranger")) return datagram[0] === 0x53 ? [] : [{ delayMs: 10 }];
        const sum = add(out, to.name, datagram.length);
        if (sum > (into.get(to.name) ?? 0)) throw new Error(`${to.name} got more than it sent`);
        return [];
      };
      for (let i = 0; i < 75; i++) {
        const from = strangerAt(lab, `stranger ${i}`);
        // Every third sends all there is, the others one thing each: nothing makes up for another.
        const all = fodder(lab, bob, from);
        for (const datagram of i % 3 === 0 ? all : [all[i % all.length] ?? new Uint8Array()]) {
          add(into, from.name, datagram.length);
          lab.inject(bob, datagram, from);
          lab.run(1);
        }
        lab.run(lab.random.below(200));
      }
      lab.run(12_000);
      expect([...out.values()].length).toBeGreaterThan(40);
    },
  );

  it.each([32, 1_500])(
    "unproven-bytes-out-never-exceed-in: a copied message 2, keys of %i bytes",
    (keyBytes) => {
      const lab = createChannelLab({ layer });
      const verify = () => true;
      const bob = lab.host("bob", { verify });
      const sizes = { keyBytes, signatureBytes: keyBytes };
      const signer =
        keyBytes === 32 ? createSigner(lab) : createLargeSigner(lab.crypto, lab.random, sizes);
      const alice = lab.host("alice", { signer, verify });
      const victim = layer === "link" ? lab.source("victim") : { ...bob.source, name: "victim" };
      let into = 0;
      let out = 0;
      lab.fate = ({ to, bytes }) => {
        if (to === victim) out += bytes.length;
        if (to === victim || bytes[0] !== 0x52) return [{ delayMs: 10 }];
        // The copy is there first, with the victim's address on it.
        into += bytes.length;
        return [{ delayMs: 5, from: victim }, { delayMs: 10 }];
      };
      for (let i = 0; i < 8; i++) alice.send(bob, new Uint8Array(1_000).fill(i));
      lab.run(6_000);
      expect(into).toBeGreaterThan(0);
      expect(out).toBeLessThanOrEqual(into);
      // And it did not even keep the first messages from bob.
      expect(bob.arrivals.length).toBe(8);
    },
  );
});
