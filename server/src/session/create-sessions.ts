// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The sessions of a daemon, put together: which nodes are here, what packets are for them, and what
 * their channels tell. Invariants: a packet reaches a channel only if it is for a node here; a
 * message is handed over only with the source that its session has proved (M1).
 */
import {
  type Credentials,
  createCredentials,
  createEndpoint,
  type Endpoint,
  SESSION_LAYER,
} from "../channel/index.js";
import { createAddressMap, createBudget } from "../core/index.js";
import { PURPOSES } from "../identity/index.js";
import type { Attachment, NetworkSink } from "../network/index.js";
import { createChannelOwner } from "./channel-owner.js";
import {
  CLOSE,
  DATA,
  DEFAULT_LIMITS,
  DOUBT_AFTER_MS,
  KIND,
  MAX_MESSAGE_BYTES,
  MESSAGE_1,
} from "./constants.js";
import { createSessionCounters } from "./counters.js";
import {
  copyAddress,
  createSource,
  hasSession,
  isWaiting,
  type Member,
  type Pair,
  type SessionSource,
} from "./pair.js";
import { createPairs } from "./pairs.js";
import type { SendOutcome, Sessions, SessionsOptions } from "./sessions.js";

/** What a node that never had a session looks at: a beginning, and data that deserves a hint (S12). */
const mayBegin = (type: number | undefined): boolean => type === MESSAGE_1 || type === DATA;

/** Sessions of no node. */
export function createSessions(options: SessionsOptions): Sessions {
  const { crypto, random, deadlines, logger, network, sink } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const counters = createSessionCounters();
  const members = createAddressMap<Member>(random);
  const budget = createBudget(limits.totalBytes);
  let sender: Member | undefined;
  let senderBytes: Uint8Array | undefined;

  const endpoint: Endpoint<SessionSource> = createEndpoint<SessionSource>({
    layer: SESSION_LAYER,
    crypto,
    random,
    deadlines,
    logger,
    verify: options.verify,
    refusal: Uint8Array.of(KIND.close, CLOSE.refused),
    neighbourOf: (source) => source.neighbour,
    sink: {
      reply: (datagram, to, nowMs) => outgoing.reply(to.member, to.bytes, datagram, nowMs),
      admit: (peer, _credentials, from, nowMs) =>
        pairs.open(pairs.want(from.member, peer.address, 0, nowMs)),
    },
  });
  const pairs = createPairs({
    network,
    random,
    deadlines,
    limits,
    counters,
    sink,
    endpoint: () => endpoint,
    credentials: credentialsOf,
    owner: (pair) => createChannelOwner(pair, { pairs, counters, network, sink }),
  });
  const { outgoing } = pairs;

  // ---- nodes ----

  function credentialsOf(member: Member): Credentials {
    member.credentials ??= createCredentials({
      crypto,
      random,
      layer: SESSION_LAYER,
      signer: member.signer,
    });
    return member.credentials;
  }
  function endSessions(member: Member, reason: number, nowMs: number): void {
    for (const pair of [...(member.pairs?.values() ?? [])]) pairs.end(pair, reason, nowMs);
    member.credentials?.wipe();
    member.credentials = undefined;
  }
  function leave(address: Uint8Array, nowMs: number): void {
    const member = members.get(address, 0);
    if (member === undefined) return;
    members.delete(address);
    if (sender === member) sender = undefined;
    endSessions(member, CLOSE.leaving, nowMs);
  }
  function join(node: Attachment, nowMs: number): void {
    const address = node.address.bytes.slice();
    leave(address, nowMs);
    const { publicKey } = node;
    const sign = (certificate: Uint8Array): Uint8Array =>
      node.sign(PURPOSES.noiseStatic, certificate);
    members.set(address, {
      address,
      signer: { publicKey, address, sign },
      budget: createBudget(limits.nodeBytes, budget),
      credentials: undefined,
      pairs: undefined,
      last: undefined,
      displaced: false,
    });
  }

  // ---- the network ----

  const networkSink: NetworkSink = {
    packet(buffer, at, length, sourceAt, destinationAt, neighbour, nowMs) {
      const member = members.get(buffer, destinationAt);
      if (member === undefined) counters.droppedNoNode += 1;
      else if (member.displaced) counters.droppedDisplaced += 1;
      else if (member.credentials === undefined && !mayBegin(buffer[at])) {
        counters.droppedNoKey += 1;
      } else {
        const known = member.pairs?.get(buffer, sourceAt)?.source;
        const source = known ?? createSource(member, copyAddress(buffer, sourceAt), neighbour);
        source.neighbour = neighbour;
        endpoint.receive(buffer, at, length, source, credentialsOf(member), nowMs);
      }
    },
    resolved(destination, reach, nowMs) {
      if (reach === "unknown") return; // a hint: what waits goes on waiting (M2)
      for (const pair of pairs.waits.of(destination)) {
        doubtIfSilent(pair, nowMs);
        pair.channel?.wayCameUp(nowMs);
        outgoing.goOn(pair, nowMs);
      }
    },
    wayCameUp,
    displaced(address, nowMs) {
      const member = members.get(address, 0);
      if (member === undefined || member.displaced) return;
      member.displaced = true;
      endSessions(member, CLOSE.displaced, nowMs);
      sink.displaced(member.address, nowMs);
    },
    writable(nowMs) {
      for (const pair of pairs.waits.all()) if (pair.full) outgoing.flush(pair, nowMs);
    },
  };
  function wayCameUp(nowMs: number): void {
    for (const pair of pairs.waits.all()) {
      network.resolve(pair.remote, nowMs);
      outgoing.goOn(pair, nowMs);
    }
    for (const pair of pairs.all.values()) {
      const { channel } = pair;
      if (channel === undefined || !(hasSession(pair) || isWaiting(pair))) continue;
      doubtIfSilent(pair, nowMs);
      if (channel.suspect()) channel.wayCameUp(nowMs);
    }
  }
  /** Whoever did not answer while there was no way may have lost the session meanwhile. */
  function doubtIfSilent({ channel, sentMs, heardMs }: Pair, nowMs: number): void {
    if (sentMs > heardMs && nowMs - heardMs > DOUBT_AFTER_MS) channel?.doubt(nowMs);
  }
  /** Whether nobody has that address, as far as can be told at once: maybe there is nobody to ask. */
  function isUnknown(addresses: Uint8Array, at: number, nowMs: number): boolean {
    const reach = network.reach(addresses, at);
    if (reach !== "unresolved") return reach === "unknown";
    network.resolve(copyAddress(addresses, at), nowMs);
    return network.reach(addresses, at) === "unknown";
  }
  function send(
    source: Uint8Array,
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
    nowMs: number,
  ): SendOutcome {
    if (end - start > MAX_MESSAGE_BYTES) {
      throw new RangeError(`message: expected at most 65535 bytes, got ${end - start}`);
    }
    if (sender === undefined || senderBytes !== source) {
      sender = members.get(source, 0);
      senderBytes = source;
    }
    const member = sender;
    if (member === undefined) {
      counters.unknown += 1;
      return "unknown";
    }
    if (member.displaced) {
      counters.displaced += 1;
      return "displaced";
    }
    const known = pairs.find(member, addresses, addressAt);
    if (known === undefined && isUnknown(addresses, addressAt, nowMs)) {
      counters.unknown += 1;
      return "unknown";
    }
    pairs.relief.sending = true;
    const pair = pairs.want(member, addresses, addressAt, nowMs);
    const outcome = outgoing.message(pair, buffer, start, end, nowMs);
    pairs.relief.sending = false;
    return outcome;
  }

  return {
    networkSink,
    join,
    leave,
    send,
    clocks: endpoint.clocks,
    counters,
    channelCounters: endpoint.counters,
    stats() {
      let sessions = 0;
      for (const pair of pairs.all.values()) if (hasSession(pair)) sessions += 1;
      return {
        nodes: members.size(),
        remotes: pairs.all.size(),
        sessions,
        waitingRemotes: pairs.waits.size(),
        waitingBytes: budget.used(),
      };
    },
    close(nowMs) {
      for (const { address } of [...members.values()]) leave(address, nowMs);
      endpoint.close();
      pairs.stop();
    },
  };
}
