// SPDX-License-Identifier: GPL-3.0-or-later

// Limits on a configuration as a text; those on its values stand beside their keys in schema.ts.
// All are our choice but the length of a socket's path, which is the kernel's.

/** Bytes of a configuration. A larger one is refused unread. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Levels of lists and mappings inside each other. A deeper text is refused before it is composed:
 * the YAML library composes by recursion, and some 200,000 levels end the process.
 */
export const MAX_DEPTH = 32;

/** Aliases (`*name`) in a text. With more it is refused: their resolution takes quadratic time. */
export const MAX_ALIASES = 100;

/** Problems in one report. The rest are counted in its last line. */
export const MAX_PROBLEMS = 100;

/** Bytes of a unix socket's path: Linux's `sun_path` holds 108, one of them the final zero. */
export const MAX_SOCKET_PATH_BYTES = 107;

/** UDP's port unless another one is written (INET256 section 7). */
export const DEFAULT_UDP_PORT = 25_632;

/** The routing algorithm unless another one is written. */
export const DEFAULT_NETWORK = "beaconnet";

/** Transports in a configuration: each is a socket or two. */
export const MAX_TRANSPORTS = 16;

/** Peers in a configuration. */
export const MAX_PEERS = 10_000;

/** Transport addresses of one peer: what a link dials at most. */
export const MAX_PEER_ADDRESSES = 8;

/** The API's TCP port unless another one is written. */
export const DEFAULT_API_PORT = 2560;

/** Addresses that the API listens on beside its unix socket. */
export const MAX_LISTEN = 16;
