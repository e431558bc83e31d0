// SPDX-License-Identifier: GPL-3.0-or-later

// The way of a datagram from the transport that sends it to the machine that it arrives at, with
// the one fate that it has in the end.

import type { SimAddress } from "./addresses.js";
import type { LinkModel } from "./link-model.js";
import type { Links, Place } from "./links.js";
import type { Routes } from "./routes.js";
import type { SimPort } from "./sim-transport.js";
import type { Fate, Trace } from "./trace.js";
import type { World } from "./world.js";

/** A datagram as a tap sees it, before any link: where it seems to come from and goes to. */
export interface Tapped {
  readonly from: string;
  readonly to: string;
  /** To look at, or to copy: they hold until the tap returns. */
  readonly bytes: Uint8Array;
  readonly nowMs: number;
}

/** Sees every datagram: undefined lets it pass, false takes it out, bytes take its place. */
export type Tap = (datagram: Tapped) => undefined | false | Uint8Array;

/** Sums since the start. */
export interface NetworkCounters {
  readonly sent: number;
  readonly injected: number;
  readonly duplicated: number;
  readonly delivered: number;
  readonly inFlight: number;
  /** By what became of them. */
  readonly dropped: Readonly<Record<Exclude<Fate, "delivered">, number>>;
}

/** The counters while they count. */
export type MutableCounters = {
  -readonly [Name in keyof NetworkCounters]: Name extends "dropped"
    ? Record<Exclude<Fate, "delivered">, number>
    : NetworkCounters[Name];
};

/** What a network consists of. */
export interface NetworkState {
  readonly world: World;
  readonly links: Links;
  readonly routes: Routes;
  readonly trace: Trace;
  readonly counters: MutableCounters;
  readonly down: Set<string>;
  readonly taps: Set<Tap>;
  nextId: number;
}

/** A datagram on its way; a copy that a link makes has a number of its own. */
interface Flight {
  readonly id: number;
  readonly from: SimAddress;
  readonly to: SimAddress;
  readonly bytes: Uint8Array;
}

/** A datagram is sent by a transport: NAT, taps, the state of its host, and then its link. */
export function transmit(
  state: NetworkState,
  port: SimPort,
  inside: SimAddress,
  to: SimAddress,
  sent: Uint8Array,
): void {
  const { world, counters } = state;
  counters.sent += 1;
  const from = state.routes.leave(inside, to, world.nowMs);
  const bytes = throughTaps(state, from, to, sent);
  const flight = createFlight(state, from, to, bytes === false ? sent : bytes);
  const host = port.transport.host.name;
  const link = state.links.between({ ip: inside.ip, host }, placeOf(state, to));
  const outcome = fateOnLink(state, host, link, bytes, flight);
  if (typeof outcome === "string") {
    end(state, flight, outcome);
    return;
  }
  const [first = world.nowMs, second] = outcome;
  const { icmp, latencyMs } = link.options;
  fly(state, flight, first, () => {
    if (icmp) world.after(latencyMs, () => port.transport.icmp(to.text));
  });
  if (second === undefined) return;
  counters.duplicated += 1;
  fly(state, createFlight(state, from, to, flight.bytes), second);
}

/** When it arrives, once or twice; or why it does not. */
function fateOnLink(
  { down, world }: NetworkState,
  host: string,
  link: LinkModel,
  tapped: Uint8Array | false,
  { bytes }: Flight,
): Fate | readonly number[] {
  if (tapped === false) return "tapped";
  if (down.has(host)) return "down";
  return link.carry(bytes.length, world.nowMs);
}

function throughTaps(
  { taps, world }: NetworkState,
  from: SimAddress,
  to: SimAddress,
  sent: Uint8Array,
): Uint8Array | false {
  let bytes = sent;
  for (const tap of taps) {
    const verdict = tap({ from: from.text, to: to.text, bytes, nowMs: world.nowMs });
    if (verdict === false) return false;
    if (verdict !== undefined) bytes = verdict;
  }
  return bytes;
}

/** A link is between bound addresses: a NAT that changes its outside does not change the way. */
function placeOf(state: NetworkState, to: SimAddress): Place {
  const found = state.routes.behind(to);
  if (found === undefined) return { ip: to.ip, host: undefined };
  return { ip: found.local.ip, host: found.port.transport.host.name };
}

export function createFlight(
  state: NetworkState,
  from: SimAddress,
  to: SimAddress,
  bytes: Uint8Array,
): Flight {
  state.nextId += 1;
  return { id: state.nextId, from, to, bytes: new Uint8Array(bytes) };
}

/** Puts a datagram on its way. */
export function fly(
  state: NetworkState,
  flight: Flight,
  atMs: number,
  onNobody: () => void = () => {},
): void {
  state.counters.inFlight += 1;
  state.world.after(atMs - state.world.nowMs, () => {
    state.counters.inFlight -= 1;
    const fate = arrive(state, flight);
    if (fate === "nobody") onNobody();
    end(state, flight, fate);
  });
}

function arrive(state: NetworkState, { from, to, bytes }: Flight): Fate {
  const found = state.routes.find(to, from, state.world.nowMs);
  if (typeof found === "string") return found;
  if (state.down.has(found.port.transport.host.name)) return "down";
  return found.port.take(from, bytes) ? "delivered" : "overflow";
}

function end(state: NetworkState, flight: Flight, fate: Fate): void {
  const { id, from, to, bytes } = flight;
  if (fate === "delivered") state.counters.delivered += 1;
  else state.counters.dropped[fate] += 1;
  state.trace.line(state.world.nowMs, id, from.text, to.text, bytes, fate);
}

/** All at nothing. */
export function createCounters(): MutableCounters {
  return {
    sent: 0,
    injected: 0,
    duplicated: 0,
    delivered: 0,
    inFlight: 0,
    dropped: {
      cut: 0,
      mtu: 0,
      burst: 0,
      lost: 0,
      queue: 0,
      tapped: 0,
      down: 0,
      nobody: 0,
      nat: 0,
      overflow: 0,
    },
  };
}
