// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The laboratory's network: datagrams between the hosts of a world over links that lose, repeat,
 * delay and reorder them. Invariant: every datagram has exactly one fate, and all of them are
 * counted: sent + injected + duplicated = delivered + dropped + in flight.
 */
import type { TransportSink } from "../../server/src/transport/index.js";
import { simAddress } from "./addresses.js";
import type { Host } from "./host.js";
import type { LinkOptions } from "./link-model.js";
import { createLinks } from "./links.js";
import type { Nat } from "./nat.js";
import { createRoutes } from "./routes.js";
import {
  type BindOptions,
  createSimPort,
  type SimNetworkSide,
  type SimTransport,
} from "./sim-transport.js";
import { createTrace } from "./trace.js";
import {
  createCounters,
  createFlight,
  fly,
  type NetworkCounters,
  type NetworkState,
  type Tap,
  transmit,
} from "./traffic.js";
import type { World } from "./world.js";

/** Hosts' transports and the links between them. */
export interface Network {
  /** Binds a transport of a host to addresses; RangeError for one that is none, or taken. */
  bind(
    host: Host,
    texts: string | readonly string[],
    sink: TransportSink,
    options?: BindOptions,
  ): SimTransport;
  /**
   * Says how one direction is from now on; what is not said stays. A place is an IP address (the
   * bound one, not a NAT's outside), the name of a host, or `*` for all.
   */
  link(from: string, to: string, options: Partial<LinkOptions>): void;
  /** The same in both directions. */
  between(a: string, b: string, options: Partial<LinkOptions>): void;
  /** Takes a host off the network, or puts it back: what would arrive meanwhile is lost. */
  setDown(host: string, down: boolean): void;
  /** Puts a NAT before a bound address, or gives the NAT another outside address. */
  nat(inside: string, outside: string, options?: { readonly rememberMs?: number }): void;
  /** Puts a bound address behind a NAT, which others may share. */
  share(inside: string, nat: Nat): void;
  /** Replaces a bound address by another, as when a machine changes networks. */
  move(from: string, to: string): void;
  /** A datagram of somebody's arrives at an address, past all links but not past a NAT. */
  inject(from: string, to: string, bytes: Uint8Array, delayMs?: number): void;
  /** Lets a tap see what is sent from now on; returns how to take it away. */
  tap(tap: Tap): () => void;
  readonly counters: NetworkCounters;
  /** What became of every datagram, if the network was made with `trace`. */
  readonly trace: string;
}

/** What a network is made of. */
export interface NetworkOptions {
  readonly world: World;
  /** How links are of which nothing else is said; the rest is as in CLEAN_LINK. */
  readonly link?: Partial<LinkOptions>;
  /** Whether to keep a line for every datagram. */
  readonly trace?: boolean;
}

/** A network without hosts. */
export function createNetwork(options: NetworkOptions): Network {
  const { world } = options;
  const state: NetworkState = {
    world,
    links: createLinks(world, options.link ?? {}),
    routes: createRoutes(),
    trace: createTrace(options.trace === true),
    counters: createCounters(),
    down: new Set(),
    taps: new Set(),
    nextId: 0,
  };
  const side: SimNetworkSide = {
    world,
    transmit: (port, from, to, bytes) => transmit(state, port, from, to, bytes),
    unbind: state.routes.unbind,
  };
  return {
    bind(host, texts, sink, bindOptions) {
      const list = typeof texts === "string" ? [texts] : texts;
      const port = createSimPort(side, host, list, sink, bindOptions);
      state.routes.bind(port);
      return port.transport;
    },
    link: state.links.set,
    between(a, b, link) {
      state.links.set(a, b, link);
      state.links.set(b, a, link);
    },
    setDown(host, down) {
      if (down) state.down.add(host);
      else state.down.delete(host);
    },
    nat: (inside, outside, { rememberMs = Number.POSITIVE_INFINITY } = {}) =>
      state.routes.nat(simAddress(inside), simAddress(outside), rememberMs),
    share: (inside, nat) => state.routes.share(simAddress(inside), nat),
    move: (from, to) => state.routes.move(simAddress(from), simAddress(to)),
    inject(from, to, bytes, delayMs = 0) {
      state.counters.injected += 1;
      const flight = createFlight(state, simAddress(from), simAddress(to), bytes);
      fly(state, flight, world.nowMs + delayMs);
    },
    tap(tap) {
      state.taps.add(tap);
      return () => void state.taps.delete(tap);
    },
    get counters() {
      return { ...state.counters, dropped: { ...state.counters.dropped } };
    },
    get trace() {
      return state.trace.text;
    },
  };
}
