// SPDX-License-Identifier: GPL-3.0-or-later

// The router of onehop: the locator, and no ways but those to neighbours. Nothing is carried.

import { routerAt } from "../header.js";
import { createLocator } from "../locating/locator.js";
import { BAD_HEADER, FROM_LOCAL, NO_WAY, type Router, type RouterEnvironment } from "../router.js";

/** Packets go one hop. */
const HOP_LIMIT = 1;

/** A router without nodes and neighbours. */
export function createOnehopRouter(environment: RouterEnvironment): Router {
  const locator = createLocator(environment, { hopLimit: HOP_LIMIT });
  return {
    ...locator,
    neighbourUp: (id, address, nowMs) => void locator.neighbourUp(id, address, nowMs),
    neighbourChanged() {},
    control(id, buffer, at, length, nowMs) {
      const from = locator.neighbour(id);
      if (from !== undefined) locator.hear(from, buffer.subarray(at, at + length), nowMs);
    },
    forward(buffer, at, _length, headerBytes, from, nowMs) {
      if (from === FROM_LOCAL) return locator.forwardOwn(buffer, at);
      if (routerAt(buffer, at) !== 0) return BAD_HEADER;
      const sender = locator.neighbour(from);
      if (sender === undefined) return NO_WAY;
      return locator.deliver(buffer, at, headerBytes, sender, nowMs);
    },
  };
}
