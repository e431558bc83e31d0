// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * All pairs of a daemon: made when first needed, forgotten when they are idle, too many or their
 * node leaves. Invariants: one pair, and one channel, for a node here and a remote identity; what
 * is forgotten leaves no key, no message and no deadline behind.
 */
import type { Channel, ChannelOwner, Credentials, Endpoint } from "../channel/index.js";
import { createAddressMap, type Deadlines, type Random, sameAddress } from "../core/index.js";
import type { Network } from "../network/index.js";
import { CLOSE, type SessionLimits } from "./constants.js";
import type { SessionCounters } from "./counters.js";
import { createEarlyStore, type EarlyStore } from "./early-store.js";
import { createIdleList, type IdleList } from "./idle-list.js";
import { createOutgoing, type Outgoing } from "./outgoing.js";
import {
  copyAddress,
  createPair,
  hasSession,
  type Member,
  type Pair,
  type SessionSource,
} from "./pair.js";
import { createRelief, type Relief } from "./relief.js";
import type { SessionsSink } from "./sessions.js";
import { createWaitingList, type WaitingList } from "./waiting-list.js";

/** What pairs need. */
export interface PairsOptions {
  readonly network: Network;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly limits: SessionLimits;
  readonly counters: SessionCounters;
  readonly sink: SessionsSink;
  /** The endpoint of the layer, once it is made. */
  readonly endpoint: () => Endpoint<SessionSource>;
  /** The node's credentials, made now if need be (C1). */
  readonly credentials: (member: Member) => Credentials;
  /** What the owner of a pair's channel hears. */
  readonly owner: (pair: Pair) => ChannelOwner<SessionSource>;
}

/** All pairs. */
export interface Pairs {
  readonly outgoing: Outgoing;
  readonly waits: WaitingList;
  readonly early: EarlyStore;
  readonly all: IdleList;
  readonly relief: Relief;
  /** The pair with the remote identity at `at` in `buffer`, if there is one. */
  find(member: Member, buffer: Uint8Array, at: number): Pair | undefined;
  /** The same, made if need be, and used now. */
  want(member: Member, buffer: Uint8Array, at: number, nowMs: number): Pair;
  /** The channel of a pair, made if need be. */
  open(pair: Pair): Channel;
  /** Gives up what waits, and the attempt to send it (S13). */
  giveUp(pair: Pair, nowMs: number): void;
  /** Forgets a pair; with a reason the peer is told. */
  end(pair: Pair, reason: number, nowMs: number): void;
  /** Is not woken any more. */
  stop(): void;
}

/** No pairs. */
export function createPairs(options: PairsOptions): Pairs {
  const { network, random, deadlines, limits, counters, sink } = options;

  const waits = createWaitingList(deadlines, random, {
    giveUp,
    goOn: (pair, nowMs) => outgoing.goOn(pair, nowMs),
  });
  const early = createEarlyStore(deadlines);
  const all = createIdleList(deadlines, (pair, nowMs) => {
    counters.idled += 1;
    end(pair, CLOSE.leaving, nowMs);
  });
  const relief = createRelief(deadlines, sink);
  const outgoing = createOutgoing({ network, limits, counters, waits, early, relief, open });

  function open(pair: Pair): Channel {
    if (pair.channel !== undefined) return pair.channel;
    const credentials = options.credentials(pair.member);
    const { remote } = pair;
    const owner = options.owner(pair);
    pair.channel = options.endpoint().createChannel({ credentials, remote, owner });
    return pair.channel;
  }
  function giveUp(pair: Pair, nowMs: number): void {
    const count = outgoing.forget(pair, nowMs);
    counters.givenUp += count;
    if (hasSession(pair)) pair.channel?.rest();
    else {
      // Its pace of attempts is that of a long trouble; the next message is a new beginning.
      pair.channel?.close();
      pair.channel = undefined;
    }
    if (count > 0) sink.gaveUp(pair.member.address, pair.remote, count, nowMs);
  }
  function end(pair: Pair, reason: number, nowMs: number): void {
    const { member } = pair;
    outgoing.close(pair, reason, nowMs);
    counters.givenUp += outgoing.forget(pair, nowMs);
    pair.channel?.close();
    pair.channel = undefined;
    all.remove(pair);
    member.pairs?.delete(pair.remote);
    if (member.last === pair) member.last = undefined;
  }
  function make(member: Member, remote: Uint8Array, nowMs: number): Pair {
    while (all.size() >= limits.pairs) {
      const oldest = all.oldest();
      if (oldest === undefined) break;
      counters.evicted += 1;
      end(oldest, CLOSE.leaving, nowMs);
    }
    const pair = createPair(member, remote);
    member.pairs ??= createAddressMap<Pair>(random);
    member.pairs.set(remote, pair);
    return pair;
  }
  const find = (member: Member, buffer: Uint8Array, at: number): Pair | undefined => {
    const { last } = member;
    if (last !== undefined && sameAddress(last.words, buffer, at)) return last;
    return member.pairs?.get(buffer, at);
  };

  return {
    outgoing,
    waits,
    early,
    all,
    relief,
    find,
    want(member, buffer, at, nowMs) {
      const pair = find(member, buffer, at) ?? make(member, copyAddress(buffer, at), nowMs);
      all.touch(pair, nowMs);
      member.last = pair;
      return pair;
    },
    open,
    giveUp,
    end,
    stop() {
      waits.stop();
      relief.stop();
      all.stop();
    },
  };
}
