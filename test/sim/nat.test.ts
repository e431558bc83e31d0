// SPDX-License-Identifier: GPL-3.0-or-later

// NATs: who gets which port outside, who may answer, for how long, and what a reboot leaves.

import { describe, expect, it } from "vitest";
import { simAddress } from "./addresses.js";
import { createNat, type NatKind, type NatOptions } from "./nat.js";
import { createNetwork } from "./network.js";
import { addressOf, sendNumbered, sinkWith } from "./support.js";
import { createWorld } from "./world.js";

const OUTSIDE = "203.0.113.7";
const INSIDE = simAddress("192.168.1.2:1000");
const SERVER = simAddress("198.51.100.1:1");
const OTHER_PORT = simAddress("198.51.100.1:2");
const OTHER = simAddress("198.51.100.9:1");
const KINDS: readonly NatKind[] = ["endpoint-independent", "address-dependent", "port-dependent"];

const natWith = (options: Partial<NatOptions> = {}) =>
  createNat({
    ip: OUTSIDE,
    mapping: "endpoint-independent",
    filtering: "endpoint-independent",
    mappingMs: 30_000,
    ...options,
  });

describe("a NAT", () => {
  it.each([
    ["endpoint-independent", 1],
    ["address-dependent", 2],
    ["port-dependent", 3],
  ] as const)("maps %s: three destinations are given %d ports", (mapping, ports) => {
    const nat = natWith({ mapping });
    const to = [SERVER, OTHER_PORT, OTHER];
    const seen = to.map((each) => nat.leave(INSIDE, each, 0).text);
    expect(new Set(seen).size).toBe(ports);
    expect(to.map((each) => nat.leave(INSIDE, each, 10).text)).toEqual(seen);
    expect(nat.mappings(10)).toBe(ports);
  });

  it.each([
    ["endpoint-independent", [true, true, true]],
    ["address-dependent", [true, true, false]],
    ["port-dependent", [true, false, false]],
  ] as const)("filters %s", (filtering, admitted) => {
    const nat = natWith({ filtering });
    const outside = nat.leave(INSIDE, SERVER, 0);
    const enters = [SERVER, OTHER_PORT, OTHER].map((from) => nat.enter(outside, from, 1));
    expect(enters.map((inside) => inside === INSIDE)).toEqual(admitted);
  });

  it("gives two hosts inside two ports, and lets in nobody who was never sent to", () => {
    const nat = natWith();
    const neighbour = simAddress("192.168.1.3:1000");
    expect(nat.enter(simAddress(`${OUTSIDE}:20000`), SERVER, 0)).toBeUndefined();
    const [one, two] = [nat.leave(INSIDE, SERVER, 0), nat.leave(neighbour, SERVER, 0)];
    expect(one.ip).toBe(OUTSIDE);
    expect(one.port).not.toBe(two.port);
    expect(nat.enter(two, SERVER, 0)).toBe(neighbour);
  });

  it.each(KINDS)("forgets a mapping in time, kept alive only from inside (%s)", (mapping) => {
    const nat = natWith({ mapping });
    const first = nat.leave(INSIDE, SERVER, 0);
    expect(nat.leave(INSIDE, SERVER, 29_999)).toBe(first);
    expect(nat.enter(first, SERVER, 59_998)).toBe(INSIDE);
    expect(nat.enter(first, SERVER, 59_999)).toBeUndefined();
    expect(nat.mappings(59_999)).toBe(0);
    const second = nat.leave(INSIDE, SERVER, 60_000);
    expect(second.port).not.toBe(first.port);
    expect(nat.enter(first, SERVER, 60_001)).toBeUndefined();
  });

  it("has other ports after a reboot", () => {
    const nat = natWith();
    const before = nat.leave(INSIDE, SERVER, 0);
    nat.reboot();
    expect(nat.enter(before, SERVER, 1)).toBeUndefined();
    expect(nat.behind(before)).toBeUndefined();
    const after = nat.leave(INSIDE, SERVER, 2);
    expect(after.port).not.toBe(before.port);
    expect(nat.enter(after, SERVER, 3)).toBe(INSIDE);
  });
});

describe("hosts behind a NAT on the network", () => {
  const createHouse = () => {
    const world = createWorld({ seed: 1 });
    const network = createNetwork({ world });
    const heard: string[] = [];
    const bind = (name: string, at: string) =>
      network.bind(
        world.host(name),
        at,
        sinkWith({ received: (_b, _at, _l, from) => void heard.push(`${name} < ${from.text}`) }),
      );
    const nat = natWith({ filtering: "port-dependent" });
    const [home, beside] = [bind("home", "192.168.1.2:1000"), bind("beside", "192.168.1.3:1000")];
    for (const { localAddresses } of [home, beside]) {
      for (const { text } of localAddresses) network.share(text, nat);
    }
    const server = bind("server", "198.51.100.1:1");
    const send = (from: typeof home, to: string): readonly string[] => {
      heard.length = 0;
      sendNumbered(from, addressOf(from, to), 1, 100);
      world.run(10);
      return [...heard];
    };
    return { network, nat, home, beside, server, send };
  };

  it("are seen at its address, and answered there only", () => {
    const { network, nat, home, server, send } = createHouse();
    expect(send(server, `${OUTSIDE}:20000`)).toEqual([]);
    expect(network.counters.dropped.nat).toBe(1);
    expect(send(server, "192.168.1.2:1000")).toEqual([]);
    expect(send(home, "198.51.100.1:1")).toEqual([`server < ${OUTSIDE}:20000`]);
    expect(send(server, `${OUTSIDE}:20000`)).toEqual(["home < 198.51.100.1:1"]);
    nat.reboot();
    expect(send(server, `${OUTSIDE}:20000`)).toEqual([]);
    expect(send(home, "198.51.100.1:1")).toEqual([`server < ${OUTSIDE}:20001`]);
  });

  it("reach each other without it", () => {
    const { nat, home, beside, send } = createHouse();
    expect(send(home, "192.168.1.3:1000")).toEqual(["beside < 192.168.1.2:1000"]);
    expect(send(beside, "192.168.1.2:1000")).toEqual(["home < 192.168.1.3:1000"]);
    expect(nat.mappings(20)).toBe(0);
  });
});
