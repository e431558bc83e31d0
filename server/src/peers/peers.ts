// SPDX-License-Identifier: GPL-3.0-or-later

// The set of links of a daemon: who may be a peer, and how long. Dialling again is each link's own,
// at the pace of S13. Invariant: one link per identity, and none for an identity that is neither
// configured nor accepted.

import { createAddressMap } from "../core/index.js";
import { Address } from "../identity/index.js";
import {
  createLinkLayer,
  type Link,
  type LinkLayerOptions,
  type LinkOwner,
} from "../link/index.js";
import { FORGET_GUEST_MS, MOST_GUESTS, REFUSED_AGAIN_MS } from "./constants.js";
import { createLinkDeadlines } from "./link-deadlines.js";
import { createLinkSums } from "./link-sums.js";
import type { Peers, PeersOptions } from "./ports.js";

/** A peer: its link, and whether anybody asked for it. */
interface Member {
  readonly address: Address;
  readonly link: Link;
  configured: boolean;
}

/** A set without peers. */
export function createPeers(options: PeersOptions): Peers {
  const { deadlines, logger, owner, random, signer } = options;
  const self = Address.fromBytes(signer.address);
  const members = createAddressMap<Member>(random);
  const waits = createLinkDeadlines(deadlines);
  const ended = createLinkSums();
  let closed = false;
  const memberOf = (link: Link): Member | undefined => members.get(link.remote(), 0);

  const linkOwner: LinkOwner = {
    packet: (link, buffer, at, length, nowMs) => owner.packet(link, buffer, at, length, nowMs),
    control: (link, buffer, at, length, nowMs) => owner.control(link, buffer, at, length, nowMs),
    up(link, nowMs) {
      waits.clear(link);
      logger.info("peer is up", { peer: memberOf(link)?.address.toString() });
      owner.up(link, nowMs);
    },
    down(link, reason, nowMs) {
      const member = memberOf(link);
      if (member?.configured === false) forgetLater(link, nowMs);
      else if (reason === "peer-refused" || reason === "other-network") redialLater(link, nowMs);
      logger.info("peer is down", { peer: member?.address.toString(), reason });
      owner.down(link, reason, nowMs);
    },
    changed: (link, quality, nowMs) => owner.changed(link, quality, nowMs),
    writable: (link, nowMs) => owner.writable(link, nowMs),
  };
  const admit: LinkLayerOptions["admit"] = (peer, from, nowMs) => {
    const known = members.get(peer.address, 0);
    if (known !== undefined) return known.link;
    const address = Address.fromBytes(peer.address);
    const accepted = !closed && guestCount() < MOST_GUESTS && options.accepts(address);
    // The owner may have configured it, or closed, from inside of the question.
    const configured = members.get(peer.address, 0);
    if (configured !== undefined) return configured.link;
    if (!accepted || closed) {
      logger.debug("peer is not wanted", { peer: address.toString(), from: from.text });
      return undefined;
    }
    const { link } = join(address, false);
    forgetLater(link, nowMs);
    return link;
  };
  const layer = createLinkLayer({ ...options, owner: linkOwner, admit });

  /** A guest that does not come up leaves nothing behind. */
  function forgetLater(link: Link, nowMs: number): void {
    waits.set(link, nowMs + FORGET_GUEST_MS, (firedMs) => end(link.remote(), firedMs));
  }
  function redialLater(link: Link, nowMs: number): void {
    waits.set(link, nowMs + REFUSED_AGAIN_MS, (firedMs) => link.connect(firedMs));
  }
  function guestCount(): number {
    let count = 0;
    for (const { configured } of members.values()) if (!configured) count += 1;
    return count;
  }
  function join(address: Address, configured: boolean): Member {
    const member = { address, link: layer.createLink(address.bytes), configured };
    members.set(address.bytes, member);
    return member;
  }
  function end(remote: Uint8Array, nowMs: number): boolean {
    const member = members.get(remote, 0);
    if (member === undefined) return false;
    const { link } = member;
    waits.clear(link);
    members.delete(remote);
    const wasUp = link.up();
    link.close("shutting-down", nowMs);
    ended.add(link);
    layer.forget(link);
    if (wasUp) owner.down(link, "removed", nowMs);
    return true;
  }

  return {
    transportSink: layer.transportSink,
    counters: layer.counters,
    clocks: layer.clocks,
    add(address, ways, nowMs) {
      if (closed || address.equals(self)) return false;
      const member = members.get(address.bytes, 0) ?? join(address, true);
      member.configured = true;
      waits.clear(member.link);
      for (const way of ways) member.link.addAddress(way, "configured", nowMs);
      member.link.connect(nowMs);
      return true;
    },
    remove: (address, nowMs) => end(address.bytes, nowMs),
    link: (address) => members.get(address.bytes, 0)?.link,
    get size() {
      return members.size();
    },
    list: () =>
      [...members.values()].map(({ address, link, configured }) => ({
        address,
        configured,
        up: link.up(),
        stats: link.stats(),
      })),
    linkCounters() {
      const sums = createLinkSums(ended.counters);
      for (const { link } of members.values()) sums.add(link);
      return sums.counters;
    },
    close(nowMs) {
      closed = true;
      for (const { link } of [...members.values()]) end(link.remote(), nowMs);
      layer.close();
    },
  };
}
