// SPDX-License-Identifier: GPL-3.0-or-later

// The router of onehop: its parts put together. Invariant (M1): packets of others, whatever source
// they claim, cause no question; only `resolve` asks, and the renewal of a location that counts.

import { SWEEP_MS } from "../constants.js";
import { DESTINATION_AT, HEADER_BYTES, routerAt, SOURCE_AT, writeHeader } from "../header.js";
import {
  type Context,
  type Correspondent,
  giveLocation,
  neighbourOf,
  tell,
} from "../locating/context.js";
import { type ControlMessage, decodeControl } from "../locating/control-messages.js";
import { createLocatingCounters } from "../locating/counters.js";
import { firstReached, foundOf, renew, sweepLocations } from "../locating/holding.js";
import { learn, learnDetach, learnHeld, learnWithdrawn } from "../locating/learning.js";
import { createLocations } from "../locating/locations.js";
import { nameOf } from "../locating/names.js";
import { createOwnNodes } from "../locating/own-nodes.js";
import { UNLIMITED } from "../locating/quotas.js";
import { sameBytes } from "../records/signed.js";
import { createRecordVerifier } from "../records/verifier.js";
import {
  BAD_HEADER,
  FROM_LOCAL,
  NO_WAY,
  type Router,
  type RouterEnvironment,
  TO_LOCAL,
} from "../router.js";
import { createAsking } from "./asking.js";
import { explain } from "./explain.js";
import { createNeighbours, type Neighbour } from "./neighbours.js";

const NOTHING = new Uint8Array(0);
/** Packets go one hop. */
const HOP_LIMIT = 1;

/** A router without nodes and neighbours. */
export function createOnehopRouter(environment: RouterEnvironment): Router {
  const { crypto, keys, random, sink } = environment;
  const verifier = createRecordVerifier(crypto, keys);
  const own = createOwnNodes({ ...environment, verifier });
  const locations = createLocations(random);
  const neighbours = createNeighbours(verifier);
  const counters = createLocatingCounters();
  const context: Context = {
    ...environment,
    verifier,
    own,
    locations,
    counters,
    correspondent: (router) => neighbours.named(nameOf(router)),
    send(to, message, nowMs) {
      const neighbour = neighbours.named(to.name);
      return neighbour !== undefined && sink.sendControl(neighbour.id, message, nowMs);
    },
    route: (router) => neighbours.named(nameOf(router))?.route,
    // A neighbour speaks for itself only.
    mayBring: (router, from) => sameBytes(router, from.address),
  };
  const asking = createAsking(context, neighbours);
  let wakeMs = Number.POSITIVE_INFINITY;
  let sweepMs = Number.POSITIVE_INFINITY;

  const neighbourTo = (buffer: Uint8Array, at: number): number => {
    const held = locations.get(buffer, at);
    return held === undefined ? -1 : neighbourOf(context, held);
  };
  const setWake = (nowMs: number): void => {
    if (locations.size === 0) sweepMs = Number.POSITIVE_INFINITY;
    else if (sweepMs === Number.POSITIVE_INFINITY) sweepMs = nowMs + SWEEP_MS;
    const nextMs = Math.min(sweepMs, asking.nextMs);
    if (nextMs === wakeMs || nextMs === Number.POSITIVE_INFINITY) return;
    wakeMs = nextMs;
    sink.wakeAt(nextMs);
  };
  /** What a neighbour says of where a node is; the address, if it can be reached now. */
  const take = (
    bytes: Uint8Array,
    whose: Uint8Array | undefined,
    from: Correspondent,
    nowMs: number,
  ): void => {
    const held = learn(context, bytes, whose, from, nowMs);
    if (held === undefined) return;
    const found = foundOf(held);
    asking.found(found, nowMs);
    sink.reachable(found, nowMs);
  };
  const answer = (
    { query, prefix, nbits }: Extract<ControlMessage, { type: "query" }>,
    from: Neighbour,
    nowMs: number,
  ): void => {
    if (!from.queries.take(nowMs)) {
      counters.queriesRefused += 1;
      return;
    }
    counters.queries += 1;
    const node = own.find(prefix, nbits);
    if (node !== undefined) {
      giveLocation(context, node, from, query, nowMs);
      return;
    }
    from.standing.add(query, prefix, nbits, nowMs);
    tell(context, from, { type: "no", query }, nowMs);
  };
  const act = (message: ControlMessage, from: Neighbour, nowMs: number): void => {
    switch (message.type) {
      case "query":
        answer(message, from, nowMs);
        break;
      case "answer": {
        const isAsked = asking.isWaiting(message.query, from);
        const sender = isAsked ? { ...from, signatures: UNLIMITED } : from;
        take(message.location, undefined, sender, nowMs);
        asking.no(message.query, from, nowMs);
        break;
      }
      case "no":
        asking.no(message.query, from, nowMs);
        break;
      case "held":
        learnHeld(context, message.location, from, nowMs);
        break;
      case "detach":
        learnDetach(context, message.record, from, nowMs);
        break;
      case "withdrawn":
        learnWithdrawn(context, message.address, from);
        break;
    }
  };
  return {
    counters,
    attach(node, nowMs) {
      const address = node.address.bytes;
      const held = locations.get(address, 0);
      const attached = own.attach(node, held?.attach.seq ?? 0);
      if (held !== undefined) {
        const rival = neighbours.get(neighbourOf(context, held));
        locations.delete(held);
        if (rival !== undefined) giveLocation(context, attached, rival, 0, nowMs);
      }
      for (const neighbour of neighbours.all()) {
        neighbour.standing.take(address, nowMs, (query) =>
          giveLocation(context, attached, neighbour, query, nowMs),
        );
      }
    },
    detach(address, nowMs) {
      const node = own.detach(address);
      if (node === undefined || node.displaced || node.told.size === 0) return;
      const record = own.detachRecord(node);
      for (const router of node.told.values()) {
        const told = context.correspondent(router);
        if (told !== undefined) tell(context, told, { type: "detach", record }, nowMs);
      }
    },
    neighbourUp(id, address, nowMs) {
      asking.neighbourUp(neighbours.up(id, address), nowMs);
      setWake(nowMs);
    },
    neighbourChanged() {},
    neighbourDown(id, nowMs) {
      const neighbour = neighbours.down(id);
      if (neighbour === undefined) return;
      // When it is back it may have restarted: then it is asked again.
      for (const held of locations.at(neighbour.name)) held.counts = false;
      for (const node of own.all()) node.told.delete(neighbour.name);
      asking.neighbourDown(id, nowMs);
      setWake(nowMs);
    },
    control(id, buffer, at, length, nowMs) {
      const from = neighbours.get(id);
      if (from === undefined) return;
      const message = decodeControl(buffer.subarray(at, at + length));
      if (message === undefined) counters.controlInvalid += 1;
      else act(message, from, nowMs);
      setWake(nowMs);
    },
    wake(nowMs) {
      wakeMs = Number.POSITIVE_INFINITY;
      if (sweepMs <= nowMs) {
        sweepMs = Number.POSITIVE_INFINITY;
        sweepLocations(context, nowMs);
      }
      asking.expire(nowMs);
      setWake(nowMs);
    },
    resolve(query, prefix, nbits, nowMs) {
      asking.ask(query, prefix, nbits, nowMs);
      setWake(nowMs);
    },
    cancel: (query) => asking.cancel(query),
    reaches: (buffer, at) => neighbourTo(buffer, at) >= 0,
    known(prefix, nbits) {
      const held = firstReached(context, prefix, nbits);
      return held && foundOf(held);
    },
    doubt(destination, nowMs) {
      const held = locations.get(destination, 0);
      if (held !== undefined && neighbourOf(context, held) >= 0) renew(context, held, nowMs);
    },
    prepare(source, destination, introduce, buffer, payloadAt, nowMs) {
      const node = own.get(source, 0);
      const held = locations.get(destination, 0);
      if (node === undefined || node.displaced || held === undefined) return -1;
      const router = neighbours.get(neighbourOf(context, held));
      if (router === undefined) return -1;
      held.usedMs = nowMs;
      let location: Uint8Array = NOTHING;
      if (introduce) {
        node.told.set(router.name, router.address);
        location = own.location(node, nowMs);
      }
      return writeHeader(buffer, payloadAt, HOP_LIMIT, destination, source, location);
    },
    forward(buffer, at, _length, headerBytes, from, nowMs) {
      if (from === FROM_LOCAL) {
        const neighbour = neighbourTo(buffer, at + DESTINATION_AT);
        return neighbour < 0 ? NO_WAY : neighbour;
      }
      if (routerAt(buffer, at) !== 0) return BAD_HEADER;
      const node = own.get(buffer, at + DESTINATION_AT);
      const sender = neighbours.get(from);
      if (node === undefined || node.displaced || sender === undefined) return NO_WAY;
      if (headerBytes > HEADER_BYTES) {
        const source = buffer.subarray(at + SOURCE_AT, at + HEADER_BYTES);
        take(buffer.subarray(at + HEADER_BYTES, at + headerBytes), source, sender, nowMs);
        setWake(nowMs);
      }
      // Its introduction may have shown that the node is somebody else's now.
      return node.displaced ? NO_WAY : TO_LOCAL;
    },
    explain: (destination, nowMs) => explain(context, destination, nowMs),
    ways: () =>
      [...neighbours.all()].map(({ address }) => ({
        router: address,
        nextHop: address,
        hops: 1,
        costMicros: 0,
      })),
  };
}
