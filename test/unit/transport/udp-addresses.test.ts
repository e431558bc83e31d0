// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { socketName } from "../../../server/src/sys/index.js";
import type { Transport } from "../../../server/src/transport/index.js";
import type { UdpFamily } from "../../../server/src/transport/udp-address.js";
import { createUdpAddresses } from "../../../server/src/transport/udp-addresses.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const transport = { name: "udp" } as Transport;

/** A socket name as a receiver has it: in the middle of others, as words. */
function words(name: Uint8Array, before = 3): Uint32Array {
  const bytes = new Uint8Array(before * 4 + 32);
  bytes.set(name, before * 4);
  return new Uint32Array(bytes.buffer);
}

const ipv4 = (last: number, port = 25_632) => socketName(Uint8Array.of(192, 0, 2, last), port, 0);
const ipv6 = (ip: readonly number[], port: number, scope = 0) =>
  socketName(
    Uint8Array.from({ length: 16 }, (_, i) => ip[i] ?? 0),
    port,
    scope,
  );

function create() {
  const addresses = createUdpAddresses(transport);
  const named = (name: Uint8Array) =>
    addresses.fromName((name.length === 16 ? 4 : 16) as UdpFamily, words(name), 3);
  return { addresses, named };
}

describe("the addresses of a UDP transport", () => {
  it("say everything the port asks for", () => {
    const { addresses } = create();
    expect(addresses.fromText("192.0.2.1:258")).toEqual({
      transport,
      text: "192.0.2.1:258",
      bytes: Uint8Array.of(192, 0, 2, 1, 1, 2),
      group: "192.0.2.1",
      baseMtu: 1_200,
      largestMtu: 65_507,
      family: 4,
      host: "192.0.2.1",
      port: 258,
      name: Uint8Array.of(2, 0, 1, 2, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    });
    const v6 = addresses.fromText("[2001:db8::9]:65535");
    expect(v6?.bytes).toHaveLength(18);
    expect([...(v6?.bytes.subarray(15) ?? [])]).toEqual([9, 255, 255]);
    expect(v6).toMatchObject({ group: "2001:db8::/64", largestMtu: 65_488, family: 16 });
    expect(v6?.name).toHaveLength(28);
  });

  it("are the same object by text and by name", () => {
    const { addresses, named } = create();
    expect(named(ipv4(1))).toBe(addresses.fromText("192.0.2.1:25632"));
    expect(named(ipv4(1))).toBe(addresses.fromText("[::ffff:192.0.2.1]:25632"));
    expect(named(ipv6([0x20, 1], 5))).toBe(addresses.fromText("[2001::]:5"));
    expect(named(ipv4(1))).toBe(named(ipv4(1)));
  });

  it("differ in every part of their names", () => {
    const { named } = create();
    const names = [
      ipv4(1),
      ipv4(2),
      ipv4(1, 25_633),
      ipv4(1, 0x2064),
      ipv6([0x20, 1], 25_632),
      ipv6([0x20, 1], 25_633),
      ipv6([0x20, 2], 25_632),
      ...Array.from({ length: 16 }, (_, i) => ipv6(Array(i).fill(0x21).concat(0x22), 25_632)),
      ipv6([0xfe, 0x80, 1], 7, 1_001),
      ipv6([0xfe, 0x80, 1], 7, 1_002),
    ];
    const texts = names.map((name) => named(name).text);
    expect(new Set(texts).size).toBe(names.length);
    expect(names.map((name) => named(name).text)).toEqual(texts);
  });

  it("keep a scope that has no interface as a number, and none where it is 0", () => {
    const { addresses, named } = create();
    expect(named(ipv6([0xfe, 0x80, 1], 7, 1_001)).text).toBe("[fe80:100::%1001]:7");
    expect(named(ipv6([0xfe, 0x80, 1], 7, 0)).text).toBe("[fe80:100::]:7");
    expect(named(ipv6([0x20, 1], 7, 1_001)).text).toBe("[2001::]:7");
    const name = addresses.fromText("[fe80::1%1001]:7")?.name ?? new Uint8Array(28);
    expect(new DataView(name.buffer).getUint32(24, true)).toBe(1_001);
  });

  it("are right for any order of random names", () => {
    const random = createSeededRandom(9);
    const { named } = create();
    const known = Array.from({ length: 300 }, () => {
      const ip = Array.from({ length: 16 }, () => random.below(2) * 0x21);
      return random.below(2) === 0 ? ipv4(random.below(256), 1 + random.below(3)) : ipv6(ip, 1);
    });
    for (let i = 0; i < 5_000; i++) {
      const name = random.pick(known);
      expect(Buffer.from(named(name).name).equals(name)).toBe(true);
    }
  });

  it("are forgotten when there are too many, and then made again", () => {
    const { addresses, named } = create();
    const first = named(ipv4(1, 1));
    const kept = addresses.fromText("198.51.100.1:1");
    for (let port = 1; port <= 15_000; port++) {
      named(socketName(Uint8Array.of(203, 0, 113, port & 0xff), port, 0));
      if (port % 1_000 === 0) expect(addresses.fromText("198.51.100.1:1")).toBe(kept);
    }
    const again = named(ipv4(1, 1));
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
    expect(addresses.size()).toBeLessThanOrEqual(2 * 4_096);
  });
});
