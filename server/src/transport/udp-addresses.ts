// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The addresses that a UDP transport knows, each made once. Guards that strangers cannot make it
 * grow: it holds so many and forgets the one used longest ago, which then is made again.
 */
import { createLru } from "../core/index.js";
import {
  IPV4_NAME_BYTES,
  IPV6_NAME_BYTES,
  interfaceIndex,
  interfaceName,
  ipOfName,
  portOfName,
  scopeOfName,
} from "../sys/index.js";
import type { Transport } from "./transport.js";
import { createUdpAddress, type UdpAddress, type UdpFamily } from "./udp-address.js";
import { isLinkLocal, parseEndpoint, type UdpEndpoint } from "./udp-text.js";

/** Addresses held, each some 600 bytes. */
const MOST_ADDRESSES = 4_096;
/** Names of interfaces held. A kernel does not use an index twice. */
const MOST_ZONES = 64;
/** No interface has this index: what is sent there fails, while 0 would be sent anywhere. */
const NO_SCOPE = 0x7fff_ffff;

/** Finds addresses by what stands for them. */
export interface UdpAddresses {
  /** By text; undefined if it is no address. */
  fromText(text: string): UdpAddress | undefined;
  /** Of an endpoint. */
  fromEndpoint(endpoint: UdpEndpoint): UdpAddress;
  /** By the socket name at `at` in `names`, words of this machine's order. */
  fromName(family: UdpFamily, names: Uint32Array, at: number): UdpAddress;
  /** Entries held, by text and by name. */
  size(): number;
}

/** An address with the words of its socket name, to compare. */
interface Named {
  readonly address: UdpAddress;
  readonly words: Uint32Array;
}

/** An empty table. */
export function createUdpAddresses(transport: Transport): UdpAddresses {
  const byText = createLru<string, UdpAddress>(MOST_ADDRESSES);
  const byName = createLru<number, Named>(MOST_ADDRESSES);
  const zoned = createZones();
  let last: Named | undefined;

  const fromEndpoint = (given: UdpEndpoint): UdpAddress => {
    const { endpoint, scope } = zoned(given);
    const made = createUdpAddress(transport, endpoint, scope);
    const known = byText.get(made.text);
    if (known !== undefined) return known;
    // Looked up again next time: the interface may have come by then.
    if (scope !== NO_SCOPE) byText.set(made.text, made);
    return made;
  };
  const find = (family: UdpFamily, names: Uint32Array, at: number): Named => {
    const key = family === 4 ? ipv4Key(names, at) : ipv6Key(names, at);
    const found = byName.get(key);
    if (found !== undefined && sameName(found, family, names, at)) return found;
    // Of two IPv6 addresses with one key the newer stands in the table.
    const named = nameOf(family, names, at, fromEndpoint);
    byName.set(key, named);
    return named;
  };
  return {
    fromText(text) {
      const known = byText.get(text);
      if (known !== undefined) return known;
      const endpoint = parseEndpoint(text);
      return endpoint === undefined ? undefined : fromEndpoint(endpoint);
    },
    fromEndpoint,
    fromName(family, names, at) {
      if (last === undefined || !sameName(last, family, names, at)) last = find(family, names, at);
      return last.address;
    },
    size() {
      return byText.size() + byName.size();
    },
  };
}

/** A zone by its name where the interface has one, whichever way it was written. */
function createZones(): (endpoint: UdpEndpoint) => { endpoint: UdpEndpoint; scope: number } {
  const names = createLru<number, string>(MOST_ZONES);
  const nameOfScope = (scope: number): string => {
    const name = names.get(scope) ?? interfaceName(scope) ?? String(scope);
    names.set(scope, name);
    return name;
  };
  return (endpoint) => {
    const { zone } = endpoint;
    if (zone === "") return { endpoint, scope: 0 };
    if (!/^\d{1,9}$/.test(zone)) return { endpoint, scope: interfaceIndex(zone) ?? NO_SCOPE };
    const scope = Number(zone);
    return { endpoint: { ...endpoint, zone: nameOfScope(scope) }, scope };
  };
}

function nameOf(
  family: UdpFamily,
  names: Uint32Array,
  at: number,
  fromEndpoint: (endpoint: UdpEndpoint) => UdpAddress,
): Named {
  const length = family === 4 ? IPV4_NAME_BYTES : IPV6_NAME_BYTES;
  const words = names.slice(at, at + length / 4);
  const name = new Uint8Array(words.buffer);
  const ip = ipOfName(name);
  const scope = isLinkLocal(ip) ? scopeOfName(name) : 0;
  const zone = scope === 0 ? "" : String(scope);
  return { address: fromEndpoint({ ip, port: portOfName(name), zone }), words };
}

const word = (names: Uint32Array, at: number): number => names[at] ?? 0;

/** Port and address: word 0 is family and port, word 1 the address. Below 2^48, and its own. */
function ipv4Key(names: Uint32Array, at: number): number {
  return word(names, at + 1) * 0x1_0000 + (word(names, at) >>> 16);
}

/** Words 2 to 5 are the address, word 6 the scope: mixed to 52 bits, negative so as to be apart. */
function ipv6Key(names: Uint32Array, at: number): number {
  let low = word(names, at) >>> 16;
  let high = word(names, at + 6);
  for (let i = at + 2; i < at + 6; i++) {
    low = Math.imul(low ^ word(names, i), 0x9e37_79b1);
    low ^= low >>> 15;
    high = Math.imul(high + word(names, i), 0x85eb_ca6b);
    high ^= high >>> 13;
  }
  return -1 - ((high >>> 12) * 0x1_0000_0000 + (low >>> 0));
}

function sameName(named: Named, family: UdpFamily, names: Uint32Array, at: number): boolean {
  const { words } = named;
  if (named.address.family !== family || words[0] !== names[at]) return false;
  if (family === 4) return words[1] === names[at + 1];
  return (
    words[2] === names[at + 2] &&
    words[3] === names[at + 3] &&
    words[4] === names[at + 4] &&
    words[5] === names[at + 5] &&
    words[6] === names[at + 6]
  );
}
