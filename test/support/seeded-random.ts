// SPDX-License-Identifier: GPL-3.0-or-later

/** Randomness that is the same every time: that of @inet256/mesh256/testing, and nothing more of it. */
export { createSeededRandom, type SeededRandom } from "../../server/src/testing/seeded-random.js";
