// SPDX-License-Identifier: GPL-3.0-or-later

// What neighbours say about where nodes are. Invariants: a location counts only if the node signed
// its attachment to the neighbour that says so, and that neighbour its consent (R1, R2); an older
// record never replaces a newer one (R3).

import { decodeAttach } from "../records/attach.js";
import { decodeLocation, encodeLocation, type Location } from "../records/location.js";
import { sameBytes } from "../records/signed.js";
import type { Verdict } from "../records/verifier.js";
import { type Context, tell } from "./context.js";
import type { HeldLocation } from "./locations.js";
import type { Neighbour } from "./neighbours.js";
import { nameOf } from "./neighbours.js";
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
  from: Neighbour,
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
  // In this network a neighbour speaks for itself only.
  if (!sameBytes(location.attach.router, from.address)) {
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
    return revive(held, from, nowMs);
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
  from: Neighbour,
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

/** A node has left the neighbour that says so. Its older records do not count from now on. */
export function learnDetach(
  context: Context,
  bytes: Uint8Array,
  from: Neighbour,
  nowMs: number,
): void {
  const { counters, locations, verifier } = context;
  const attach = decodeAttach(context.tag, bytes.slice());
  if (attach?.kind !== "detach" || !sameBytes(attach.router, from.address)) {
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
    holder: from.name,
    attach,
    attachUntilMs: nowMs + attach.lifetimeSeconds * 1000,
    consent: undefined,
    routerKey: NOTHING,
    consentUntilMs: 0,
    neighbour: -1,
    usedMs: nowMs,
    renewedMs: nowMs,
  });
}

/** The neighbour does not have the node any more. */
export function learnWithdrawn(context: Context, address: Uint8Array, from: Neighbour): void {
  const held = context.locations.get(address, 0);
  if (held?.holder !== from.name) return;
  held.consent = undefined;
  held.neighbour = -1;
}

function isOlder({ attach }: Location, held: HeldLocation): boolean {
  if (attach.seq !== held.attach.seq) return attach.seq < held.attach.seq;
  return !sameBytes(attach.body, held.attach.body);
}

function isOldConsent({ consent }: Location, held: HeldLocation): boolean {
  return consent !== undefined && held.consent !== undefined && consent.seq <= held.consent.seq;
}

/** The same location again: its time has not grown, but its neighbour may be back. */
function revive(held: HeldLocation, from: Neighbour, nowMs: number): HeldLocation | undefined {
  if (held.consentUntilMs <= nowMs || held.attachUntilMs <= nowMs) return undefined;
  held.neighbour = from.id;
  return held;
}

function verify(
  context: Context,
  location: Location,
  attachIsKnown: boolean,
  from: Neighbour,
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
  from: Neighbour,
  nowMs: number,
): HeldLocation {
  const { attach, consent, routerKey } = location;
  const consentUntilMs = nowMs + location.consentSeconds * 1000;
  if (known !== undefined) {
    known.consent = consent;
    known.routerKey = routerKey;
    known.consentUntilMs = consentUntilMs;
    known.neighbour = from.id;
    context.locations.touch(known);
    return known;
  }
  const taken: HeldLocation = {
    address,
    holder: from.name,
    attach,
    attachUntilMs: nowMs + location.attachSeconds * 1000,
    consent,
    routerKey,
    consentUntilMs,
    neighbour: from.id,
    usedMs: nowMs,
    renewedMs: nowMs,
  };
  context.locations.put(taken);
  return taken;
}

/** Returns the record that we hold, and its consent if that still counts (R3). */
function giveHeld(context: Context, held: HeldLocation, to: Neighbour, nowMs: number): void {
  tell(context, to, { type: "held", location: encodeHeld(held, nowMs) }, nowMs);
}

/** The router that a node has left, without knowing it maybe, is shown the newer record (O4). */
function tellTheLeft(
  context: Context,
  before: HeldLocation,
  taken: HeldLocation,
  nowMs: number,
): void {
  const left = context.neighbours.named(nameOf(before.attach.router));
  if (left === undefined || before.holder === taken.holder) return;
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
