// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Testing: the promises of our ports as suites that anybody can run against an implementation of
 * his own, in whatever test runner, and the laboratory that they stand on. Nothing of the daemon
 * imports it. Start with router-contract.ts; router-lab.ts has the daemons and links of its cases.
 */
export { routerContract, type TestRunner } from "./router-contract.js";
export {
  type Carried,
  createRouterLab,
  type LabDaemon,
  type LabDaemonOptions,
  type LabNode,
  type RouterLab,
} from "./router-lab.js";
export { createSeededRandom, type SeededRandom } from "./seeded-random.js";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.js";
