// SPDX-License-Identifier: GPL-3.0-or-later

// An address of the UDP transport: what the port shows, and what its sockets need.

import { socketName } from "../sys/index.js";
import type { Transport, TransportAddress } from "./transport.js";
import { endpointText, groupText, hostText, type UdpEndpoint } from "./udp-text.js";

/** The families, by the length of an address in bytes. */
export type UdpFamily = 4 | 16;

/** The family of an endpoint. */
export function familyOf({ ip }: UdpEndpoint): UdpFamily {
  return ip.length === 4 ? 4 : 16;
}

/** IPv6 asks every link to carry 1,280 bytes, and what carries IPv4 does: less the headers. */
const BASE_MTU = 1_200;
/** The length field's 65,535, less 20 of IPv4 and 8 of UDP. */
const LARGEST_IPV4 = 65_507;
/** The largest interface there is (loopback: 65,536), less 40 of IPv6 and 8 of UDP. */
const LARGEST_IPV6 = 65_488;

/** Made by a transport's table of addresses only. */
export interface UdpAddress extends TransportAddress {
  readonly family: UdpFamily;
  /** The address without the port, as node:dgram takes it. */
  readonly host: string;
  readonly port: number;
  /** As the kernel takes it. Not to be modified. */
  readonly name: Uint8Array;
}

/** The address of an endpoint; `scope` is the index of its zone, 0 for none or not known. */
export function createUdpAddress(
  transport: Transport,
  endpoint: UdpEndpoint,
  scope: number,
): UdpAddress {
  const { ip, port } = endpoint;
  const family = familyOf(endpoint);
  const bytes = new Uint8Array(family + 2);
  bytes.set(ip);
  bytes[family] = port >>> 8;
  bytes[family + 1] = port;
  return {
    transport,
    text: endpointText(endpoint),
    bytes,
    group: groupText(endpoint),
    baseMtu: BASE_MTU,
    largestMtu: family === 4 ? LARGEST_IPV4 : LARGEST_IPV6,
    family,
    host: hostText(endpoint),
    port,
    name: socketName(ip, port, scope),
  };
}
