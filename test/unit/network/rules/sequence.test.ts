// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import type { LabDaemon, LabNode, RouterLab } from "../../../../server/src/testing/index.js";
import { createOnehopLab, forgeAttach, forgeLocation, say, typesSent } from "../support.js";

const YEAR_MS = 365 * 86_400_000;

function where(lab: RouterLab, at: LabDaemon, node: LabNode): Uint8Array | undefined {
  return at.router.explain(node.address.bytes, lab.clock.monotonicMs()).nextHop;
}

function triangle() {
  const lab = createOnehopLab();
  const a = lab.daemon("a");
  const b = lab.daemon("b");
  const c = lab.daemon("c");
  lab.link(a, b);
  lab.link(a, c);
  return { lab, a, b, c, node: lab.node() };
}

describe("replayed-attach-after-move", () => {
  it("the router that was left says its old record again: ignored, and it is told", () => {
    const { lab, a, b, c, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    const old = lab.carried.find(({ from, to }) => from === "b" && to === "a")?.bytes;
    b.close(node);
    lab.run(1_000);
    c.open(node);
    lab.run(100);
    expect(a.find(node.address.bytes, 256)).toBeDefined();
    expect(where(lab, a, node)).toEqual(c.self.address.bytes);
    a.hear(b, old ?? new Uint8Array(0));
    expect(where(lab, a, node)).toEqual(c.self.address.bytes);
    expect(typesSent(lab, a, b).at(-1)).toBe("held");
  });

  it("and with a consent made for it just now", () => {
    const { lab, a, b, c, node } = triangle();
    c.open(node);
    a.find(node.address.bytes, 256);
    const location = forgeLocation(lab, { node, router: b.self, seq: 7, consentSeq: 2 ** 50 });
    say(a, b, { type: "answer", query: 0, location });
    expect(where(lab, a, node)).toEqual(c.self.address.bytes);
  });

  it("after the link to the new router went down, too", () => {
    const { lab, a, b, c, node } = triangle();
    c.open(node);
    a.find(node.address.bytes, 256);
    lab.unlink(a, c);
    const location = forgeLocation(lab, { node, router: b.self, seq: 7 });
    say(a, b, { type: "answer", query: 0, location });
    expect(a.reaches(node)).toBe(false);
  });
});

describe("clock-back-one-year-recovers", () => {
  it("a daemon that restarts with an older clock is found with one more exchange", () => {
    const { lab, a, b, node } = triangle();
    b.open(node);
    expect(a.find(node.address.bytes, 256)).toBeDefined();
    b.wallOffsetMs = -YEAR_MS;
    b.restart();
    lab.run(500);
    lab.link(a, b);
    b.open(node);
    lab.carried.length = 0;
    a.find(node.address.bytes, 256);
    lab.run(100);
    expect(a.reaches(node)).toBe(true);
    expect(b.moved).toEqual([]);
    expect(typesSent(lab, a, b)).toEqual(["query", "held"]);
    expect(typesSent(lab, b, a)).toEqual(["answer", "answer"]);
  });

  it("so is a node that moved to a daemon with an older clock, whose old daemon is gone", () => {
    const { lab, a, b, c, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    lab.unlink(a, b);
    c.wallOffsetMs = -YEAR_MS;
    c.open(node);
    a.find(node.address.bytes, 256);
    lab.run(100);
    expect(where(lab, a, node)).toEqual(c.self.address.bytes);
    expect(c.moved).toEqual([]);
  });

  it("and a clock that goes back while the daemon runs does nothing", () => {
    const { lab, a, b, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    b.wallOffsetMs = -YEAR_MS;
    b.close(node);
    b.open(node);
    lab.carried.length = 0;
    lab.run(100);
    expect(a.find(node.address.bytes, 256)).toBeDefined();
    expect(typesSent(lab, a, b)).toEqual(["query"]);
  });
});

describe("detach-then-old-seq", () => {
  it("records below that of the detach do not count any more", () => {
    const { lab, a, b, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    const old = lab.carried.find(({ from, to }) => from === "b" && to === "a")?.bytes;
    b.close(node);
    lab.run(100);
    expect(typesSent(lab, b, a)).toContain("detach");
    expect(a.reaches(node)).toBe(false);
    a.hear(b, old ?? new Uint8Array(0));
    expect(a.reaches(node)).toBe(false);
    const location = forgeLocation(lab, { node, router: b.self, seq: 7 });
    say(a, b, { type: "answer", query: 0, location });
    expect(a.reaches(node)).toBe(false);
  });

  it("a detach that is older than the attachment, forged or another router's is ignored", () => {
    const { lab, a, b, c, node } = triangle();
    const stranger = lab.node();
    b.open(node);
    a.find(node.address.bytes, 256);
    const high = 2 ** 50;
    const detach = (from: LabDaemon, record: Uint8Array) =>
      say(a, from, { type: "detach", record });
    detach(b, forgeAttach(lab, { node, router: b.self, seq: 3, kind: "detach" }));
    detach(
      b,
      forgeAttach(lab, {
        node,
        router: b.self,
        seq: high,
        kind: "detach",
        attachSigner: stranger,
      }),
    );
    detach(c, forgeAttach(lab, { node, router: b.self, seq: high, kind: "detach" }));
    detach(b, forgeAttach(lab, { node, router: b.self, seq: high }));
    expect(a.reaches(node)).toBe(true);
  });
});

describe("a withdrawal", () => {
  it("counts from the router that the node is attached to, and from no other", () => {
    const { lab, a, b, c, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    say(a, c, { type: "withdrawn", query: 0, address: node.address.bytes });
    expect(a.reaches(node)).toBe(true);
    say(a, b, { type: "withdrawn", query: 0, address: node.address.bytes });
    expect(a.reaches(node)).toBe(false);
    expect(typesSent(lab, a, b)).toEqual(["query"]);
  });
});

describe("one key at two daemons (O4)", () => {
  it("the one that opened later stays; the other says so, once", () => {
    const { lab, a, b, c, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    lab.run(1_000);
    c.open(node);
    expect(b.moved).toEqual([]);
    // a asks again, for whatever reason.
    say(c, a, { type: "query", query: 9, prefix: node.address.bytes, nbits: 256 });
    lab.run(100);
    expect(where(lab, a, node)).toEqual(c.self.address.bytes);
    expect(b.moved).toEqual([node.address.toString()]);
    expect(c.moved).toEqual([]);
    lab.run(60_000);
    expect(b.moved).toHaveLength(1);
  });

  it("opening a key that we hold a location of displaces its owner at once", () => {
    const { lab, a, b, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    a.open(node);
    lab.run(100);
    expect(b.moved).toEqual([node.address.toString()]);
    expect(a.moved).toEqual([]);
    expect(b.send(node, node, "x")).toBe(false);
  });

  it("an introduction from the newer one displaces us, and nothing is delivered in our name", () => {
    const { lab, a, b, node } = triangle();
    const alice = lab.node();
    a.open(node);
    a.open(alice);
    lab.run(1_000);
    b.open(node);
    b.find(alice.address.bytes, 256);
    expect(b.send(node, alice, "hello", true)).toBe(true);
    lab.run(100);
    expect(a.moved).toEqual([node.address.toString()]);
    expect(b.moved).toEqual([]);
    expect(a.send(node, alice, "hello")).toBe(false);
  });

  it("two that outbid each other come to an end, with one of them", () => {
    for (const offset of [-YEAR_MS, -5_000, 5_000, YEAR_MS]) {
      const { lab, a, b, c, node } = triangle();
      lab.link(b, c);
      c.wallOffsetMs = offset;
      b.open(node);
      a.find(node.address.bytes, 256);
      lab.run(1_000);
      c.open(node);
      say(c, a, { type: "query", query: 9, prefix: node.address.bytes, nbits: 256 });
      say(c, b, { type: "query", query: 9, prefix: node.address.bytes, nbits: 256 });
      lab.run(1_000);
      expect([b.moved.length, c.moved.length].sort(), `${offset} ms`).toEqual([0, 1]);
      expect(b.moved.length, `${offset} ms`).toBe(1);
      lab.carried.length = 0;
      lab.run(60_000);
      expect(lab.carried.length).toBeLessThan(10);
    }
  });

  it("the first record of an opening is signed again once, the next one is not", () => {
    const { lab, a, b, c, node } = triangle();
    a.open(node);
    const future = lab.clock.wallMs() + YEAR_MS;
    const hold = (seq: number) =>
      say(a, b, { type: "held", location: forgeLocation(lab, { node, router: c.self, seq }) });
    hold(future);
    expect(a.moved).toEqual([]);
    expect(typesSent(lab, a, b)).toEqual(["answer"]);
    hold(future + 10);
    expect(a.moved).toEqual([node.address.toString()]);
    expect(typesSent(lab, a, b)).toEqual(["answer"]);
  });

  it("a displaced node that is opened again is the newest", () => {
    const { lab, a, b, node } = triangle();
    b.open(node);
    a.find(node.address.bytes, 256);
    a.open(node);
    lab.run(100);
    expect(b.moved).toHaveLength(1);
    b.close(node);
    b.open(node);
    say(b, a, { type: "query", query: 5, prefix: node.address.bytes, nbits: 256 });
    lab.run(100);
    expect(a.moved).toEqual([node.address.toString()]);
    expect(b.moved).toHaveLength(1);
  });

  it("nobody is displaced by a record without its router's consent", () => {
    const { lab, a, b, c, node } = triangle();
    a.open(node);
    const forgery = { node, router: c.self, seq: 2 ** 50 };
    for (const type of ["answer", "held"] as const) {
      const location = forgeLocation(lab, { ...forgery, consentSigner: b.self });
      say(a, b, type === "answer" ? { type, query: 0, location } : { type, location });
    }
    lab.run(100);
    expect(a.moved).toEqual([]);
  });
});
