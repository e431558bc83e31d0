// SPDX-License-Identifier: GPL-3.0-or-later

// Networks, transports and peers that cannot be, and the exact lines a user reads.

import { describe } from "vitest";
import { type Row, refuses } from "./problem-rows.js";

const A = `${"a".repeat(42)}-`;
const B = `${"b".repeat(42)}-`;
const ID = "expected an INET256 address, 43 characters as `inet256 addr` prints them";
const ADDRESS = "expected an IP address and a port, such as 192.0.2.1:25632 or [2001:db8::1]:25632";
const BIND =
  "expected an IP address of this machine and a port, such as 0.0.0.0:25632 or [::]:25632";
const NAMES = "expected one of beaconnet, flood, needy";

const at = (addrs: string): string => `peers: [{id: ${A}, addrs: [${addrs}]}]`;
const bind = (text: string): string => `transports: [{type: udp, bind: ${text}}]`;

const NETWORK: readonly Row[] = [
  [
    "misspelt",
    "network: beaconet",
    `1:10: network: unknown network (did you mean beaconnet?), ${NAMES}`,
  ],
  [
    "misspelt, with options",
    "network:\n  hops: 2\n  type: floot\n",
    `3:9: network.type: unknown network (did you mean flood?), ${NAMES}`,
  ],
  ["unknown", "network: zz9-plural", `1:10: network: unknown network, ${NAMES}`],
  ["nothing", "network:\n", `1:1: network: found nothing, ${NAMES}`],
  ["a list", "network: [beaconnet]", `1:10: network: found a list, ${NAMES}`],
  ["no type", "network: {hops: 2}", `1:10: network.type: missing, ${NAMES}`],
  [
    "an option it does not have",
    "network:\n  type: beaconnet\n  hops: 2\n",
    "3:3: network.hops: unknown key, expected none",
  ],
  [
    "a misspelt option",
    "network: {type: flood, hop: 2}",
    "1:24: network.hop: unknown key (did you mean hops?), expected one of hops, mode, inside, marks",
  ],
  [
    "a misspelt option inside",
    "network: {type: flood, inside: {sed: x}}",
    "1:33: network.inside.sed: unknown key (did you mean seed?), expected one of seed",
  ],
  [
    "bad options",
    "network: {type: flood, hops: 99, mode: loud, inside: {seed: 5}, marks: [x, 1]}",
    "1:30: network.hops: too large, expected at most 16",
    "1:40: network.mode: another value, expected one of slow, fast",
    "1:61: network.inside.seed: found a number, expected text",
    "1:76: network.marks[1]: found a number, expected text",
  ],
  ["an option that is missing", "network: needy", "1:10: network.root: missing, expected text"],
];

const TRANSPORTS: readonly Row[] = [
  ["text", "transports: udp", "1:13: transports: found text, expected a list of transports"],
  [
    "a list of text",
    "transports: [udp]",
    "1:14: transports[0]: found text, expected a mapping of keys to values",
  ],
  [
    "no type",
    "transports: [{bind: '[::]:1'}]",
    "1:14: transports[0].type: missing, expected one of udp",
  ],
  [
    "another type",
    "transports: [{type: tcp}]",
    "1:21: transports[0].type: unknown word, expected one of udp",
  ],
  [
    "bind: a number",
    bind("25632"),
    `1:32: transports[0].bind: found a number, expected one or two texts, each ${BIND.slice(9)}`,
  ],
  [
    "bind: nothing",
    bind("~"),
    `1:32: transports[0].bind: found nothing, expected one or two texts, each ${BIND.slice(9)}`,
  ],
  [
    "bind: none",
    bind("[]"),
    `1:32: transports[0].bind: an empty list, expected one or two texts, each ${BIND.slice(9)}`,
  ],
  [
    "bind: a name",
    bind("localhost:1"),
    `1:32: transports[0].bind: names are not looked up, ${BIND}`,
  ],
  [
    "bind: many",
    bind("'224.0.0.1:1'"),
    `1:32: transports[0].bind: a multicast, broadcast or reserved address, ${BIND}`,
  ],
  [
    "bind: two of one family",
    "transports:\n  - type: udp\n    bind:\n      - 0.0.0.0:1\n      - '[::]:1'\n      - 127.0.0.1:2\n",
    "6:9: transports[0].bind[2]: a second address of one family, expected one IPv4 and one IPv6 address at most; first on line 4",
  ],
  [
    "none, but peers to dial",
    `transports: []\npeers: [{id: ${A}}, {id: ${B}, addrs: [192.0.2.1]}]`,
    "1:13: transports: no way to dial a peer, expected a transport, or peers without addrs",
  ],
];

const PEERS: readonly Row[] = [
  ["a mapping", "peers: {}", "1:8: peers: found a mapping, expected a list of peers"],
  ["text", `peers: [${A}]`, "1:9: peers[0]: found text, expected a mapping of keys to values"],
  ["no id", "peers: [{addrs: []}]", `1:9: peers[0].id: missing, ${ID}`],
  [
    "an unknown key",
    `peers: [{id: ${A}, adrs: []}]`,
    "1:59: peers[0].adrs: unknown key (did you mean addrs?), expected one of id, addrs",
  ],
  ["id: nothing", "peers: [{id: }]", `1:10: peers[0].id: found nothing, ${ID}`],
  [
    "id: short",
    `peers: [{id: ${A.slice(1)}}]`,
    `1:14: peers[0].id: not as long as an address, ${ID}`,
  ],
  ["id: long", `peers: [{id: a${A}}]`, `1:14: peers[0].id: not as long as an address, ${ID}`],
  [
    "id: a wrong letter",
    `peers: [{id: +${A.slice(1)}}]`,
    `1:14: peers[0].id: a character that no address has, ${ID}`,
  ],
  [
    "id: a wrong end",
    `peers: [{id: ${"a".repeat(43)}}]`,
    `1:14: peers[0].id: the last character is none that an address ends with, ${ID}`,
  ],
  [
    "id: no one",
    `peers: [{id: ${"-".repeat(43)}}]`,
    `1:14: peers[0].id: an address that no daemon has, ${ID}`,
  ],
  [
    "id: everyone",
    `peers: [{id: ${"z".repeat(42)}w}]`,
    `1:14: peers[0].id: an address that no daemon has, ${ID}`,
  ],
  [
    "id: one twice",
    `peers:\n  - id: ${A}\n  - id: ${B}\n  - id: ${A}\n    addrs: [x y]\n`,
    "4:9: peers[2].id: the id of an earlier peer, expected each once; first on line 2",
    `5:13: peers[2].addrs[0]: not an IP address, ${ADDRESS}`,
  ],
  [
    "addrs: text",
    `peers: [{id: ${A}, addrs: "192.0.2.1:1"}]`,
    "1:66: peers[0].addrs: found text, expected a list of IP addresses with ports",
  ],
  [
    "addrs: nothing",
    `peers: [{id: ${A}, addrs: }]`,
    "1:59: peers[0].addrs: found nothing, expected a list of IP addresses with ports",
  ],
  [
    "addrs: nine",
    at(Array.from({ length: 9 }, (_, i) => `192.0.2.${i}`).join()),
    "1:66: peers[0].addrs: too many, expected at most 8",
  ],
  ["addrs: a number", at("25632"), `1:67: peers[0].addrs[0]: found a number, ${ADDRESS}`],
  ["addrs: empty", at("''"), `1:67: peers[0].addrs[0]: empty, ${ADDRESS}`],
  [
    "addrs: a name",
    at("peer.example:25632"),
    `1:67: peers[0].addrs[0]: names are not looked up, ${ADDRESS}`,
  ],
  [
    "addrs: a short name",
    at("localhost"),
    `1:67: peers[0].addrs[0]: names are not looked up, ${ADDRESS}`,
  ],
  [
    "addrs: port 0",
    at("'192.0.2.1:0'"),
    `1:67: peers[0].addrs[0]: port 0, which is none, ${ADDRESS}`,
  ],
  [
    "addrs: a large port",
    at("'192.0.2.1:65536'"),
    `1:67: peers[0].addrs[0]: the port is not a number from 0 to 65535, ${ADDRESS}`,
  ],
  [
    "addrs: a port of zeros",
    at("'[2001:db8::1]:01'"),
    `1:67: peers[0].addrs[0]: the port is not a number from 0 to 65535, ${ADDRESS}`,
  ],
  [
    "addrs: no brackets",
    at("'2001:db8::1:25632'"),
    `1:67: peers[0].addrs[0]: an IPv6 address with a port and without brackets, ${ADDRESS}`,
  ],
  [
    "addrs: nowhere",
    at("'0.0.0.0:1', '[::]:1'"),
    `1:67: peers[0].addrs[0]: the unspecified address, at which nobody is, ${ADDRESS}`,
    `1:80: peers[0].addrs[1]: the unspecified address, at which nobody is, ${ADDRESS}`,
  ],
  [
    "addrs: this network",
    at("0.1.2.3"),
    `1:67: peers[0].addrs[0]: not an address of a host, ${ADDRESS}`,
  ],
  [
    "addrs: everyone",
    at("255.255.255.255"),
    `1:67: peers[0].addrs[0]: a multicast, broadcast or reserved address, ${ADDRESS}`,
  ],
  [
    "addrs: many",
    at("'[ff02::1]:5'"),
    `1:67: peers[0].addrs[0]: a multicast, broadcast or reserved address, ${ADDRESS}`,
  ],
  [
    "addrs: a URL",
    at("'udp://192.0.2.1:5'"),
    `1:67: peers[0].addrs[0]: not an IP address, ${ADDRESS}`,
  ],
  [
    "addrs: one twice",
    `peers:\n  - id: ${A}\n    addrs:\n      - 192.0.2.1:25632\n      - '[::ffff:192.0.2.1]:25632'\n`,
    "5:9: peers[0].addrs[1]: an address that this peer has already, expected it once; first on line 4",
  ],
];

describe("a bad network", () => refuses(NETWORK));
describe("a bad transport", () => refuses(TRANSPORTS));
describe("a bad peer", () => refuses(PEERS));
