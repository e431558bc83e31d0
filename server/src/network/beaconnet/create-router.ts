// SPDX-License-Identifier: GPL-3.0-or-later

// The router of beaconnet: its parts put together. Invariants: packets of others, whatever they
// claim, cause no question (M1); a packet is never sent back to whom it came from, and goes
// MOST_HOPS at most.

import { createTokenBucket, type TokenBucket } from "../../core/index.js";
import { SWEEP_MS } from "../constants.js";
import { DESTINATION_AT, routerAt, takeHop } from "../header.js";
import {
  type Context,
  type Correspondent,
  giveLocation,
  neighbourOf,
  tell,
} from "../locating/context.js";
import { type ControlMessage, decodeControl } from "../locating/control-messages.js";
import { foundOf, renew, sweepLocations } from "../locating/holding.js";
import { learn, learnDetach, learnHeld } from "../locating/learning.js";
import { createLocations } from "../locating/locations.js";
import { nameOf } from "../locating/names.js";
import { createOwnNodes, noteTold, type OwnNode } from "../locating/own-nodes.js";
import { createOwnPackets } from "../locating/own-packets.js";
import { UNLIMITED } from "../locating/quotas.js";
import { attachNode, detachNode } from "../locating/telling.js";
import { sameBytes } from "../records/signed.js";
import { createRecordVerifier } from "../records/verifier.js";
import {
  FROM_LOCAL,
  NO_WAY,
  type Router,
  type RouterEnvironment,
  TOO_FAR,
  type Way,
} from "../router.js";
import { createAnnouncing } from "./announcing.js";
import { ASKED_BURST, ASKED_PER_SECOND, MOST_HOPS } from "./constants.js";
import { createBeaconnetCounters } from "./counters.js";
import { explain } from "./explain.js";
import { createFlooding } from "./flooding.js";
import { type Carry, decodeMessage, encodeMessage, type Message, type Query } from "./messages.js";
import { createNeighbours, linkCost, type Neighbour } from "./neighbours.js";
import type { KnownRouter } from "./routes.js";

type Withdrawn = Extract<ControlMessage, { type: "withdrawn" }>;

const NOTHING = new Uint8Array(0);
const NEVER = Number.POSITIVE_INFINITY;

/** A router without nodes and neighbours. */
export function createBeaconnetRouter(environment: RouterEnvironment): Router {
  const { crypto, keys, random, sink, self } = environment;
  const ownAddress = self.address.bytes;
  const verifier = createRecordVerifier(crypto, keys);
  const own = createOwnNodes({ ...environment, verifier });
  const locations = createLocations(random);
  const neighbours = createNeighbours(verifier);
  const counters = createBeaconnetCounters();
  const common = { ...environment, verifier, neighbours, counters };
  const announcing = createAnnouncing({ ...common, reached: routerReached });
  const { routes } = announcing;
  const flooding = createFlooding(common);
  const context: Context = {
    ...environment,
    verifier,
    own,
    locations,
    counters,
    correspondent,
    send: ({ address }, message, nowMs) =>
      carry({ type: "carry", hopsLeft: MOST_HOPS, to: address, from: ownAddress, message }, nowMs),
    route: (router) => routes.get(router),
    // A location is proved by its records, whoever brings it.
    mayBring: () => true,
  };
  const asked = new WeakMap<KnownRouter, TokenBucket>();
  let wakeMs = NEVER;
  let sweepMs = NEVER;

  function correspondent(router: Uint8Array): Correspondent | undefined {
    const known = routes.get(router);
    const next = neighbours.get(known?.neighbour ?? -1);
    if (known === undefined || next === undefined) return undefined;
    const { address, name } = known;
    return { address, name, holder: next.name, signatures: next.signatures };
  }
  /** Sends a message on its way to a router; false when there is none, or no room. */
  function carry(message: Carry, nowMs: number): boolean {
    const next = routes.get(message.to)?.neighbour ?? -1;
    return next >= 0 && sink.sendControl(next, encodeMessage(message), nowMs);
  }
  function routerReached(router: KnownRouter, nowMs: number): void {
    for (const held of locations.at(router.name)) {
      if (!held.counts) continue;
      const found = foundOf(held);
      flooding.found(found, nowMs);
      sink.reachable(found, nowMs);
    }
  }
  const wayTo = (router: KnownRouter): Way | undefined => {
    const nextHop = neighbours.get(router.neighbour)?.address;
    const offer = router.offers.get(router.neighbour);
    if (nextHop === undefined || offer === undefined) return undefined;
    return { router: router.address, nextHop, hops: offer.hops + 1, costMicros: router.cost };
  };
  const setWake = (nowMs: number): void => {
    const isIdle = locations.size() === 0 && routes.size() === 0;
    if (isIdle) sweepMs = NEVER;
    else if (sweepMs === NEVER) sweepMs = nowMs + SWEEP_MS;
    const nextMs = Math.min(sweepMs, announcing.nextMs, flooding.nextMs);
    if (nextMs === wakeMs || nextMs === NEVER) return;
    wakeMs = nextMs;
    sink.wakeAt(nextMs);
  };

  // ---- where nodes are ----

  const take = (
    bytes: Uint8Array,
    whose: Uint8Array | undefined,
    from: Correspondent,
    nowMs: number,
  ): void => {
    const held = learn(context, bytes, whose, from, nowMs);
    if (held === undefined || neighbourOf(context, held) < 0) return;
    const found = foundOf(held);
    flooding.found(found, nowMs);
    sink.reachable(found, nowMs);
  };
  const packets = createOwnPackets(context, {
    hopLimit: MOST_HOPS,
    neighbourAddress: (id) => neighbours.get(id)?.address,
    introduced(location, source, from, nowMs) {
      take(location, source, from, nowMs);
      setWake(nowMs);
    },
  });
  const answer = (query: Query, from: Neighbour, nowMs: number): void => {
    const { number, prefix, nbits, asker } = query;
    const isRefused = !from.queries.take(nowMs);
    if (isRefused) counters.queriesRefused += 1;
    else counters.queries += 1;
    if (isRefused || flooding.isKnown(query) || sameBytes(asker, ownAddress)) {
      reply(number, NOTHING, from, nowMs);
      return;
    }
    const node = own.find(prefix, nbits);
    if (node !== undefined) {
      // To everybody who passes it on: the first of them may be one who drops the answer.
      noteAsker(node, asker);
      reply(number, own.location(node, nowMs), from, nowMs);
      return;
    }
    from.standing.add({ query: 0, router: asker.slice() }, prefix, nbits, nowMs);
    flooding.pass(query, from, nowMs);
  };
  /** Who is told where a node is hears when it leaves; strangers nobody knows a way to do not. */
  const noteAsker = (node: OwnNode, asker: Uint8Array): void => {
    const known = routes.get(asker);
    if (known !== undefined) noteTold(node, known.name, known.address);
  };
  const reply = (number: number, location: Uint8Array, to: Neighbour, nowMs: number): void => {
    const message: Message = { type: "reply", number, last: true, location };
    if (!sink.sendControl(to.id, encodeMessage(message), nowMs)) counters.controlNotSent += 1;
  };
  /** A message of another router to us. Who that is nobody has proved. */
  const actCarried = (message: ControlMessage, from: Correspondent, nowMs: number): void => {
    switch (message.type) {
      case "query": {
        const { query, prefix: address, nbits } = message;
        const node = own.find(address, nbits);
        if (!mayAsk(from, nowMs)) counters.queriesRefused += 1;
        else if (node !== undefined) giveLocation(context, node, from, 0, nowMs);
        else if (nbits === 256) {
          tell(context, from, { type: "withdrawn", query, address }, nowMs);
        }
        break;
      }
      case "answer":
        take(message.location, undefined, from, nowMs);
        break;
      case "held":
        learnHeld(context, message.location, from, nowMs);
        break;
      case "detach":
        learnDetach(context, message.record, from, nowMs);
        break;
      case "withdrawn":
        withdrawn(message, from, nowMs);
        break;
      case "no":
        break;
    }
  };
  /** A word that nobody signed: a reason to ask the router itself or, if that was its answer, everybody. */
  const withdrawn = (message: Withdrawn, from: Correspondent, nowMs: number): void => {
    const held = locations.get(message.address, 0);
    if (held === undefined || !sameBytes(held.attach.router, from.address)) return;
    // Only who has seen our question knows its number.
    if (message.query === 0 || message.query !== held.renewal) renew(context, held, nowMs);
    else {
      held.renewal = 0;
      held.counts = false;
    }
  };
  /** Who asks in another's name makes us send to that one: not more than it may have asked for. */
  const mayAsk = ({ address }: Correspondent, nowMs: number): boolean => {
    const router = routes.get(address);
    if (router === undefined) return false;
    const quota = asked.get(router) ?? createTokenBucket(ASKED_PER_SECOND, ASKED_BURST);
    asked.set(router, quota);
    return quota.take(nowMs);
  };
  const carryOn = (message: Carry, from: Neighbour, nowMs: number): void => {
    if (!from.carried.take(nowMs)) {
      counters.carriedDropped += 1;
      return;
    }
    if (sameBytes(message.to, ownAddress)) {
      const inner = decodeControl(message.message);
      const { holder, signatures } = from;
      const address = message.from.slice();
      const sender = { address, name: nameOf(address), holder, signatures };
      if (inner === undefined) counters.controlInvalid += 1;
      else actCarried(inner, sender, nowMs);
      return;
    }
    const next = routes.get(message.to)?.neighbour;
    const hopsLeft = Math.min(MOST_HOPS, message.hopsLeft) - 1;
    const goesOn = next !== undefined && next !== from.id && hopsLeft >= 1;
    if (goesOn && carry({ ...message, hopsLeft }, nowMs)) counters.carried += 1;
    else counters.carriedDropped += 1;
  };
  const act = (message: Message, from: Neighbour, nowMs: number): void => {
    switch (message.type) {
      case "routes":
        announcing.heardRoutes(message.entries, from, nowMs);
        break;
      case "want":
        announcing.heardWant(message, from, nowMs);
        break;
      case "query":
        answer(message, from, nowMs);
        break;
      case "reply": {
        const brought = flooding.heardReply(message, from, nowMs);
        if (brought !== undefined) {
          const sender = brought.isFirst ? { ...from, signatures: UNLIMITED } : from;
          take(brought.location, undefined, sender, nowMs);
        }
        flooding.ended(message, from, nowMs);
        break;
      }
      case "carry":
        carryOn(message, from, nowMs);
        break;
    }
  };

  return {
    ...packets,
    counters,
    attach: (node, nowMs) => attachNode(context, neighbours.all(), node, nowMs),
    detach: (address, nowMs) => detachNode(context, address, nowMs),
    neighbourUp(id, address, nowMs) {
      const neighbour = neighbours.up(id, address);
      announcing.neighbourUp(neighbour, nowMs);
      flooding.neighbourUp(neighbour, nowMs);
      setWake(nowMs);
    },
    neighbourChanged(id, quality, nowMs) {
      const neighbour = neighbours.get(id);
      if (neighbour === undefined) return;
      neighbour.cost = linkCost(quality);
      neighbour.doubtful = quality.doubtful;
      announcing.neighbourChanged(neighbour, nowMs);
      setWake(nowMs);
    },
    neighbourDown(id, nowMs) {
      const neighbour = neighbours.down(id);
      if (neighbour === undefined) return;
      announcing.neighbourDown(neighbour, nowMs);
      flooding.neighbourDown(neighbour, nowMs);
      setWake(nowMs);
    },
    control(id, buffer, at, length, nowMs) {
      const from = neighbours.get(id);
      if (from === undefined) return;
      const message = decodeMessage(buffer.subarray(at, at + length));
      if (message === undefined) counters.controlInvalid += 1;
      else act(message, from, nowMs);
      setWake(nowMs);
    },
    wake(nowMs) {
      wakeMs = NEVER;
      if (sweepMs <= nowMs) {
        sweepMs = NEVER;
        sweepLocations(context, nowMs);
        routes.expire(nowMs);
      }
      announcing.work(nowMs);
      flooding.expire(nowMs);
      setWake(nowMs);
    },
    resolve(query, prefix, nbits, nowMs) {
      flooding.ask(query, prefix, nbits, nowMs);
      setWake(nowMs);
    },
    cancel: (query) => flooding.cancel(query),
    forward(buffer, at, _length, headerBytes, from, nowMs) {
      if (from === FROM_LOCAL) return packets.forwardOwn(buffer, at);
      const sender = neighbours.get(from);
      if (sender === undefined) return NO_WAY;
      if (!packets.isOwn(buffer, at + DESTINATION_AT)) return passOn(buffer, at, from);
      return packets.deliver(buffer, at, headerBytes, sender, nowMs);
    },
    explain: (destination) => explain(context, routes, neighbours, destination),
    ways: () => [...routes.all()].flatMap((router) => wayTo(router) ?? []),
  };

  /** A packet for a node that is not ours: on to the router that it names, if that is another one. */
  function passOn(buffer: Uint8Array, at: number, from: number): number {
    const routerPlace = routerAt(buffer, at);
    if (routerPlace === 0) return NO_WAY;
    const router = routes.find(buffer, routerPlace);
    if (router === undefined || router.neighbour < 0 || router.neighbour === from) return NO_WAY;
    return takeHop(buffer, at, MOST_HOPS) ? router.neighbour : TOO_FAR;
  }
}
