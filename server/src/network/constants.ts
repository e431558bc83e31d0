// SPDX-License-Identifier: GPL-3.0-or-later

// Every limit of the network room, each with its unit and what happens at it. First what the
// protocol fixes, then what we chose.

// What the protocol fixes.

/** Bytes of an address. */
export const ADDRESS_BYTES = 32;
/** Bits of an address. */
export const ADDRESS_BITS = 256;
/** Bytes of a network tag. */
export const TAG_BYTES = 32;
/** The longest lifetime of an attach record, in seconds; one that says more is invalid. */
export const MOST_ATTACH_SECONDS = 86_400;
/** The longest lifetime of a consent, in seconds; one that says more is invalid. */
export const MOST_CONSENT_SECONDS = 120;
/** The longest lifetime of a beacon, in seconds; one that says more is invalid. */
export const MOST_BEACON_SECONDS = 60;
/** The highest sequence number of a record: there is always room above it to sign again. */
export const MOST_SEQ = 2 ** 53 - 2 ** 16;
/** Milliseconds for which "nobody knows it" is believed; then the next who asks is asked for. */
export const NEGATIVE_MS = 5_000;

// What we chose: records.

/** Seconds for which we sign an attachment; also how long others remember its sequence number. */
export const ATTACH_SECONDS = 3_600;
/** Seconds for which we sign a consent. */
export const CONSENT_SECONDS = 120;
/** Records whose lifetime has fallen to one part in so many are made again before they are given. */
export const RENEW_SHARE = 2;
/** Signatures of one neighbour's records that are verified in a second, and at once. */
export const VERIFICATIONS_PER_SECOND = 500;
/** The same with portable crypto. */
export const VERIFICATIONS_PER_SECOND_PORTABLE = 20;
/** Routers that were told where one node is and are told when it leaves; the oldest is forgotten. */
export const MOST_TOLD = 256;
/** Own addresses that are not open any more whose last sequence number is remembered. */
export const MOST_LAST_SEQS = 16_384;

// What we chose: questions.

/** Destinations and prefixes that are asked for or known to be unknown; beyond, "unknown" at once. */
export const MOST_QUESTIONS = 16_384;
/** Milliseconds after which a neighbour that has not answered a question counts as a no. */
export const QUESTION_MS = 2_000;
/** Milliseconds for which "no" waits for a configured peer that has just been added or lost. */
export const SETTLING_MS = 5_000;
/** Questions of one neighbour that are answered in a second; beyond, silence. */
export const QUERIES_PER_SECOND = 2_000;
/** … and at once. */
export const QUERIES_BURST = 4_000;
/** Milliseconds for which a question to which we said no is answered after all by an attachment. */
export const STANDING_MS = 10_000;
/** Such questions of one neighbour; beyond, its oldest is forgotten. */
export const MOST_STANDING = 256;

// What we chose: locations.

/** Locations and last sequence numbers that are held; beyond, the largest holder loses its oldest. */
export const MOST_LOCATIONS = 16_384;
/** Milliseconds between looks at what has expired or is to be renewed. */
export const SWEEP_MS = 1_000;
/** A location that was used so many milliseconds ago is still renewed. */
export const RENEW_USED_MS = 180_000;
/** Milliseconds before the end of a consent at which a used location is renewed. */
export const RENEW_BEFORE_MS = 60_000;
/** Milliseconds between two attempts to renew one location. */
export const RENEW_AGAIN_MS = 5_000;
