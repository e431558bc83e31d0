// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  endpointText,
  groupText,
  hostText,
  isDestination,
  parseEndpoint,
} from "../../../server/src/transport/udp-text.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const read = (text: string) => {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) throw new Error(`${text} is no address`);
  return endpoint;
};

describe("texts of UDP addresses", () => {
  it.each([
    ["192.0.2.1:25632", "192.0.2.1:25632", "192.0.2.1", "192.0.2.1"],
    ["0.0.0.0:0", "0.0.0.0:0", "0.0.0.0", "0.0.0.0"],
    ["255.255.255.255:65535", "255.255.255.255:65535", "255.255.255.255", "255.255.255.255"],
    ["[::]:0", "[::]:0", "::", "::/64"],
    ["[::1]:1", "[::1]:1", "::1", "::/64"],
    [
      "[2001:DB8:1:2:3:4:5:6]:80",
      "[2001:db8:1:2:3:4:5:6]:80",
      "2001:db8:1:2:3:4:5:6",
      "2001:db8:1:2::/64",
    ],
    ["[2001:db8::0:1]:80", "[2001:db8::1]:80", "2001:db8::1", "2001:db8::/64"],
    ["[64:ff9b::192.0.2.33]:9", "[64:ff9b::c000:221]:9", "64:ff9b::c000:221", "64:ff9b::/64"],
    ["[fe80::1%eth0]:25632", "[fe80::1%eth0]:25632", "fe80::1%eth0", "fe80::%eth0/64"],
    [
      "[fe80::1%wlan-0.1_x]:7",
      "[fe80::1%wlan-0.1_x]:7",
      "fe80::1%wlan-0.1_x",
      "fe80::%wlan-0.1_x/64",
    ],
    ["[FEBF::1%2]:7", "[febf::1%2]:7", "febf::1%2", "febf::%2/64"],
    ["[fe80::1]:7", "[fe80::1]:7", "fe80::1", "fe80::/64"],
    ["[::ffff:192.0.2.7]:5", "192.0.2.7:5", "192.0.2.7", "192.0.2.7"],
    ["[0:0:0:0:0:FFFF:c000:0207]:5", "192.0.2.7:5", "192.0.2.7", "192.0.2.7"],
  ])("%s", (text, written, host, group) => {
    const endpoint = read(text);
    expect(endpointText(endpoint)).toBe(written);
    expect(hostText(endpoint)).toBe(host);
    expect(groupText(endpoint)).toBe(group);
    expect(parseEndpoint(written)).toEqual(endpoint);
  });

  it("gives the bytes in the order of the wire", () => {
    expect(read("192.0.2.1:258")).toEqual({ ip: Uint8Array.of(192, 0, 2, 1), port: 258, zone: "" });
    expect([...read("[2001:db8::ff]:1").ip]).toEqual([
      0x20,
      1,
      0xd,
      0xb8,
      ...new Array(11).fill(0),
      0xff,
    ]);
  });

  it.each([
    "",
    ":",
    ":80",
    "1.2.3.4",
    "1.2.3.4:",
    "1.2.3.4:65536",
    "1.2.3.4:99999",
    "1.2.3.4:080",
    "1.2.3.4:00",
    "1.2.3.4:-0",
    "1.2.3.4:8 0",
    "1.2.3.4:80\n",
    "\t1.2.3.4:80",
    "1.2.3.4:٨٠",
    "1.2.3:80",
    "1.2.3.4.5:80",
    "1.2.3.256:80",
    "1.2.3.04:80",
    "1.2.3.0x4:80",
    "0x01020304:80",
    "16909060:80",
    "1.2.3.4%eth0:80",
    "localhost:80",
    "::1:80",
    "[::1]80",
    "[::1]:",
    "[::1",
    "::1]:80",
    "[[::1]]:80",
    "[]:80",
    "[:]:80",
    "[:::]:80",
    "[1:2:3:4:5:6:7]:80",
    "[1:2:3:4:5:6:7:8:9]:80",
    "[1::2::3]:80",
    "[12345::]:80",
    "[::g]:80",
    "[::1.2.3]:80",
    "[::1.2.3.256]:80",
    "[1.2.3.4::]:80",
    "[1.2.3.4]:80",
    "[::1%eth0]:80",
    "[2001:db8::1%eth0]:80",
    "[fe80::1%]:80",
    "[fe80::1%%eth0]:80",
    "[fe80::1%a/b]:80",
    "[fe80::1%a b]:80",
    "[fe80::1%a]b]:80",
    "[fe80::1%\0]:80",
    "[fe80::1%0123456789abcdef]:80",
    "[::ffff:1.2.3.4%eth0]:80",
    `${"1".repeat(100_000)}:80`,
    `[${":".repeat(100_000)}]:80`,
  ])("takes no %j", (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });

  it("takes no other kind of value", () => {
    for (const value of [undefined, null, 7, {}, [], ["1.2.3.4:80"], new Date(0)]) {
      expect(parseEndpoint(value as string)).toBeUndefined();
    }
  });

  it("never throws, whatever the characters, and reads again what it writes", () => {
    const random = createSeededRandom(3);
    const characters = "0123456789abcdefF:.[]% eth\n";
    let read = 0;
    for (let i = 0; i < 15_000; i++) {
      const from = random.pick([
        "1.2.3.4:80",
        "[fe80::1%eth0]:80",
        "[::ffff:1.2.3.4]:80",
        "[1::2]:80",
      ]);
      const text = [...from];
      for (let changes = random.below(3); changes >= 0; changes--) {
        const change = random.pick([...characters]);
        text.splice(random.below(text.length), random.below(2), change);
      }
      const endpoint = parseEndpoint(text.join(""));
      if (endpoint === undefined) continue;
      read += 1;
      expect(parseEndpoint(endpointText(endpoint))).toEqual(endpoint);
    }
    expect(read).toBeGreaterThan(300);
  });

  it.each([
    ["192.0.2.1:1", true],
    ["127.0.0.1:1", true],
    ["223.255.255.255:1", true],
    ["192.0.2.1:0", false],
    ["0.0.0.0:1", false],
    ["0.1.2.3:1", false],
    ["224.0.0.1:1", false],
    ["255.255.255.255:1", false],
    ["[::1]:1", true],
    ["[fe80::1]:1", true],
    ["[::]:1", false],
    ["[ff02::1]:1", false],
    ["[::ffff:0.0.0.0]:1", false],
    ["[::ffff:224.0.0.1]:1", false],
  ])("%s is one to send to: %s", (text, expected) => {
    expect(isDestination(read(text))).toBe(expected);
  });
});
