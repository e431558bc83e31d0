// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { systemRandom } from "../../../../server/src/core/index.js";
import { selectCrypto } from "../../../../server/src/crypto/index.js";
import { createIdentities } from "../../../../server/src/identity/index.js";
import { createNeighbours } from "../../../../server/src/network/locating/neighbours.js";
import { createRouters } from "../../../../server/src/network/locating/routers.js";
import { createRecordVerifier } from "../../../../server/src/network/records/verifier.js";

const addressOf = (name: number): Uint8Array => new Uint8Array(32).fill(name);
const FAR = addressOf(9);

function create() {
  const crypto = selectCrypto();
  const { keys } = createIdentities(crypto, systemRandom);
  const neighbours = createNeighbours(createRecordVerifier(crypto, keys));
  const routers = createRouters(systemRandom);
  const up = (id: number, address = addressOf(id)) => {
    const neighbour = neighbours.up(id, address);
    routers.neighbourUp(neighbour);
    return neighbour;
  };
  return { routers, up };
}

describe("the routers that can be told something", () => {
  it("a neighbour leads to itself, whatever other way there is", () => {
    const { routers, up } = create();
    const one = up(1);
    expect(routers.wayUp(FAR, one)).toMatchObject({ isNeighbour: false, next: one });
    const far = up(2, FAR);
    expect(routers.get(FAR, 0)).toMatchObject({ isNeighbour: true, correspondent: far, next: far });
    expect(routers.wayUp(FAR, one)).toMatchObject({ next: far });
    expect(routers.neighbourDown(far)).toMatchObject({ isNeighbour: false, next: one });
    expect(routers.wayDown(FAR)).toBeUndefined();
    expect(routers.get(FAR, 0)).toBeUndefined();
  });

  it("beyond a neighbour they take its share of the tables and of signatures", () => {
    const { routers, up } = create();
    const one = up(1);
    const { correspondent } = routers.wayUp(FAR, one);
    expect(correspondent).toMatchObject({ address: FAR, holder: one.name });
    expect(correspondent.signatures).toBe(one.signatures);
  });

  it("a route that was given out is right, or gone", () => {
    const { routers, up } = create();
    const [one, two] = [up(1), up(2)];
    const first = routers.wayUp(FAR, one).route;
    expect(routers.wayUp(FAR, one).route).toBe(first);
    expect(first).toEqual({ neighbour: 1, gone: false });
    const second = routers.wayUp(FAR, two).route;
    expect([first.gone, second.gone]).toEqual([true, false]);
    routers.wayDown(FAR);
    expect(second.gone).toBe(true);
  });

  it("knows which have a way through a neighbour, and all of them in the order of coming", () => {
    const { routers, up } = create();
    const [one, two] = [up(1), up(2)];
    routers.wayUp(FAR, one);
    routers.wayUp(addressOf(8), two);
    expect(routers.through(one)).toEqual([FAR]);
    expect([...routers.all()].map(({ correspondent }) => correspondent.address[0])).toEqual([
      1, 2, 9, 8,
    ]);
    routers.neighbourDown(one);
    expect([...routers.correspondents()].map(({ address }) => address[0])).toEqual([2, 9, 8]);
  });

  it("the end of what never was changes nothing", () => {
    const { routers, up } = create();
    const one = up(1);
    expect(routers.wayDown(FAR)).toBeUndefined();
    expect(routers.wayDown(one.address)).toMatchObject({ next: one });
    expect([...routers.all()]).toHaveLength(1);
  });

  it("a neighbour that comes up again under another number is not lost with the old one", () => {
    const { routers, up } = create();
    const old = up(1);
    const now = up(3, old.address);
    expect(routers.neighbourDown(old)).toMatchObject({ next: now });
    expect(routers.get(old.address, 0)).toMatchObject({ next: now, isNeighbour: true });
  });
});
