// SPDX-License-Identifier: GPL-3.0-or-later

// Every limit of the set of peers; all of them chosen.

/** Peers that were not configured; beyond, one more is refused. */
export const MOST_GUESTS = 1_024;
/** Milliseconds for which a peer that was not configured may be down before it is forgotten. */
export const FORGET_GUEST_MS = 60_000;
/** Milliseconds after which a configured peer that refused us, or has another network, is tried. */
export const REFUSED_AGAIN_MS = 300_000;
