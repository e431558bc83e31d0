// SPDX-License-Identifier: GPL-3.0-or-later

// Control messages and packets of a hostile neighbour into a router that is in use: random ones,
// and real ones after accidents. What must hold: nothing throws, nobody is displaced, nothing
// forged is reached, and the next question is answered. FUZZ_INPUTS says how many; FUZZ_SEED which.

import { expect, it } from "vitest";
import { writeHeader } from "../../server/src/network/header.js";
import {
  decodeControl,
  encodeControl,
} from "../../server/src/network/locating/control-messages.js";
import { createOnehopLab, forgeAttach, forgeLocation } from "../unit/network/support.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? "20000");
const SEED = Number(process.env["FUZZ_SEED"] ?? "1");

it(`${INPUTS} inputs of a hostile neighbour change nothing for the others`, () => {
  const lab = createOnehopLab(SEED);
  const { random } = lab;
  const a = lab.daemon("a");
  const b = lab.daemon("b");
  const evil = lab.daemon("evil");
  lab.link(a, b);
  lab.link(a, evil);
  const [alice, bob, carol] = [lab.node(), lab.node(), lab.node()];
  a.open(alice);
  b.open(bob);
  const high = 2 ** 50;
  const forgeries = [
    forgeLocation(lab, { node: bob, router: evil.self, seq: high, attachSigner: evil.self }),
    forgeLocation(lab, { node: alice, router: evil.self, seq: high, attachSigner: evil.self }),
    forgeLocation(lab, { node: carol, router: evil.self, seq: 5 }),
    forgeLocation(lab, { node: carol, router: b.self, seq: high, consentSigner: evil.self }),
  ];
  const detach = forgeAttach(lab, {
    node: bob,
    router: evil.self,
    seq: high,
    kind: "detach",
    attachSigner: evil.self,
  });
  const message = (): Uint8Array => {
    const location = random.pick(forgeries);
    const query = random.below(30);
    switch (random.below(7)) {
      case 0:
        return encodeControl({
          type: "query",
          query,
          prefix: random.bytes(32),
          nbits: random.below(257),
        });
      case 1:
        return encodeControl({ type: "answer", query, location });
      case 2:
        return encodeControl({ type: "no", query });
      case 3:
        return encodeControl({ type: "held", location });
      case 4:
        return encodeControl({ type: "detach", record: detach });
      case 5:
        return encodeControl({ type: "withdrawn", query: 0, address: bob.address.bytes });
      default:
        return random.bytes(random.below(500));
    }
  };
  const packet = (): Uint8Array => {
    const buffer = random.bytes(1_500);
    const location = random.oneIn(2) ? random.pick(forgeries) : new Uint8Array(0);
    const source = random.pick([bob, carol, alice, lab.random.oneIn(2) ? evil.self : bob]);
    const to = random.oneIn(5) ? bob : alice;
    const at = writeHeader(buffer, 1_400, 1, to.address.bytes, source.address.bytes, location);
    return buffer.slice(at);
  };
  const accident = (bytes: Uint8Array): Uint8Array => {
    if (random.oneIn(3) || bytes.length === 0) return bytes;
    for (let times = 1 + random.below(3); times > 0; times--) {
      bytes[random.below(bytes.length)] = random.u32();
    }
    return random.oneIn(4) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
  };
  for (let i = 0; i < INPUTS; i++) {
    if (random.oneIn(3)) a.carry(evil, accident(packet()));
    else a.hear(evil, accident(message()));
    if (random.oneIn(20)) lab.run(random.below(100));
    if (i % 2_000 === 0) {
      expect(a.find(bob.address.bytes, 256)?.address.equals(bob.address)).toBe(true);
      expect(a.router.explain(bob.address.bytes, 0).nextHop).toEqual(b.self.address.bytes);
    }
  }
  expect(a.moved).toEqual([]);
  expect(a.router.counters["controlInvalid"]).toBeGreaterThan(INPUTS / 50);
  expect(a.router.counters["locationsInvalid"]).toBeGreaterThan(INPUTS / 50);
});

it("what decodes encodes to the same bytes", () => {
  const lab = createOnehopLab(SEED);
  let decoded = 0;
  for (let i = 0; i < INPUTS; i++) {
    const bytes = lab.random.bytes(lab.random.below(45));
    bytes[0] = lab.random.below(9);
    const message = decodeControl(bytes);
    if (message === undefined) continue;
    decoded += 1;
    expect(encodeControl(message)).toEqual(bytes);
  }
  expect(decoded).toBeGreaterThan(INPUTS / 10);
});
