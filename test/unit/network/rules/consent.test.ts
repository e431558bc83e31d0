// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createOnehopLab, type Forgery, forgeLocation, say, typesSent } from "../support.js";

describe("attach-without-router-consent-ignored", () => {
  const rows: readonly [string, (lab: Lab) => Partial<Forgery>][] = [
    [
      "a consent signed by a stranger, with the stranger's key",
      ({ stranger }) => ({
        consentSigner: stranger,
      }),
    ],
    [
      "a consent signed by a stranger, with the router's key",
      ({ stranger, evil }) => ({
        consentSigner: stranger,
        consentKey: evil.self,
      }),
    ],
    ["a consent signed by the node itself", ({ node }) => ({ consentSigner: node })],
    ["a consent to another record", () => ({ otherHash: true })],
    ["a consent whose time is over", () => ({ consentSeconds: 0 })],
    ["a record whose time is over", () => ({ attachSeconds: 0 })],
    ["a record that the node did not sign", ({ stranger }) => ({ attachSigner: stranger })],
    ["a record that names another router", ({ victim }) => ({ router: victim.self })],
    ["a detach record", () => ({ kind: "detach" as const })],
  ];
  type Lab = ReturnType<typeof create>;
  function create() {
    const lab = createOnehopLab();
    const a = lab.daemon("a");
    const evil = lab.daemon("evil");
    const victim = lab.daemon("victim");
    lab.link(a, evil);
    lab.link(a, victim);
    const stranger = lab.node();
    const node = lab.node();
    return { lab, a, evil, victim, stranger, node };
  }

  it.each(rows)("%s", (_what, change) => {
    const made = create();
    const { lab, a, evil, node } = made;
    const forgery = { node, router: evil.self, seq: 5, ...change(made) };
    say(a, evil, { type: "answer", query: 0, location: forgeLocation(lab, forgery) });
    expect(a.reaches(node)).toBe(false);
    expect(a.reached).toEqual([]);
    expect(a.router.counters["locationsInvalid"]).toBe(1);
  });

  it("the same with everything as it should be counts", () => {
    const { lab, a, evil, node } = create();
    const location = forgeLocation(lab, { node, router: evil.self, seq: 5 });
    say(a, evil, { type: "answer", query: 0, location });
    expect(a.reaches(node)).toBe(true);
  });

  it("an introduction of somebody else does not count", () => {
    const { lab, a, evil, node, stranger } = create();
    const alice = lab.node();
    a.open(alice);
    evil.open(stranger);
    say(evil, a, { type: "query", query: 1, prefix: new Uint8Array(0), nbits: 0 });
    lab.run(100);
    expect(typesSent(lab, evil, a)).toEqual(["answer"]);
    expect(a.reaches(stranger)).toBe(true);
    expect(a.reaches(node)).toBe(false);
  });

  it("a record of another network is none", () => {
    const { lab, a, evil, node } = create();
    const location = forgeLocation(
      { ...lab, tag: new Uint8Array(32).fill(7) },
      { node, router: evil.self, seq: 5 },
    );
    say(a, evil, { type: "answer", query: 0, location });
    expect(a.reaches(node)).toBe(false);
  });

  it("a consent is renewed by one with a higher number only", () => {
    const { lab, a, evil, node } = create();
    const give = (consentSeq: number, consentSeconds: number) =>
      say(a, evil, {
        type: "answer",
        query: 0,
        location: forgeLocation(lab, {
          node,
          router: evil.self,
          seq: 5,
          consentSeq,
          consentSeconds,
        }),
      });
    give(10, 20);
    lab.run(15_000);
    give(10, 120);
    give(9, 120);
    lab.run(10_000);
    expect(a.reaches(node)).toBe(false);
    give(11, 120);
    expect(a.reaches(node)).toBe(true);
  });
});

describe("the quota of signatures (R4)", () => {
  it("one neighbour has 500 a second, and takes nothing of another's", () => {
    const lab = createOnehopLab();
    const a = lab.daemon("a");
    const evil = lab.daemon("evil");
    const good = lab.daemon("good");
    lab.link(a, evil);
    lab.link(a, good);
    const node = lab.node();
    // The consent is right, so each costs two signatures.
    const forged = forgeLocation(lab, { node, router: evil.self, seq: 6, attachSigner: evil.self });
    for (let i = 0; i < 400; i++) say(a, evil, { type: "answer", query: 0, location: forged });
    expect(a.router.counters["locationsInvalid"]).toBe(250);
    expect(a.router.counters["locationsRefused"]).toBe(150);
    const bob = lab.node();
    good.open(bob);
    expect(a.find(bob.address.bytes, 256)?.address.equals(bob.address)).toBe(true);
    lab.run(1_000);
    say(a, evil, {
      type: "answer",
      query: 0,
      location: forgeLocation(lab, { node, router: evil.self, seq: 9 }),
    });
    expect(a.reaches(node)).toBe(true);
  });
});
