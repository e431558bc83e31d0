// SPDX-License-Identifier: GPL-3.0-or-later

// Which way messages go: explained of one moment, after a search where that may help, and not after
// more than two seconds.

import type { Address } from "@inet256/client";
import { describe, expect, it } from "vitest";
import type { Explanation, Way } from "../../../server/src/network/index.js";
import { addressOf, OWN } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";
import { FAR, found, outcomeOf } from "./searches.js";

const [NEXT, ROUTER, OTHER] = [addressOf(50), addressOf(51), addressOf(52)];
const NO_WAY: Explanation = { ready: false, why: "nobody has it" };
const READY: Explanation = {
  ready: true,
  why: "the best way",
  nextHop: NEXT.bytes,
  router: ROUTER.bytes,
};

const way = (router: Address, nextHop: Address, hops: number, costMicros: number): Way => ({
  router: router.bytes,
  nextHop: nextHop.bytes,
  hops,
  costMicros,
});

function createScene(first: Explanation, ways: readonly Way[] = []) {
  const network = {
    name: "fake",
    counters: {} as never,
    routerCounters: {},
    peers: { list: () => [], counters: {} as never, linkCounters: () => ({}) as never },
    explain: () => scene.explanation,
    ways: () => ways,
  };
  const house = createServiceHouse({ rooms: { network } });
  house.remote.found = "later";
  const scene = {
    ...house,
    explanation: first,
    explain: (signal?: AbortSignal) =>
      house.service.explain(addressOf(FAR), signal === undefined ? {} : { signal }),
  };
  return scene;
}

describe("an explanation", () => {
  it("of what is reached asks nobody, and has the length and cost of its own way", async () => {
    const { explain, remote } = createScene(READY, [
      way(OTHER, NEXT, 9, 9),
      way(ROUTER, OTHER, 8, 8),
      way(ROUTER, NEXT, 3, 4_500),
    ]);
    expect(await explain()).toEqual({
      ready: true,
      why: "the best way",
      local: false,
      nextHop: NEXT,
      router: ROUTER,
      hops: 3,
      costMicros: 4_500,
    });
    expect(remote.asked).toEqual([]);
  });

  it("has no length of another way, and no cost where none is measured", async () => {
    const other = createScene(READY, [way(ROUTER, OTHER, 8, 8)]);
    expect(await other.explain()).toMatchObject({ hops: undefined, costMicros: undefined });
    const unmeasured = createScene(READY, [way(ROUTER, NEXT, 1, 0)]);
    expect(await unmeasured.explain()).toMatchObject({ hops: 1, costMicros: undefined });
  });

  it("of what is open here is local", async () => {
    const here = { ready: true, why: "here", router: addressOf(OWN).bytes };
    const { explain } = createScene(here);
    expect(await explain()).toMatchObject({ local: true, hops: 0, nextHop: undefined });
  });

  it("of what is not known is that after a search", async () => {
    const scene = createScene(NO_WAY, [way(ROUTER, NEXT, 2, 1)]);
    const explaining = scene.explain();
    expect(scene.remote.asked.map(({ nbits }) => nbits)).toEqual([256]);
    scene.explanation = READY;
    scene.remote.answer(found);
    expect(await explaining).toMatchObject({ ready: true, hops: 2 });
    expect([scene.remote.searches, scene.deadlines.size()]).toEqual([0, 0]);
  });

  it("says that there is no way when everybody said no", async () => {
    const scene = createScene(NO_WAY);
    const explaining = scene.explain();
    scene.remote.answer(undefined);
    expect(await explaining).toEqual({
      ...NO_WAY,
      local: false,
      nextHop: undefined,
      router: undefined,
      hops: undefined,
      costMicros: undefined,
    });
  });

  it("waits for two seconds and not longer", async () => {
    const scene = createScene(NO_WAY);
    let explained = false;
    const explaining = scene.explain().then((explanation) => {
      explained = true;
      return explanation;
    });
    scene.time.advance(1_999);
    await Promise.resolve();
    expect([scene.remote.searches, explained]).toEqual([1, false]);
    scene.time.advance(1);
    expect(await explaining).toMatchObject({ ready: false, why: "nobody has it" });
    expect([scene.remote.searches, scene.deadlines.size()]).toEqual([0, 0]);
  });

  it("ends with its caller, and with the daemon", async () => {
    const scene = createScene(NO_WAY);
    const controller = new AbortController();
    const given = outcomeOf(scene.explain(controller.signal));
    controller.abort("enough");
    expect(await given).toBe("enough");
    expect(await outcomeOf(scene.explain(controller.signal))).toBe("enough");
    const stopped = outcomeOf(scene.explain());
    scene.service.stop();
    expect(await stopped).toBe("UNAVAILABLE");
    expect([scene.remote.searches, scene.deadlines.size()]).toEqual([0, 0]);
  });
});

describe("status", () => {
  it("has the ways as the network lists them", () => {
    const { service } = createScene(NO_WAY, [way(ROUTER, NEXT, 3, 4_500), way(NEXT, NEXT, 1, 0)]);
    expect(service.status().routes).toEqual([
      { router: ROUTER, nextHop: NEXT, hops: 3, costMicros: 4_500 },
      { router: NEXT, nextHop: NEXT, hops: 1, costMicros: undefined },
    ]);
  });
});
