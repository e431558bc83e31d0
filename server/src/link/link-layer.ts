// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The links of a daemon over all its transports: one identity, one endpoint of the channel, one
 * sink for datagrams. Whoever proves an identity is shown to the owner, who has a link for it or
 * not (S14). Invariant: a datagram reaches a link only through a session of its channel.
 */
import {
  type Channel,
  createCredentials,
  createEndpoint,
  type EndpointCounters,
  type EndpointOptions,
  LINK_LAYER,
  type Peer,
  type Signer,
} from "../channel/index.js";
import type { Turns } from "../core/index.js";
import type { TransportAddress, TransportSink } from "../transport/index.js";
import { createBatchPool } from "./batch-pool.js";
import { createLink } from "./create-link.js";
import { encodeRefusal } from "./frames/close-frame.js";
import type { Link, LinkOwner } from "./link.js";

/** What a layer of links is made of. */
export interface LinkLayerOptions
  extends Pick<
    EndpointOptions<TransportAddress>,
    "crypto" | "random" | "deadlines" | "logger" | "verify"
  > {
  readonly turns: Turns;
  /** The daemon's own identity. */
  readonly signer: Signer;
  /** 32 bytes: neighbours with another one are told so and left. */
  readonly networkTag: Uint8Array;
  /** Bytes that one neighbour may have under way to us: what HELLO announces. */
  readonly receiveWindowBytes: number;
  readonly owner: LinkOwner;
  /** The link to a peer that has proved who it is; undefined: it is not wanted. */
  readonly admit: (peer: Peer, from: TransportAddress, nowMs: number) => Link | undefined;
}

/** A layer of links. */
export interface LinkLayer {
  /** What every transport is to tell. */
  readonly transportSink: TransportSink;
  /** The link to a remote address (32 bytes), idle. One for each: the caller keeps it. */
  createLink(remote: Uint8Array): Link;
  /** To be called when a link has been closed. */
  forget(link: Link): void;
  /** Tell both clocks every second or so: see Endpoint.clocks. */
  clocks(nowMs: number, wallMs: number): void;
  readonly counters: Readonly<EndpointCounters>;
  /** Ends everything and wipes the keys. */
  close(): void;
}

/** A layer without links. */
export function createLinkLayer(options: LinkLayerOptions): LinkLayer {
  const { crypto, random, deadlines, logger, signer, turns } = options;
  const credentials = createCredentials({ crypto, random, layer: LINK_LAYER, signer });
  const channels = new Map<Link, Channel>();
  const pool = createBatchPool();
  const endpoint = createEndpoint<TransportAddress>({
    layer: LINK_LAYER,
    crypto,
    random,
    deadlines,
    logger,
    verify: options.verify,
    refusal: encodeRefusal(),
    sink: {
      reply: (datagram, to) =>
        void to.transport.send(to, datagram, 0, datagram.length, datagram.length),
      admit(peer, _credentials, from, nowMs) {
        const link = options.admit(peer, from, nowMs);
        return link === undefined ? undefined : channels.get(link);
      },
    },
  });
  return {
    counters: endpoint.counters,
    transportSink: {
      received: (buffer, at, length, from, nowMs) =>
        endpoint.receive(buffer, at, length, from, credentials, nowMs),
      receivedAll() {},
      unreachable(to, nowMs) {
        for (const link of channels.keys()) link.unreachable(to, nowMs);
      },
      failed(to, nowMs) {
        for (const link of channels.keys()) link.failed(to, nowMs);
      },
      writable(nowMs) {
        for (const link of channels.keys()) link.transportWritable(nowMs);
      },
    },
    createLink(remote) {
      let channel: Channel | undefined;
      const link = createLink({
        createChannel(owner) {
          channel = endpoint.createChannel({ credentials, remote, owner });
          return channel;
        },
        networkTag: options.networkTag,
        receiveWindowBytes: options.receiveWindowBytes,
        random,
        deadlines,
        turns,
        owner: options.owner,
        logger,
        pool,
      });
      if (channel !== undefined) channels.set(link, channel);
      return link;
    },
    forget: (link) => void channels.delete(link),
    clocks: (nowMs, wallMs) => endpoint.clocks(nowMs, wallMs),
    close() {
      endpoint.close();
      channels.clear();
      credentials.wipe();
    },
  };
}
