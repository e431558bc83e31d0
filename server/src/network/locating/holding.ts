// SPDX-License-Identifier: GPL-3.0-or-later

// What is done with the locations that are held, whatever brought them: found, renewed while they
// are used, and ended in time.

import { Address, matchesPrefix } from "../../identity/index.js";
import { ADDRESS_BITS, RENEW_AGAIN_MS, RENEW_BEFORE_MS, RENEW_USED_MS } from "../constants.js";
import type { Found } from "../network.js";
import { type Context, neighbourOf, tell } from "./context.js";
import type { HeldLocation } from "./locations.js";

/** A location as the rooms above know it. */
export function foundOf({ address, attach }: HeldLocation): Found {
  return { address: Address.fromBytes(address), publicKey: attach.publicKey };
}

/** A location with this prefix that can be sent to now. */
export function firstReached(
  context: Context,
  prefix: Uint8Array,
  nbits: number,
): HeldLocation | undefined {
  if (nbits === ADDRESS_BITS) {
    const held = context.locations.get(prefix, 0);
    return held !== undefined && neighbourOf(context, held) >= 0 ? held : undefined;
  }
  for (const held of context.locations.all()) {
    if (matchesPrefix(held.address, prefix, nbits) && neighbourOf(context, held) >= 0) return held;
  }
  return undefined;
}

/** Forgets what has ended, and asks again for what is in use before it ends. */
export function sweepLocations(context: Context, nowMs: number): void {
  const ended: HeldLocation[] = [];
  for (const held of context.locations.all()) {
    if (held.attachUntilMs <= nowMs) ended.push(held);
    else if (held.counts) renewOrEnd(context, held, nowMs);
  }
  for (const held of ended) context.locations.delete(held);
}

/** Asks the router of a location whether it still has the node, unless it was asked just now. */
export function renew(context: Context, held: HeldLocation, nowMs: number): void {
  const router = context.correspondent(held.attach.router);
  if (router === undefined || nowMs - held.renewedMs < RENEW_AGAIN_MS) return;
  held.renewedMs = nowMs;
  held.renewal = Math.max(1, context.random.u32());
  const { address: prefix, renewal: query } = held;
  tell(context, router, { type: "query", query, prefix, nbits: ADDRESS_BITS }, nowMs);
}

/** A location that is in use is asked for again before its consent ends; one that has ended is not used. */
function renewOrEnd(context: Context, held: HeldLocation, nowMs: number): void {
  if (held.consentUntilMs <= nowMs) {
    held.counts = false;
    return;
  }
  if (held.consentUntilMs - nowMs > RENEW_BEFORE_MS) return;
  if (nowMs - held.usedMs <= RENEW_USED_MS) renew(context, held, nowMs);
}
