// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { matchesPrefix } from "../../../../server/src/identity/index.js";
import { createAddressOrder } from "../../../../server/src/network/locating/address-order.js";
import {
  createLocations,
  type HeldLocation,
} from "../../../../server/src/network/locating/locations.js";
import { decodeAttach, encodeAttach } from "../../../../server/src/network/records/attach.js";
import { createSeededRandom } from "../../../support/seeded-random.js";

const tag = new Uint8Array(32);
const fields = { kind: "attach", router: tag, seq: 1, lifetimeSeconds: 1 } as const;
const record = encodeAttach(tag, { ...fields, publicKey: tag }, () => tag);

function held(address: Uint8Array, holder: string): HeldLocation {
  const attach = decodeAttach(tag, record);
  if (attach === undefined) throw new Error("the record does not decode");
  return {
    address,
    holder,
    attach,
    attachUntilMs: 0,
    consent: undefined,
    routerKey: tag,
    consentUntilMs: 0,
    counts: true,
    via: undefined,
    usedMs: 0,
    renewedMs: 0,
    renewal: 0,
  };
}

describe("locations", () => {
  it("are shared equally: who takes most loses its oldest (R4)", () => {
    const random = createSeededRandom(1);
    const locations = createLocations(random, 100);
    const heldBy = (name: string) => [...locations.all()].filter(({ holder }) => holder === name);
    const good = Array.from({ length: 30 }, () => held(random.bytes(32), "good"));
    for (const each of good) locations.put(each);
    for (let i = 0; i < 10_000; i++) locations.put(held(random.bytes(32), "evil"));
    expect(locations.size()).toBe(100);
    for (const each of good) expect(locations.get(each.address, 0)).toBe(each);
    expect(heldBy("evil")).toHaveLength(70);
    for (let i = 0; i < 1_000; i++) locations.put(held(random.bytes(32), "third"));
    expect(heldBy("good").length).toBeGreaterThanOrEqual(29);
    expect(heldBy("third").length).toBeLessThanOrEqual(36);
  });

  it("one that is touched is not the oldest", () => {
    const random = createSeededRandom(2);
    const locations = createLocations(random, 3);
    const all = Array.from({ length: 4 }, () => held(random.bytes(32), "one"));
    const [first, second, third, fourth] = all;
    for (const each of [first, second, third]) if (each !== undefined) locations.put(each);
    if (first !== undefined) locations.touch(first);
    if (fourth !== undefined) locations.put(fourth);
    expect(all.map((each) => locations.get(each.address, 0) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe("the order of addresses", () => {
  it("finds what looking at all finds", () => {
    const random = createSeededRandom(4);
    const order = createAddressOrder<{ readonly address: Uint8Array }>();
    const all: { readonly address: Uint8Array }[] = [];
    const draw = () => {
      const address = random.bytes(32);
      if (random.oneIn(2)) address[0] = random.below(3);
      return address;
    };
    for (let i = 0; i < 3_000; i++) {
      if (all.length > 0 && random.oneIn(3)) {
        const [gone] = all.splice(random.below(all.length), 1);
        if (gone !== undefined) order.remove(gone.address);
      } else {
        const value = { address: draw() };
        all.push(value);
        order.add(value);
      }
      const nbits = random.oneIn(4) ? 256 : random.below(12);
      const prefix = random.oneIn(2) && all.length > 0 ? random.pick(all).address : draw();
      const fits = ({ address }: { readonly address: Uint8Array }) => (address[31] ?? 0) > 50;
      const slow = all
        .filter((value) => matchesPrefix(value.address, prefix, nbits) && fits(value))
        .sort((a, b) => Buffer.compare(a.address, b.address))[0];
      expect(order.first(prefix, nbits, fits)).toBe(slow);
    }
  });
});
