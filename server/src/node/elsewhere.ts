// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The world beyond this daemon's nodes, as they see it: the daemon's own node, and remote
 * identities by way of sessions. Invariants: the daemon's own node sends nothing but pings back;
 * what comes is handed only to the node that it is for (M1).
 */
import { type AddressMap, addressWords, type Clock, sameAddress } from "../core/index.js";
import type { Attachment, Network } from "../network/index.js";
import type { Sessions, SessionsSink } from "../session/index.js";
import type { NodeCounters } from "./counters.js";
import type { LocalNode } from "./local-node.js";
import type { Outbound } from "./outbound.js";
import { isPing } from "./ping.js";
import type { Destinations } from "./sender.js";

/** What a node here is to the world beyond. */
export interface Resident {
  readonly node: LocalNode;
  readonly outbound: Outbound;
}

/** What it needs. */
export interface ElsewhereOptions {
  /** The daemon's own identity. */
  readonly own: Attachment;
  /** The nodes that are open, the daemon's own not among them. */
  readonly table: AddressMap<Resident>;
  readonly network: Pick<Network, "attach" | "detach">;
  readonly sessions: Pick<Sessions, "join" | "leave" | "send">;
  readonly clock: Clock;
  readonly counters: NodeCounters;
}

/** The way out, and in. */
export interface Elsewhere extends Pick<Destinations, "elsewhere"> {
  /** What sessions are to tell. */
  readonly sessionsSink: SessionsSink;
  /** A node can be reached from now on. */
  join(node: Attachment): void;
  /** It cannot any more; to be called before its key is wiped. */
  leave(address: Uint8Array): void;
}

/** Joins the daemon's own node, and whoever is joined later. */
export function createElsewhere(options: ElsewhereOptions): Elsewhere {
  const { table, network, sessions, clock, counters } = options;
  const own = options.own.address.bytes;
  const ownWords = addressWords(own);

  const join = (node: Attachment): void => {
    const nowMs = clock.monotonicMs();
    sessions.join(node, nowMs);
    network.attach(node, nowMs);
  };
  const leave = (address: Uint8Array): void => {
    const nowMs = clock.monotonicMs();
    // First the sessions: their farewells still need the way.
    sessions.leave(address, nowMs);
    network.detach(address, nowMs);
  };
  const mayAnswer = (buffer: Uint8Array, start: number, end: number): boolean => {
    const answers = isPing(buffer, start, end);
    if (!answers) counters.notPings += 1;
    return answers;
  };
  join(options.own);

  return {
    join,
    leave,
    elsewhere(outbound, addresses, addressAt, buffer, start, end) {
      const { source } = outbound;
      if (sameAddress(ownWords, addresses, addressAt)) {
        if (mayAnswer(buffer, start, end)) {
          table.get(source, 0)?.node.deliver(own, 0, buffer, start, end);
        }
        return undefined;
      }
      const nowMs = clock.monotonicMs();
      const outcome = sessions.send(source, addresses, addressAt, buffer, start, end, nowMs);
      if (outcome === "accepted") return undefined;
      if (outcome === "crowded") {
        outbound.crowded = true;
        return undefined;
      }
      if (outcome === "displaced") {
        counters.displaced += 1;
        return "DISPLACED";
      }
      counters.noSuchAddress += 1;
      return "NO_SUCH_ADDRESS";
    },
    sessionsSink: {
      message(destination, source, buffer, at, length, nowMs) {
        const resident = table.get(destination, 0);
        if (resident !== undefined) {
          resident.node.deliver(source, 0, buffer, at, at + length);
        } else if (sameAddress(ownWords, destination, 0) && mayAnswer(buffer, at, at + length)) {
          sessions.send(own, source, 0, buffer, at, at + length, nowMs);
        }
      },
      gaveUp() {},
      displaced() {
        counters.displacements += 1;
      },
      relieved: (source) => table.get(source, 0)?.outbound.relieve(),
    },
  };
}
