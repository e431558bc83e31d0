// SPDX-License-Identifier: GPL-3.0-or-later

/** Time that moves only when told: that of @inet256/mesh256/testing, and nothing more of it. */
export { createVirtualClock, type VirtualClock } from "../../server/src/testing/virtual-clock.js";
