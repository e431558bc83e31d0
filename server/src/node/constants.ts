// SPDX-License-Identifier: GPL-3.0-or-later

/** The longest message in bytes, the same for every destination (INET256 section 2). */
export const MTU = 65_535;

/**
 * Milliseconds for which whoever sends in rows waits for a reader, or a way, that does not keep up:
 * one that goes on regardless moves at most 1 MiB in each such time.
 */
export const PATIENCE_MS = 100;
