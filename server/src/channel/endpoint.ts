// SPDX-License-Identifier: GPL-3.0-or-later

// One layer of a daemon: every datagram of its channels comes in here. Cheap checks first; what is
// wrong is dropped and counted, and nothing a stranger sends changes what is established (S2).

import {
  createTokenBucket,
  type Deadlines,
  type Logger,
  type Random,
  readU32,
} from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { createBuckets } from "./buckets.js";
import type { VerifyCertificate } from "./certificate.js";
import type { Channel } from "./channel.js";
import {
  DATA_OVERHEAD_BYTES,
  HINTS_PER_SOURCE,
  HINTS_RATE,
  JUMP_REKEY_RATE,
  type LayerRules,
  NATIVE_BUDGETS,
  PORTABLE_BUDGETS,
  TYPE,
  WALL_JUMP_MS,
} from "./constants.js";
import type { ChannelContext, Ends, Indexed } from "./context.js";
import { createEndpointCounters, type EndpointCounters } from "./counters.js";
import type { Credentials } from "./credentials.js";
import { createHandshakeBudget } from "./handshake-budget.js";
import { createHintListeners } from "./hint-listeners.js";
import { createIndexTable } from "./index-table.js";
import { createListener, type EndpointSink } from "./listener.js";
import { createPeerVerifier } from "./peer-verifier.js";
import { createReassembly } from "./reassembly.js";
import { type ChannelOptions, createSecureChannel, type SecureChannel } from "./secure-channel.js";
import type { Source } from "./source.js";
import { readHandshakeHeader } from "./wire/handshake-header.js";
import { decodeHint, encodeHint } from "./wire/hint.js";

/** What an endpoint is made of. */
export interface EndpointOptions<S extends Source> {
  readonly layer: LayerRules;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  readonly verify: VerifyCertificate;
  readonly sink: EndpointSink<S>;
  /** The plaintext that tells a peer that it is not wanted. */
  readonly refusal: Uint8Array;
  /** Session layer: the neighbour that brought a datagram (S4, S5). */
  readonly neighbourOf?: (source: S) => string;
}

/** One layer of a daemon. */
export interface Endpoint<S extends Source> {
  /**
   * A datagram of `length` bytes at `at` in `buffer`, which may be modified. `to` is the identity of
   * ours that it is for.
   */
  receive(
    buffer: Uint8Array,
    at: number,
    length: number,
    from: S,
    to: Credentials,
    nowMs: number,
  ): void;
  /** A channel to a remote identity, idle until `connect`. One for each pair: the caller keeps it. */
  createChannel(options: ChannelOptions<S>): Channel;
  /**
   * Tell both clocks every second or so, and at the start: the wall clock ends certificates, and
   * when it has run away from the monotonic one the machine slept (S11).
   */
  clocks(nowMs: number, wallMs: number): void;
  readonly counters: Readonly<EndpointCounters>;
  /** Half-open handshakes; indices in use; bytes of fragments. */
  halfOpen(): number;
  indices(): number;
  fragmentBytes(): number;
  /** Closes every channel and forgets every handshake; what comes afterwards is ignored. */
  close(): void;
}

/** An endpoint. */
export function createEndpoint<S extends Source>(options: EndpointOptions<S>): Endpoint<S> {
  const { layer: rules, crypto, random, deadlines, sink } = options;
  const budgets = crypto.name === "native" ? NATIVE_BUDGETS : PORTABLE_BUDGETS;
  const counters = createEndpointCounters();
  const indices = createIndexTable<S>(random);
  const channels = new Map<Channel, SecureChannel<S>>();
  const reassembly = createReassembly(() => {
    counters.droppedFragment += 1;
  });
  const message2Budget = createHandshakeBudget(budgets);
  const hintsPerSource = createBuckets(HINTS_PER_SOURCE, HINTS_PER_SOURCE);
  const hints = createTokenBucket(HINTS_RATE, HINTS_RATE);
  let wallAheadMs: number | undefined;
  let closed = false;
  const context: ChannelContext<S> = {
    crypto,
    random,
    deadlines,
    logger: options.logger,
    rules,
    indices,
    hints: createHintListeners(),
    counters,
    verifyPeer: createPeerVerifier({
      crypto,
      layer: rules.id,
      verify: options.verify,
      unixSeconds: (nowMs) => (nowMs + (wallAheadMs ?? 0)) / 1000,
    }),
    jumpBudget: createTokenBucket(JUMP_REKEY_RATE, JUMP_REKEY_RATE / 10),
  };
  const listener = createListener<S>({
    context,
    budgets,
    sink,
    refusal: options.refusal,
    neighbourOf: options.neighbourOf,
    channelOf: (channel) => channels.get(channel),
  });

  /** M1: in the session layer the header's addresses are those of the handshake, always. */
  const strays = (ends: Ends, from: S, to: Credentials): boolean =>
    rules.id === 2 && (Buffer.compare(from.bytes, ends.remote) !== 0 || ends.local !== to.address);

  // ---- messages 2 and 3 ----

  function laterMessage(datagram: Uint8Array, from: S, to: Credentials, nowMs: number): void {
    const header = readHandshakeHeader(datagram);
    if (header === undefined) {
      counters.droppedMalformed += 1;
      return;
    }
    const entry = indices.get(header.receiver);
    const second = datagram[0] === TYPE.message2;
    const waiting = second ? entry?.kind === "initiation" : entry?.kind !== "initiation";
    if (entry === undefined || !waiting) {
      counters.droppedUnexpected += 1;
    } else if (strays(entry, from, to)) {
      counters.droppedMismatch += 1;
    } else if (entry.kind === "half-open" && entry.peerIndex !== header.sender) {
      counters.droppedHandshake += 1;
    } else if (header.fragments > 1 && !entry.mayFragment()) {
      counters.droppedFragment += 1;
    } else {
      const message = reassembly.add(datagram, header, entry.group, nowMs);
      if (message !== undefined) deliver(entry, message, header.sender, from, nowMs);
    }
  }
  function deliver(
    entry: Indexed<S>,
    message: Uint8Array,
    sender: number,
    from: S,
    nowMs: number,
  ): void {
    if (entry.kind === "session") entry.message3Again(message, from, nowMs);
    else if (entry.kind === "half-open") entry.message3(message, from, nowMs);
    else if (message2Budget.take(entry.group, nowMs)) entry.message2(message, sender, from, nowMs);
    else counters.droppedRate += 1;
  }

  // ---- cookies, data, hints ----

  function cookie(datagram: Uint8Array, from: S, to: Credentials, nowMs: number): void {
    const entry = datagram.length >= 8 ? indices.get(readU32(datagram, 4)) : undefined;
    if (entry?.kind !== "initiation") counters.droppedUnexpected += 1;
    else if (strays(entry, from, to)) counters.droppedMismatch += 1;
    else entry.cookie(datagram, from, nowMs);
  }
  function unknownIndex(buffer: Uint8Array, at: number, from: S, nowMs: number): void {
    counters.droppedUnknownIndex += 1;
    if (!hintsPerSource.take(options.neighbourOf?.(from) ?? from.group, nowMs)) return;
    if (!hints.take(nowMs)) return;
    counters.hintsSent += 1;
    sink.reply(encodeHint(buffer, at), from, nowMs);
  }
  function data(
    buffer: Uint8Array,
    at: number,
    length: number,
    from: S,
    to: Credentials,
    nowMs: number,
  ): void {
    if (length < DATA_OVERHEAD_BYTES || readU32(buffer, at) !== TYPE.data) {
      counters.droppedMalformed += 1;
      return;
    }
    const entry = indices.get(readU32(buffer, at + 4));
    if (entry?.kind !== "session") {
      if (entry === undefined) unknownIndex(buffer, at, from, nowMs);
      else counters.droppedEarlyData += 1;
    } else if (strays(entry, from, to)) counters.droppedMismatch += 1;
    else entry.data(buffer, at, length, from, nowMs);
  }
  function hint(datagram: Uint8Array, nowMs: number): void {
    const said = decodeHint(datagram);
    if (said === undefined) counters.droppedMalformed += 1;
    else if (!context.hints.tell(said.index, said.counter, nowMs)) counters.droppedUnexpected += 1;
  }

  return {
    counters,
    halfOpen() {
      return listener.halfOpen();
    },
    indices() {
      return indices.size();
    },
    fragmentBytes() {
      return reassembly.bytes();
    },
    receive(buffer, at, length, from, to, nowMs) {
      // The static key and the cookies' secrets are zeros by then: nothing is to be made of them.
      if (closed) return;
      const type = buffer[at];
      if (type === TYPE.data) {
        data(buffer, at, length, from, to, nowMs);
        return;
      }
      const datagram = buffer.subarray(at, at + length);
      if (length === 0) counters.droppedMalformed += 1;
      else if (type === TYPE.message1) listener.message1(datagram, from, to, nowMs);
      else if (type === TYPE.message2 || type === TYPE.message3)
        laterMessage(datagram, from, to, nowMs);
      else if (type === TYPE.cookie) cookie(datagram, from, to, nowMs);
      else if (type === TYPE.hint) hint(datagram, nowMs);
      else counters.droppedMalformed += 1;
    },
    createChannel(channelOptions) {
      const channel: SecureChannel<S> = createSecureChannel(context, channelOptions, () => {
        channels.delete(channel);
      });
      channels.set(channel, channel);
      return channel;
    },
    clocks(nowMs, wallMs) {
      const ahead = wallMs - nowMs;
      const jumped = wallAheadMs !== undefined && Math.abs(ahead - wallAheadMs) > WALL_JUMP_MS;
      wallAheadMs = ahead;
      if (jumped) for (const channel of channels.values()) channel.slept(nowMs);
    },
    close() {
      closed = true;
      for (const channel of channels.values()) channel.close();
      listener.close();
    },
  };
}
