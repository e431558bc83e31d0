// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Peers: the set of links. One endpoint of the channel and one sink for all transports; who is
 * configured is dialled until removed, who comes by itself is let in if the owner says so. What it
 * guards: one link per identity, and nothing for strangers. Start with ports.ts.
 */
export { createPeers } from "./peers.js";
export type { PeerStatus, Peers, PeersOptions, PeersOwner } from "./ports.js";
