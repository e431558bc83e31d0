// SPDX-License-Identifier: GPL-3.0-or-later

/** The longest message in bytes, the same for every destination (INET256 section 2). */
export const MTU = 65_535;
