// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Channel: the secure datagram channel of the wire protocol, used by links (with transport
 * addresses as sources) and by sessions over the mesh (with claimed addresses). C1, S4 and the like
 * name the rules of docs/protocol.md. What it guards: only the holder of an address's key gets a
 * session with it, a datagram is accepted once, and what is not authentic changes nothing. An
 * endpoint (endpoint.ts) is one layer of a daemon; a channel (channel.ts) is one remote identity.
 */
export { createCertificateVerifier, type VerifyCertificate } from "./certificate.js";
export type { Channel, ChannelCounters, ChannelOwner, Established } from "./channel.js";
export {
  DATA_HEADER_BYTES,
  DATA_OVERHEAD_BYTES,
  type LayerRules,
  LINK_LAYER,
  SESSION_LAYER,
} from "./constants.js";
export type { EndpointCounters } from "./counters.js";
export {
  type Credentials,
  type CredentialsOptions,
  createCredentials,
  type Signer,
} from "./credentials.js";
export { createEndpoint, type Endpoint, type EndpointOptions } from "./endpoint.js";
export type { EndpointSink } from "./listener.js";
export type { Peer } from "./peer-verifier.js";
export type { ChannelOptions } from "./secure-channel.js";
export type { Source } from "./source.js";
