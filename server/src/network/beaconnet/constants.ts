// SPDX-License-Identifier: GPL-3.0-or-later

// Every limit of beaconnet, each with its unit and what happens at it. First what the protocol
// fixes, then what we chose.

/** A cost beyond every other: the way is lost. Costs are microseconds. */
export const UNREACHABLE = 0xffffffff;
/** Hops of a packet, a beacon or a carried message; beyond, it is dropped. */
export const MOST_HOPS = 64;

/** Seconds for which we sign a beacon. */
export const BEACON_SECONDS = 60;
/** Milliseconds between two of our beacons, less up to a tenth of it. */
export const BEACON_MS = 30_000;
/** Beacons of ours in a second beyond those, and at once: when somebody has lost the way to us. */
export const EXTRA_BEACONS_PER_SECOND = 2;
export const EXTRA_BEACONS_BURST = 4;
/** Milliseconds for which changes are gathered before neighbours are told. */
export const GATHER_MS = 20;
/** Milliseconds between two looks at what has expired. */
export const SWEEP_MS = 1_000;
/** Bytes of one message of routes; more go into the next. */
export const MOST_ROUTES_BYTES = 16_384;
/**
 * Routers that are known; beyond, the neighbour that brought most of them brings no more, and loses
 * its newest to one that brought fewer.
 */
export const MOST_ROUTERS = 4_096;
/**
 * Routers that are not known any more whose last sequence number is remembered; beyond, the
 * neighbour that brought most of them loses its oldest.
 */
export const MOST_FORGOTTEN = 16_384;
/** The cost of a hop beside its latency, so that of equal ways the shorter one is taken. */
export const HOP_COST = 500;
/** The cost of a link that was not measured yet (a round trip of 100 ms), and what doubt adds. */
export const UNMEASURED_COST = 50_500;
export const DOUBTFUL_COST = 60_000_000;
/** A way is left for a better one when that costs no more than this share of it, and so much less. */
export const SWITCH_SHARE = 0.8;
export const SWITCH_COST = 1_000;
/** Neighbours are told of a cost that differs by more than this share, and so much. */
export const TELL_SHARE = 0.25;
export const TELL_COST = 5_000;
/** Times that neighbours are told at once of another way to one router: in a second, and in a row. */
export const NEWS_PER_SECOND = 1;
export const NEWS_BURST = 16;
/** Milliseconds after which they are told what was not told at once. */
export const NEWS_LATER_MS = 4_000;
/** Milliseconds after which a neighbour is told again whose link did not take the message. */
export const SEND_AGAIN_MS = 500;
/** Milliseconds between two requests for a newer beacon of one router; then twice as long … */
export const WANT_AGAIN_MS = 500;
/** … until there is one; the longest such time. */
export const WANT_AGAIN_MAX_MS = 32_000;
/** Such requests that one neighbour causes in a second, and at once; beyond, dropped. */
export const WANTS_PER_SECOND = 100;
export const WANTS_BURST = 1_024;
/** Beacons of ours against those of somebody else who has our key: in a second, and in a row. */
export const OVERTAKEN_PER_SECOND = 1 / 30;
export const OVERTAKEN_BURST = 3;
/** Signatures of beacons that we look at, beside those of a neighbour's other records: a share of these. */
export const BEACONS_SHARE = 0.5;
/**
 * Beacons of one neighbour that were not looked at for want of that share, and are asked for again;
 * beyond, they are waited for.
 */
export const MOST_POSTPONED = 4_096;
/** Milliseconds after which they are asked for, and then again the next … */
export const POSTPONED_MS = 500;
/** … and how many at once: what a neighbour answers, and the share of the portable code has room for. */
export const POSTPONED_AT_ONCE = 50;
/** Locations that we send to one router because it is said to ask: in a second, and at once. */
export const ASKED_PER_SECOND = 200;
export const ASKED_BURST = 1_000;
/** Messages of one neighbour that are carried on in a second, and at once; beyond, dropped. */
export const CARRIED_PER_SECOND = 2_000;
export const CARRIED_BURST = 4_000;
/** Floods of one neighbour that are open; beyond, it is told no. */
export const MOST_FLOODS = 2_048;
/** Milliseconds after which a neighbour that has not ended its answer counts as a no. */
export const FLOOD_MS = 2_000;
/** Milliseconds for which a question that is over is known when it comes again by another way, */
export const OVER_MS = 60_000;
/** and how many such questions; beyond, the oldest is forgotten. */
export const MOST_OVER = 16_384;
/** Locations that one neighbour may bring for one flood; beyond, they are dropped. */
export const MOST_REPLIES = 8;
