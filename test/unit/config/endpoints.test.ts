// SPDX-License-Identifier: GPL-3.0-or-later

// The reader of addresses beside the transport's own: with a port both say the same of every text.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_UDP_PORT } from "../../../server/src/config/constants.js";
import {
  canonicalEndpoint,
  formatEndpoint,
  parseEndpoint,
  wrongBindAddress,
  wrongPeerAddress,
} from "../../../server/src/config/endpoints.js";
import * as udp from "../../../server/src/transport/udp-text.js";

/** Whether a text has a port, as far as the transport would have to say so. */
function check(text: string): void {
  const theirs = udp.parseEndpoint(text);
  const ours = parseEndpoint(text);
  if (theirs === undefined) {
    // Then it has no port, or is none to either.
    if (ours === undefined) return;
    expect(ours.port).toBe(DEFAULT_UDP_PORT);
    expect(udp.parseEndpoint(formatEndpoint(ours))).toEqual(ours);
    return;
  }
  expect(ours).toEqual(theirs);
  expect(canonicalEndpoint(text)).toBe(udp.endpointText(theirs));
  expect(wrongPeerAddress(text) === undefined).toBe(udp.isDestination(theirs));
}

const ADDRESSES = [
  "192.0.2.1",
  "0.0.0.0",
  "0.1.2.3",
  "255.255.255.255",
  "239.1.1.1",
  "256.0.0.1",
  "1.2.3",
  "01.2.3.4",
  "::",
  "::1",
  "2001:DB8:0:0::1",
  "ff02::1",
  "fe80::1",
  "fe80::1%eth0",
  "fe80::1%",
  "fe80::1%0123456789abcdef",
  "2001:db8::1%eth0",
  "::ffff:192.0.2.1",
  "::ffff:192.0.2.1%eth0",
  "::ffff:0.0.0.0",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:8:9",
  "1::2::3",
  "localhost",
  "",
];
const PORTS = ["", ":", ":0", ":1", ":25632", ":65535", ":65536", ":01", ":+1", ":1 ", ":123456"];

describe("the reader of addresses", () => {
  it("agrees with the transport's: by hand", () => {
    let read = 0;
    for (const address of ADDRESSES) {
      for (const port of PORTS) {
        for (const text of [`${address}${port}`, `[${address}]${port}`, ` ${address}${port}`]) {
          check(text);
          if (udp.parseEndpoint(text) !== undefined) read++;
        }
      }
    }
    expect(read).toBe(56);
  });

  it("agrees with the transport's: of what addresses are made of", () => {
    const token = fc.constantFrom(..."0|1|255|.|:|::|[|]|%|eth0|fe80|ffff|db8|25632| ".split("|"));
    const text = fc.array(token, { maxLength: 24 }).map((tokens) => tokens.join(""));
    fc.assert(fc.property(text, check), { numRuns: 5_000 });
  });

  it("agrees with the transport's: addresses as they are", () => {
    const port = fc.nat(66_000);
    const v4 = fc.tuple(fc.ipV4(), port).map(([ip, at]) => `${ip}:${at}`);
    const v6 = fc.tuple(fc.ipV6(), port).map(([ip, at]) => `[${ip}]:${at}`);
    fc.assert(fc.property(fc.oneof(v4, v6), check), { numRuns: 2_000 });
  });

  it("agrees with the transport's: any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), check));
  });

  it.each([
    ["192.0.2.1", "192.0.2.1:25632"],
    ["2001:db8::1", "[2001:db8::1]:25632"],
    ["[2001:db8::1]", "[2001:db8::1]:25632"],
    ["fe80::1%eth0", "[fe80::1%eth0]:25632"],
    ["[fe80::1%eth0]", "[fe80::1%eth0]:25632"],
    ["::ffff:192.0.2.1", "192.0.2.1:25632"],
  ])("adds the port to %s", (text, expected) => {
    expect(canonicalEndpoint(text)).toBe(expected);
    expect(wrongPeerAddress(text)).toBeUndefined();
  });

  it.each(["[192.0.2.1]:1", "[192.0.2.1]", "192.0.2.1:", "[::1", "::1]", "[[::1]]:1", "[]:1"])(
    "refuses %s",
    (text) => {
      expect(parseEndpoint(text)).toBeUndefined();
      expect(wrongPeerAddress(text)).toBeTypeOf("string");
      expect(wrongBindAddress(text)).toBeTypeOf("string");
    },
  );

  it.each(["0.0.0.0:0", "[::]:0", "::", "127.0.0.1", "[fe80::1%lo]:5"])("binds to %s", (text) => {
    expect(wrongBindAddress(text)).toBeUndefined();
  });
});
