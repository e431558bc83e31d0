// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { writeHeader } from "../../../../server/src/network/header.js";
import { TO_LOCAL } from "../../../../server/src/network/router.js";
import { createOnehopLab, forgeLocation, typesSent } from "../support.js";

describe("claimed-source-causes-no-lookup", () => {
  const NOTHING = new Uint8Array(0);
  function create() {
    const lab = createOnehopLab();
    const a = lab.daemon("a");
    const evil = lab.daemon("evil");
    const other = lab.daemon("other");
    lab.link(a, evil);
    lab.link(a, other);
    const alice = lab.node();
    a.open(alice);
    const packet = (source: Uint8Array, location: Uint8Array): Uint8Array => {
      const buffer = new Uint8Array(2_000);
      const at = writeHeader(buffer, 1_500, 1, alice.address.bytes, source, location);
      return buffer.subarray(at);
    };
    return { lab, a, evil, other, packet };
  }

  it("without a location: delivered, nobody asked, nothing reached", () => {
    const { lab, a, evil, packet } = create();
    const victim = lab.node();
    expect(a.carry(evil, packet(victim.address.bytes, NOTHING))).toBe(TO_LOCAL);
    lab.run(5_000);
    expect(lab.carried).toEqual([]);
    expect(a.reaches(victim)).toBe(false);
  });

  it("with a location that is none, or another node's, or another router's", () => {
    const { lab, a, evil, other, packet } = create();
    const victim = lab.node();
    const mine = lab.node();
    const locations = [
      lab.random.bytes(300),
      forgeLocation(lab, { node: mine, router: evil.self, seq: 3 }),
      forgeLocation(lab, { node: victim, router: other.self, seq: 3 }),
      forgeLocation(lab, { node: victim, router: evil.self, seq: 3, attachSigner: mine }),
    ];
    for (const location of locations) {
      a.carry(evil, packet(victim.address.bytes, location));
      lab.run(1_000);
      expect(a.reaches(victim)).toBe(false);
      expect(a.reaches(mine)).toBe(false);
    }
    expect(lab.carried).toEqual([]);
    expect(a.router.counters["locationsInvalid"]).toBe(4);
  });

  it("its own location is taken, and still nobody is asked", () => {
    const { lab, a, evil, other, packet } = create();
    const mine = lab.node();
    const location = forgeLocation(lab, { node: mine, router: evil.self, seq: 3 });
    a.carry(evil, packet(mine.address.bytes, location));
    expect(a.reaches(mine)).toBe(true);
    lab.run(1_000);
    expect(typesSent(lab, a, other)).toEqual([]);
    expect(typesSent(lab, a, evil)).toEqual([]);
  });
});
