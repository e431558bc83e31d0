// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { selectCrypto } from "../../../../server/src/crypto/index.js";
import { createIdentities } from "../../../../server/src/identity/index.js";
import { SEND_AGAIN_MS, UNREACHABLE } from "../../../../server/src/network/beaconnet/constants.js";
import { createBeaconnetCounters } from "../../../../server/src/network/beaconnet/counters.js";
import {
  decodeMessage,
  type RouteEntry,
} from "../../../../server/src/network/beaconnet/messages.js";
import { createNeighbours } from "../../../../server/src/network/beaconnet/neighbours.js";
import type { KnownRouter } from "../../../../server/src/network/beaconnet/routes.js";
import { createTelling } from "../../../../server/src/network/beaconnet/telling.js";
import { decodeBeacon } from "../../../../server/src/network/records/beacon.js";
import { createRecordVerifier } from "../../../../server/src/network/records/verifier.js";
import { beaconOf, createBeaconnetLab, way } from "./attack-lab.js";

function create() {
  const lab = createBeaconnetLab();
  const crypto = selectCrypto();
  const { keys } = createIdentities(crypto, lab.random);
  const neighbours = createNeighbours(createRecordVerifier(crypto, keys));
  const counters = createBeaconnetCounters();
  const told: RouteEntry[] = [];
  const link = { takes: true };
  const own = beaconOf(lab, lab.node(), 9);
  const telling = createTelling({
    neighbours,
    counters,
    ownSeq: () => 9,
    ownEntry: () => way(own, { cost: 0, hops: 0 }),
    reached() {},
    sink: {
      sendControl(_id, message) {
        const decoded = decodeMessage(message);
        if (link.takes && decoded?.type === "routes") told.push(...decoded.entries);
        return link.takes;
      },
      wakeAt() {},
      resolved() {},
      reachable() {},
      moved() {},
    },
  });
  const router = (cost: number): KnownRouter => {
    const { address, publicKey, ...node } = lab.node();
    const bytes = beaconOf(lab, { ...node, address, publicKey }, 5);
    const beacon = decodeBeacon(lab.tag, bytes);
    if (beacon === undefined) throw new Error("not a beacon");
    const offer = { beacon, cost: 100, hops: 1, untilMs: 60_000, endsMs: 60_000 };
    return {
      address: address.bytes,
      name: address.toString(),
      holder: "x",
      offers: new Map([[7, offer]]),
      neighbour: 7,
      cost,
      gone: false,
      leastSeq: 5,
      leastCost: cost,
      leastUntilMs: 60_000,
      newest: beacon,
    };
  };
  return { neighbours, counters, told, link, telling, router, random: lab.random };
}

describe("what-a-link-refused-is-told-again", () => {
  it("is told again: our own beacon, ways whole, and that ways are lost", () => {
    const { neighbours, counters, told, link, telling, router, random } = create();
    neighbours.up(1, random.bytes(32));
    const [known, lost] = [router(1_000), router(1_000)];
    telling.changed(lost, 0);
    telling.work(20);
    expect(told).toHaveLength(2);
    told.length = 0;
    link.takes = false;
    telling.changed(known, 100);
    Object.assign(lost, { neighbour: -1, cost: UNREACHABLE });
    telling.changed(lost, 100);
    telling.work(120);
    expect(counters.controlNotSent).toBe(1);
    expect(telling.nextMs).toBe(120 + SEND_AGAIN_MS);
    telling.work(telling.nextMs);
    link.takes = true;
    telling.work(telling.nextMs);
    expect(told.map(({ cost, beacon }) => [cost, beacon instanceof Uint8Array])).toEqual([
      [1_000, true],
      [UNREACHABLE, false],
    ]);
    expect(telling.nextMs).toBe(Number.POSITIVE_INFINITY);
  });

  it("is all of it told again to a neighbour that comes up while its link takes nothing", () => {
    const { neighbours, told, link, telling, router, random } = create();
    link.takes = false;
    const neighbour = neighbours.up(1, random.bytes(32));
    for (let i = 0; i < 300; i++) neighbour.dirty.add(router(1_000));
    telling.flushTo(neighbour, 0);
    link.takes = true;
    telling.work(telling.nextMs);
    expect(told).toHaveLength(301);
    expect(told.every(({ beacon }) => beacon instanceof Uint8Array)).toBe(true);
  });

  it("a router that is forgotten is taken back from whom it was told to", () => {
    const { neighbours, told, telling, router, random } = create();
    neighbours.up(1, random.bytes(32));
    const known = router(1_000);
    telling.changed(known, 0);
    telling.work(20);
    told.length = 0;
    known.offers.clear();
    Object.assign(known, { neighbour: -1, gone: true });
    telling.forgotten(known, 30);
    telling.work(50);
    expect(told.map(({ cost }) => cost)).toEqual([UNREACHABLE]);
  });
});
