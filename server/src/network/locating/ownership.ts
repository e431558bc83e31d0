// SPDX-License-Identifier: GPL-3.0-or-later

// Who has a node of ours, when a record of another opening of its key turns up (R3, O4). Nobody
// can make such a record without the node's key; so each of them raises our sequence number, or
// displaces us, at most once.

import type { Location } from "../records/location.js";
import { sameBytes } from "../records/signed.js";
import { type Context, type Correspondent, giveLocation, tell } from "./context.js";
import { noteTold, type OwnNode } from "./own-nodes.js";

/** Somebody else's location of a node of ours came, not as an answer to our own record. */
export function meetRival(
  context: Context,
  node: OwnNode,
  rival: Location,
  from: Correspondent,
  nowMs: number,
): void {
  const { attach } = rival;
  if (node.displaced) return;
  if (!sameBytes(attach.publicKey, node.attachment.publicKey)) return;
  const ours = sameBytes(attach.router, context.self.address.bytes);
  if (attach.seq < node.seq || (attach.seq === node.seq && ours)) {
    context.counters.locationsOld += 1;
    if (!ours) returnOurs(context, node, from, nowMs);
    return;
  }
  if (!signedByNode(context, rival, from, nowMs)) return;
  if (ours || !countsNow(context, rival, from, nowMs)) context.own.raise(node, attach.seq);
  else displace(context, node, from, nowMs);
}

/** A neighbour says that it holds a newer record than the one of ours that it was given. */
export function meetHeld(
  context: Context,
  node: OwnNode,
  held: Location,
  from: Correspondent,
  nowMs: number,
): void {
  const { attach } = held;
  if (node.displaced || attach.seq < node.seq) return;
  if (!sameBytes(attach.publicKey, node.attachment.publicKey)) return;
  const ours = sameBytes(attach.router, context.self.address.bytes);
  if (ours && attach.seq === node.seq && attach.kind === "attach") return;
  if (!signedByNode(context, held, from, nowMs)) return;
  const other = !ours && attach.kind === "attach" && countsNow(context, held, from, nowMs);
  // A record from the future of our clock may be older than ours: that clock, or ours, is wrong.
  // Once, it is ours. Of two openings that both do so the one that does it last stays.
  const contested = other && (node.signedAgain || attach.seq <= context.unixMs());
  if (contested) {
    displace(context, node, from, nowMs);
    return;
  }
  if (other) node.signedAgain = true;
  context.counters.signedAgain += 1;
  context.own.raise(node, attach.seq);
  giveLocation(context, node, from, 0, nowMs);
}

function returnOurs(context: Context, node: OwnNode, to: Correspondent, nowMs: number): void {
  const location = context.own.location(node, nowMs);
  if (tell(context, to, { type: "held", location }, nowMs)) noteTold(node, to.name, to.address);
}

function signedByNode(context: Context, { attach }: Location, from: Correspondent, nowMs: number) {
  const verdict = context.verifier.attach(attach, from.signatures, nowMs);
  count(context, verdict);
  return verdict === "valid";
}

/** Whether the router that a record names says now that it has the node (R2). */
function countsNow(
  context: Context,
  location: Location,
  from: Correspondent,
  nowMs: number,
): boolean {
  const { attach, consent, routerKey, consentSeconds } = location;
  if (attach.kind !== "attach" || consent === undefined || consentSeconds === 0) return false;
  const { verifier } = context;
  const verdict = verifier.consent(consent, attach, routerKey, from.signatures, nowMs);
  count(context, verdict);
  return verdict === "valid";
}

function count({ counters }: Context, verdict: "valid" | "invalid" | "refused"): void {
  if (verdict === "invalid") counters.locationsInvalid += 1;
  if (verdict === "refused") counters.locationsRefused += 1;
}

function displace(context: Context, node: OwnNode, from: Correspondent, nowMs: number): void {
  const { address } = node;
  node.displaced = true;
  context.counters.displaced += 1;
  for (const [name, router] of node.told) {
    const told = name === from.name ? undefined : context.correspondent(router);
    if (told !== undefined) tell(context, told, { type: "withdrawn", query: 0, address }, nowMs);
  }
  node.told.clear();
  context.sink.moved(address, nowMs);
}
