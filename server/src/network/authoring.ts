// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What somebody needs who writes a routing algorithm, and nothing else: the package exports it as
 * `@inet256/mesh256/network`, and docs/adding-a-network.md goes through an algorithm that is made of
 * it. First the port; then the header, which every algorithm writes the same way; then the locator,
 * which finds and proves where nodes are, whatever the ways between routers; then the records, for
 * an algorithm that asks its questions in a way of its own. Everything here is for protocol code:
 * pure, synchronous, with the time as an argument. The rooms above take the room's own door.
 */

// The port: what an algorithm is, and what its routers are asked and tell.
export {
  type AddressMap,
  createAddressMap,
  createTokenBucket,
  type Logger,
  type Random,
  type TokenBucket,
} from "../core/index.js";
export type { Crypto } from "../crypto/index.js";
export { Address, type Keys, PURPOSES } from "../identity/index.js";
export type { LinkQuality } from "../link/index.js";
export {
  type Algorithm,
  type AlgorithmSpec,
  type ConfiguredAlgorithm,
  defineAlgorithm,
} from "./algorithm.js";
export { ADDRESS_BITS, ADDRESS_BYTES } from "./constants.js";
// The header of a packet. Nothing in it is authentic.
export {
  DESTINATION_AT,
  HEADER_BYTES,
  headerLength,
  hopLimit,
  locationAt,
  routerAt,
  SOURCE_AT,
  takeHop,
  writeHeader,
} from "./header.js";
// The locator: everything about nodes, for an algorithm that says which routers there are.
export type { LocatingCounters } from "./locating/counters.js";
export { createLocator, type Locator, type LocatorOptions } from "./locating/locator.js";
export type { Neighbour } from "./locating/neighbours.js";
export { type Attachment, type Found, HEADROOM_BYTES } from "./network.js";
// Records: what a node, and its router, have signed.
export {
  type AttachFields,
  type AttachRecord,
  decodeAttach,
  encodeAttach,
} from "./records/attach.js";
export {
  type ConsentFields,
  type ConsentRecord,
  decodeConsent,
  encodeConsent,
} from "./records/consent.js";
export { decodeLocation, encodeLocation, type Location } from "./records/location.js";
export { type SignedRecord, sameBytes } from "./records/signed.js";
export { createRecordVerifier, type RecordVerifier, type Verdict } from "./records/verifier.js";
// What `forward` gives, and the port itself.
export {
  BAD_HEADER,
  type Explanation,
  FROM_LOCAL,
  NO_WAY,
  type Router,
  type RouterCounters,
  type RouterEnvironment,
  type RouterSink,
  TO_LOCAL,
  TOO_FAR,
  type Way,
} from "./router.js";
