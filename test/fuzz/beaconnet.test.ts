// SPDX-License-Identifier: GPL-3.0-or-later

// Control messages and packets of a hostile neighbour into a router of beaconnet that is in use:
// random ones, and real ones after accidents. What must hold: nothing throws, nobody is displaced,
// no forged router or node is reached, the tables stay inside their bounds, and the honest ways
// stay. FUZZ_INPUTS says how many; FUZZ_SEED which.

import { expect, it } from "vitest";
import { PURPOSES } from "../../server/src/identity/index.js";
import { beaconnet } from "../../server/src/network/beaconnet/index.js";
import {
  decodeMessage,
  encodeMessage,
  type Message,
  type RouteEntry,
} from "../../server/src/network/beaconnet/messages.js";
import { writeHeader } from "../../server/src/network/header.js";
import { encodeControl } from "../../server/src/network/locating/control-messages.js";
import { encodeBeacon } from "../../server/src/network/records/beacon.js";
import { createRouterLab, type LabNode } from "../../server/src/testing/index.js";
import { forgeAttach, forgeLocation } from "../unit/network/support.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? "20000");
const SEED = Number(process.env["FUZZ_SEED"] ?? "1");

it(`${INPUTS} inputs of a hostile neighbour leave the ways of the others as they are`, () => {
  const lab = createRouterLab(beaconnet.configure({}), SEED);
  const { random } = lab;
  const [a, b, c, evil] = ["a", "b", "c", "evil"].map((name) => lab.daemon(name));
  if (a === undefined || b === undefined || c === undefined || evil === undefined)
    throw new Error();
  lab.link(a, b);
  lab.link(b, c);
  lab.link(a, evil);
  const [alice, carol, nobody] = [lab.node(), lab.node(), lab.node()];
  a.open(alice);
  c.open(carol);
  lab.run(1_000);
  const high = 2 ** 50;
  const locations = [
    forgeLocation(lab, { node: carol, router: evil.self, seq: high, attachSigner: evil.self }),
    forgeLocation(lab, { node: alice, router: evil.self, seq: high, attachSigner: evil.self }),
    forgeLocation(lab, { node: nobody, router: b.self, seq: high, consentSigner: evil.self }),
    forgeLocation(lab, { node: carol, router: c.self, seq: high, consentSigner: evil.self }),
  ];
  const record = forgeAttach(lab, {
    node: carol,
    router: c.self,
    seq: high,
    kind: "detach",
    attachSigner: evil.self,
  });
  const beacon = (of: LabNode, signer: LabNode, seq: number): Uint8Array =>
    encodeBeacon(lab.tag, { publicKey: of.publicKey, seq, lifetimeSeconds: 60 }, (body) =>
      signer.sign(PURPOSES.beacon, body),
    );
  const beacons = [
    beacon(c.self, evil.self, high),
    beacon(a.self, evil.self, high),
    beacon(nobody, evil.self, high),
    beacon(evil.self, evil.self, high),
  ];
  const routers = [a.self, b.self, c.self, evil.self, nobody].map(({ address }) => address.bytes);
  const entry = (): RouteEntry => ({
    cost: random.oneIn(4) ? 0xffffffff : random.below(1_000_000),
    hops: random.below(70),
    secondsLeft: random.below(256),
    beacon: random.oneIn(2)
      ? random.pick(beacons)
      : { router: random.pick([...routers, random.bytes(32)]), seq: random.below(high) },
  });
  const carried = () =>
    random.pick([
      () => encodeControl({ type: "answer", query: 0, location: random.pick(locations) }),
      () => encodeControl({ type: "held", location: random.pick(locations) }),
      () => encodeControl({ type: "detach", record }),
      () => encodeControl({ type: "withdrawn", query: 0, address: carol.address.bytes }),
      () => encodeControl({ type: "query", query: 0, prefix: random.bytes(32), nbits: 256 }),
      () => random.bytes(1 + random.below(300)),
    ])();
  const message = (): Uint8Array => {
    const made: readonly (() => Message)[] = [
      () => ({ type: "routes", entries: Array.from({ length: 1 + random.below(4) }, entry) }),
      () => ({ type: "want", hopsLeft: random.below(65), router: random.pick(routers), seq: high }),
      () => ({
        type: "query",
        number: random.u32(),
        hopsLeft: random.below(65),
        flood: random.bytes(8),
        asker: random.pick([...routers, random.bytes(32)]),
        prefix: random.bytes(32),
        nbits: 256,
      }),
      () => ({
        type: "reply",
        number: random.below(100),
        last: random.oneIn(2),
        location: random.pick(locations),
      }),
      () => ({
        type: "carry",
        hopsLeft: random.below(65),
        to: random.pick(routers),
        from: random.pick(routers),
        message: carried(),
      }),
    ];
    return random.oneIn(6) ? random.bytes(random.below(500)) : encodeMessage(random.pick(made)());
  };
  const packet = (): Uint8Array => {
    const buffer = random.bytes(1_600);
    const location = random.oneIn(2) ? random.pick(locations) : new Uint8Array(0);
    const router = random.oneIn(2) ? random.pick(routers) : new Uint8Array(0);
    const to = random.pick([alice, carol, nobody]).address.bytes;
    const from = random.pick([alice, carol, evil.self]).address.bytes;
    const hops = 1 + random.below(70);
    return buffer.slice(writeHeader(buffer, 1_500, hops, to, from, location, router));
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
    if (i % 2_000 === 1_000) {
      expect(a.find(carol.address.bytes, 256)?.address.equals(carol.address)).toBe(true);
      expect(a.router.explain(carol.address.bytes, 0).nextHop).toEqual(b.self.address.bytes);
      expect(a.reaches(nobody)).toBe(false);
    }
  }
  expect(a.moved).toEqual([]);
  expect(c.moved).toEqual([]);
  for (const name of ["controlInvalid", "locationsInvalid", "beaconsInvalid"]) {
    expect(a.router.counters[name], name).toBeGreaterThan(10);
  }
});

it("what decodes encodes to the same bytes", () => {
  const lab = createRouterLab(beaconnet.configure({}), SEED);
  const { random } = lab;
  let decoded = 0;
  for (let i = 0; i < INPUTS; i++) {
    const bytes = random.bytes(random.oneIn(3) ? 42 : random.below(110));
    bytes[0] = random.below(7);
    if (bytes[0] === 3) bytes.fill(0, 46, 48);
    const message = decodeMessage(bytes);
    if (message === undefined) continue;
    decoded += 1;
    if (message.type === "want" && message.seq > 2 ** 53) continue;
    expect(encodeMessage(message)).toEqual(bytes);
  }
  expect(decoded).toBeGreaterThan(INPUTS / 20);
});
