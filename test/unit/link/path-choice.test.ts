// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { noteAlive, noteProven, type Path } from "../../../server/src/link/path.js";
import { choosePath, inDoubt, secondPath } from "../../../server/src/link/path-choice.js";
import { createPaths } from "../../../server/src/link/paths.js";
import type { Transport, TransportAddress } from "../../../server/src/transport/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const transport = { name: "none", dontFragment: true } as Transport;

function address(text: string): TransportAddress {
  return {
    transport,
    text,
    bytes: new TextEncoder().encode(text),
    group: text,
    baseMtu: 1_200,
    largestMtu: 65_507,
  };
}

const create = () => createPaths(createSeededRandom(1), () => {});

/** A proven path with this round trip, alive at 1,000 ms. */
function proven(paths: ReturnType<typeof create>, text: string, rttMs: number): Path {
  const path = paths.heard(address(text), 100, 1_000);
  for (let i = 0; i < 20; i++) path.rtt.sample(rttMs, 1_000);
  noteProven(path, 1_000);
  return path;
}

describe("the choice of a path", () => {
  it("never falls on an address that is not proven", () => {
    const paths = create();
    const path = paths.heard(address("x"), 5_000, 1_000);
    path.rtt.sample(0.1, 1_000);
    expect(choosePath(paths.all, undefined, 0, 1_000)).toBeUndefined();
    const far = proven(paths, "far", 500);
    expect(choosePath(paths.all, far, 0, 20_000)).toBe(far);
  });

  it("falls on the shortest at first, and stays unless another is clearly better", () => {
    const paths = create();
    const [slow, fast] = [proven(paths, "slow", 20), proven(paths, "fast", 18)];
    expect(choosePath(paths.all, undefined, 0, 1_000)).toBe(fast);
    expect(choosePath(paths.all, slow, 0, 20_000)).toBe(slow);
    const faster = proven(paths, "faster", 10);
    expect(choosePath(paths.all, slow, 0, 20_000)).toBe(faster);
    // Not twice in a moment.
    expect(choosePath(paths.all, slow, 18_000, 20_000)).toBe(slow);
  });

  it("weighs loss against time", () => {
    const paths = create();
    const [lossy, slow] = [proven(paths, "lossy", 10), proven(paths, "slow", 40)];
    expect(choosePath(paths.all, slow, 0, 20_000)).toBe(lossy);
    for (let i = 0; i < 1_000; i++) lossy.loss.note(i % 5 === 0);
    expect(choosePath(paths.all, lossy, 0, 20_000)).toBe(slow);
  });

  it("leaves a path that is silent only for one that answers", () => {
    const paths = create();
    const [used, other] = [proven(paths, "used", 10), proven(paths, "other", 30)];
    used.silentSinceMs = 2_000;
    expect(inDoubt(used, 2_150)).toBe(false);
    expect(inDoubt(used, 2_250)).toBe(true);
    expect(choosePath(paths.all, used, 0, 2_600)).toBe(used);
    noteAlive(other, 2_300);
    expect(choosePath(paths.all, used, 0, 2_300)).toBe(used);
    expect(secondPath(paths.all, used, 2_300)).toBe(other);
    expect(choosePath(paths.all, used, 2_000, 2_400)).toBe(other);
  });

  it("gives a long way more time", () => {
    const paths = create();
    const used = proven(paths, "used", 600);
    const other = proven(paths, "other", 30);
    used.silentSinceMs = 2_000;
    noteAlive(other, 2_100);
    expect(choosePath(paths.all, used, 2_000, 3_000)).toBe(used);
    expect(choosePath(paths.all, used, 2_000, 4_500)).toBe(other);
  });

  it("leaves one that this machine cannot send to at once", () => {
    const paths = create();
    const [used, other] = [proven(paths, "used", 10), proven(paths, "other", 30)];
    used.failed = true;
    expect(choosePath(paths.all, used, 999, 1_001)).toBe(other);
  });
});

describe("the addresses of a link", () => {
  it("learn eight at most, and forget strangers before those that answered", () => {
    const paths = create();
    paths.add(address("given"), "configured");
    const used = proven(paths, "used", 10);
    const known = proven(paths, "known", 10);
    paths.use(used);
    for (let i = 0; i < 100; i++) paths.heard(address(`stranger ${i}`), 50, 2_000 + i);
    expect(paths.all.filter(({ kind }) => kind === "learned").length).toBe(8);
    expect(paths.all).toContain(used);
    expect(paths.all).toContain(known);
    expect(paths.all.map((path) => path.address.text)).toContain("given");
  });

  it("take eight configured and eight discovered ones", () => {
    const paths = create();
    for (let i = 0; i < 8; i++) {
      expect(paths.add(address(`c${i}`), "configured")).toBeDefined();
      expect(paths.add(address(`d${i}`), "discovered")).toBeDefined();
    }
    expect(paths.add(address("c8"), "configured")).toBeUndefined();
    expect(paths.add(address("d8"), "discovered")).toBeUndefined();
    expect(paths.add(address("c1"), "configured")).toBeDefined();
    paths.remove(address("c1"));
    expect(paths.add(address("c8"), "configured")).toBeDefined();
  });

  it("have to answer again when they were silent for half a minute", () => {
    const paths = create();
    const path = proven(paths, "learned", 10);
    paths.use(path);
    paths.heard(address("learned"), 100, 30_900);
    expect(path.proven).toBe(true);
    paths.heard(address("learned"), 100, 61_000);
    expect(path.proven).toBe(false);
    expect(paths.used).toBeUndefined();
    expect(path.creditBytes).toBe(100);
  });

  it("are where handshakes go, eight at most and no strangers", () => {
    const paths = create();
    for (let i = 0; i < 8; i++) paths.add(address(`c${i}`), "configured");
    const known = proven(paths, "known", 10);
    paths.use(known);
    paths.heard(address("stranger"), 100, 2_000);
    const texts = paths.candidates().map((path) => path.address.text);
    expect(texts.length).toBe(8);
    expect(texts[0]).toBe("known");
    expect(texts).not.toContain("stranger");
  });
});
