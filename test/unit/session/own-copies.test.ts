// SPDX-License-Identifier: GPL-3.0-or-later

// What belongs to an opening of a node is its own (O3): not even the bytes of the address are
// another's.

import { describe, expect, it } from "vitest";
import { Address } from "../../../server/src/identity/index.js";
import type { Network } from "../../../server/src/network/index.js";
import { createSessionLab, textOf } from "../../support/session-lab.js";

describe("the address of a node", () => {
  it("is copied when it joins: what becomes of the caller's bytes is the caller's affair", () => {
    const lab = createSessionLab();
    const [home, away] = [lab.daemon("home"), lab.daemon("away")];
    const [alice, bob] = [lab.node("alice"), lab.node("bob")];
    away.open(bob);
    home.place.network.attach(alice.attachment, lab.nowMs);
    const borrowed = { ...alice.attachment, address: Address.fromBytes(alice.address) };
    home.sessions.join(borrowed, lab.nowMs);
    borrowed.address.bytes.fill(0);
    home.send(alice, bob, "hello");
    lab.run(200);
    away.send(bob, alice, "hello to you");
    lab.run(200);
    expect(away.letters.map(textOf)).toEqual(["hello"]);
    expect(home.letters.map(({ to, from }) => [to, from])).toEqual([["alice", "bob"]]);
    home.sessions.leave(alice.address, lab.nowMs);
    expect(home.sessions.stats()).toMatchObject({ nodes: 0, remotes: 0 });
  });

  it("is another array in each opening, though the caller hands over the same", () => {
    const lab = createSessionLab();
    const [home, away] = [lab.daemon("home"), lab.daemon("away")];
    const [alice, bob] = [lab.node("alice"), lab.node("bob")];
    const sources = new Set<Uint8Array>();
    const network = home.place.network as { send: Network["send"] };
    const { send } = network;
    network.send = (...packet) => {
      sources.add(packet[0]);
      return send(...packet);
    };
    away.open(bob);
    for (const opening of [1, 2, 3]) {
      home.open(alice);
      home.send(alice, bob, `in opening ${opening}`);
      lab.run(200);
      home.close(alice);
    }
    expect(away.letters).toHaveLength(3);
    expect([sources.size, sources.has(alice.address)]).toEqual([3, false]);
  });
});
