// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, stopsOf } from "@inet256/client";
import { describe, expect, it } from "vitest";

const [node, router, peer] = [0, 1, 2].map(() => generateKey().address);
if (node === undefined || router === undefined || peer === undefined) throw new Error("no keys");

const rolesOf = (destination: typeof node, way: Parameters<typeof stopsOf>[1]) =>
  stopsOf(destination, way).map(({ role, address, hops }) => [role, address, hops]);

describe("the stops of a way", () => {
  it("are the next hop, the router and the node", () => {
    expect(rolesOf(node, { nextHop: peer, router, hops: 3 })).toEqual([
      ["next-hop", peer, 1],
      ["router", router, 3],
      ["node", node, 3],
    ]);
  });

  it("name nobody twice", () => {
    expect(rolesOf(node, { nextHop: router, router, hops: 1 })).toEqual([
      ["router", router, 1],
      ["node", node, 1],
    ]);
    expect(rolesOf(router, { nextHop: router, router, hops: 1 })).toEqual([["router", router, 1]]);
  });

  it("are the node alone where nothing else is known", () => {
    const unknown = { nextHop: undefined, router: undefined, hops: undefined };
    expect(rolesOf(node, unknown)).toEqual([["node", node, undefined]]);
  });
});
