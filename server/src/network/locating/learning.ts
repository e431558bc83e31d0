// SPDX-License-Identifier: GPL-3.0-or-later

// What other routers say about where nodes are. Invariants: a location counts only if the node
// signed its attachment to a router, and that router its consent (R1, R2); an older record never
// replaces a newer one (R3).

import { decodeAttach } from "../records/attach.js";
import { decodeLocation, encodeLocation, type Location } from "../records/location.js";
import { sameBytes } from "../records/signed.js";
import type { Verdict } from "../records/verifier.js";
import { type Context, type Correspondent, tell } from "./context.js";
import type { HeldLocation } from "./locations.js";
import { meetHeld, meetRival } from "./ownership.js";

const NOTHING = new Uint8Array(0);

/**
 * A location, as an answer or an introduction; `whose`: the address it has to be of, if that is
 * known. What is held now, if it counts.
 */
export function learn(
  context: Context,
  bytes: Uint8Array,
  whose: Uint8Array | undefined,
  from: Correspondent,
  nowMs: number,
): HeldLocation | undefined {
  const { counters, locations, verifier, tag } = context;
  const location = decodeLocation(tag, bytes.slice());
  const address = location && verifier.addressOf(location.attach.publicKey);
  if (
    address === undefined ||
    location?.consent === undefined ||
    location.attach.kind !== "attach" ||
    (whose !== undefined && !sameBytes(address, whose))
  ) {
    counters.locationsInvalid += 1;
    return undefined;
  }
  const node = context.own.get(address, 0);
  if (node !== undefined) {
    meetRival(context, node, location, from, nowMs);
    return undefined;
  }
  if (!context.mayBring(location.attach.router, from)) {
    counters.locationsInvalid += 1;
    return undefined;
  }
  const held = locations.get(address, 0);
  if (held !== undefined && held.attachUntilMs > nowMs && isOlder(location, held)) {
    counters.locationsOld += 1;
    giveHeld(context, held, from, nowMs);
    return undefined;
  }
  const known = held !== undefined && sameBytes(held.attach.bytes, location.attach.bytes);
  if (known && held.consent !== undefined && isOldConsent(location, held)) {
    return revive(held, nowMs);
  }
  const verdict = verify(context, location, known, from, nowMs);
  if (verdict !== "valid") {
    if (verdict === "invalid") counters.locationsInvalid += 1;
    else counters.locationsRefused += 1;
    return undefined;
  }
  counters.locationsTaken += 1;
  const taken = take(context, address, location, known ? held : undefined, from, nowMs);
  if (held !== undefined && !known) tellTheLeft(context, held, taken, nowMs);
  return taken;
}

/** "Yours is older than this one." */
export function learnHeld(
  context: Context,
  bytes: Uint8Array,
  from: Correspondent,
  nowMs: number,
): void {
  const location = decodeLocation(context.tag, bytes.slice());
  if (location === undefined) {
    context.counters.locationsInvalid += 1;
    return;
  }
  const address = context.verifier.addressOf(location.attach.publicKey);
  const node = context.own.get(address, 0);
  if (node !== undefined) meetHeld(context, node, location, from, nowMs);
}

/** A node has left its router. Its older records do not count from now on. */
export function learnDetach(
  context: Context,
  bytes: Uint8Array,
  from: Correspondent,
  nowMs: number,
): void {
  const { counters, locations, verifier } = context;
  const attach = decodeAttach(context.tag, bytes.slice());
  if (attach?.kind !== "detach" || !context.mayBring(attach.router, from)) {
    counters.locationsInvalid += 1;
    return;
  }
  const address = verifier.addressOf(attach.publicKey);
  const held = locations.get(address, 0);
  if (context.own.get(address, 0) !== undefined) return;
  if (held !== undefined && held.attach.seq >= attach.seq) {
    counters.locationsOld += 1;
    return;
  }
  const verdict = verifier.attach(attach, from.signatures, nowMs);
  if (verdict !== "valid") {
    if (verdict === "invalid") counters.locationsInvalid += 1;
    else counters.locationsRefused += 1;
    return;
  }
  locations.put({
    address,
    holder: from.holder,
    attach,
    attachUntilMs: nowMs + attach.lifetimeSeconds * 1000,
    consent: undefined,
    routerKey: NOTHING,
    consentUntilMs: 0,
    counts: false,
    via: undefined,
    usedMs: nowMs,
    renewedMs: nowMs,
    renewal: 0,
  });
}

/** The router that has told us does not have the node any more. */
export function learnWithdrawn(context: Context, address: Uint8Array, from: Correspondent): void {
  const held = context.locations.get(address, 0);
  if (held === undefined || !sameBytes(held.attach.router, from.address)) return;
  held.consent = undefined;
  held.counts = false;
}

function isOlder({ attach }: Location, held: HeldLocation): boolean {
  if (attach.seq !== held.attach.seq) return attach.seq < held.attach.seq;
  return !sameBytes(attach.body, held.attach.body);
}

function isOldConsent({ consent }: Location, held: HeldLocation): boolean {
  return consent !== undefined && held.consent !== undefined && consent.seq <= held.consent.seq;
}

/** The same location again: its time has not grown, but its router may be back. */
function revive(held: HeldLocation, nowMs: number): HeldLocation | undefined {
  if (held.consentUntilMs <= nowMs || held.attachUntilMs <= nowMs) return undefined;
  held.counts = true;
  return held;
}

function verify(
  context: Context,
  location: Location,
  attachIsKnown: boolean,
  from: Correspondent,
  nowMs: number,
): Verdict {
  const { attach, consent, routerKey, consentSeconds, attachSeconds } = location;
  if (consent === undefined || consentSeconds === 0 || attachSeconds === 0) return "invalid";
  const { verifier } = context;
  const verdict = verifier.consent(consent, attach, routerKey, from.signatures, nowMs);
  if (verdict !== "valid" || attachIsKnown) return verdict;
  return verifier.attach(attach, from.signatures, nowMs);
}

function take(
  context: Context,
  address: Uint8Array,
  location: Location,
  known: HeldLocation | undefined,
  from: Correspondent,
  nowMs: number,
): HeldLocation {
  const { attach, consent, routerKey } = location;
  const consentUntilMs = nowMs + location.consentSeconds * 1000;
  if (known !== undefined) {
    known.consent = consent;
    known.routerKey = routerKey;
    known.consentUntilMs = consentUntilMs;
    known.counts = true;
    context.locations.touch(known);
    return known;
  }
  const taken: HeldLocation = {
    address,
    holder: from.holder,
    attach,
    attachUntilMs: nowMs + location.attachSeconds * 1000,
    consent,
    routerKey,
    consentUntilMs,
    counts: true,
    via: undefined,
    usedMs: nowMs,
    renewedMs: nowMs,
    renewal: 0,
  };
  context.locations.put(taken);
  return taken;
}

/** Returns the record that we hold, and its consent if that still counts (R3). */
function giveHeld(context: Context, held: HeldLocation, to: Correspondent, nowMs: number): void {
  tell(context, to, { type: "held", location: encodeHeld(held, nowMs) }, nowMs);
}

/** The router that a node has left, without knowing it maybe, is shown the newer record (O4). */
function tellTheLeft(
  context: Context,
  before: HeldLocation,
  taken: HeldLocation,
  nowMs: number,
): void {
  const left = context.correspondent(before.attach.router);
  if (left === undefined || sameBytes(before.attach.router, taken.attach.router)) return;
  tell(context, left, { type: "answer", query: 0, location: encodeHeld(taken, nowMs) }, nowMs);
}

function encodeHeld(held: HeldLocation, nowMs: number): Uint8Array {
  const { attach, consent, routerKey, attachUntilMs, consentUntilMs } = held;
  const attachSeconds = secondsLeft(attachUntilMs, nowMs);
  if (consent === undefined || consentUntilMs <= nowMs) {
    return encodeLocation(attach.bytes, NOTHING, NOTHING, attachSeconds, 0);
  }
  const consentSeconds = secondsLeft(consentUntilMs, nowMs);
  return encodeLocation(attach.bytes, consent.bytes, routerKey, attachSeconds, consentSeconds);
}

function secondsLeft(untilMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((untilMs - nowMs) / 1000));
}
