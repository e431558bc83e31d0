// SPDX-License-Identifier: GPL-3.0-or-later

// A host's transport on the laboratory's network: the port, and what a test can do to the machine
// beneath it.

import type {
  Transport,
  TransportAddress,
  TransportCounters,
  TransportSink,
} from "../../server/src/transport/index.js";
import { parseSimAddress, type SimAddress, sharedBits, simAddress } from "./addresses.js";
import type { Host } from "./host.js";
import { createSimInbox } from "./sim-inbox.js";
import type { World } from "./world.js";

/** A transport on the laboratory's network. */
export interface SimTransport extends Transport {
  readonly host: Host;
  /** While true nothing can be sent: `send` says the queue is full; `writable` when it ends. */
  blocked: boolean;
  /** Takes away, or gives back, the way to an address: `failed` is told when it is sent to. */
  setRoute(to: string, exists: boolean): void;
  /** An ICMP message about that address comes in, true or forged. */
  icmp(to: string): void;
}

/** What the network sees of a transport. */
export interface SimPort {
  readonly transport: SimTransport;
  /** What it is bound to; the network may replace one by another. */
  readonly locals: SimAddress[];
  readonly isOpen: () => boolean;
  /** Takes a datagram, bytes and all; false when the machine has no room for it. */
  readonly take: (from: SimAddress, bytes: Uint8Array) => boolean;
}

/** What a transport needs of its network. */
export interface SimNetworkSide {
  readonly world: World;
  /** One datagram leaves the machine; what is needed of its bytes is copied. */
  transmit(port: SimPort, from: SimAddress, to: SimAddress, bytes: Uint8Array): void;
  unbind(port: SimPort): void;
}

/** What a transport can be given. */
export interface BindOptions {
  /** Bytes of the largest datagram that the interface takes; 65,507. */
  readonly interfaceBytes?: number;
  /** Bytes that wait for the process, beyond which the machine loses datagrams; 4 MiB. */
  readonly receiveBufferBytes?: number;
  /** What the port says of don't-fragment; true. */
  readonly dontFragment?: boolean;
}

const LARGEST_BYTES = 65_507;
const BASE_BYTES = 1_200;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A transport of a host, bound to these addresses. */
export function createSimPort(
  network: SimNetworkSide,
  host: Host,
  texts: readonly string[],
  sink: TransportSink,
  options: BindOptions = {},
): SimPort {
  const { receiveBufferBytes = RECEIVE_BUFFER_BYTES, dontFragment = true } = options;
  let open = true;
  const isOpen = (): boolean => open && host.alive;
  const tell = (call: (nowMs: number) => void): void => {
    network.world.afterOn(host, 0, () => {
      if (isOpen()) call(host.clock.monotonicMs());
    });
  };
  const counters = createCounters();
  const addresses = createAddresses(() => transport);
  const inbox = createSimInbox({
    sink,
    bound: receiveBufferBytes,
    tell,
    isOpen,
    counters,
    addressOf: addresses,
  });
  const port: SimPort = {
    locals: texts.map(simAddress),
    isOpen,
    take: inbox.take,
    get transport() {
      return transport;
    },
  };
  const outbox = createSimOutbox({ network, port, sink, tell, counters, options });
  const transport: SimTransport = {
    name: "sim",
    host,
    dontFragment,
    receiveBufferBytes,
    ...outbox,
    counters,
    get localAddresses() {
      return port.locals.flatMap(({ text }) => addresses(text) ?? []);
    },
    get blocked() {
      return outbox.blocked;
    },
    set blocked(value) {
      outbox.blocked = value;
    },
    address: addresses,
    icmp(to) {
      const address = addresses(to);
      if (address !== undefined) tell((nowMs) => sink.unreachable(address, nowMs));
    },
    close() {
      open = false;
      network.unbind(port);
      return Promise.resolve();
    },
  };
  return port;
}

/** Gives each text its one address. */
function createAddresses(transport: () => Transport) {
  const known = new Map<string, TransportAddress>();
  return (text: string): TransportAddress | undefined => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const sim = parseSimAddress(text);
    if (sim === undefined) return undefined;
    const address = known.get(sim.text) ?? {
      transport: transport(),
      text: sim.text,
      bytes: sim.bytes,
      group: sim.group,
      baseMtu: BASE_BYTES,
      largestMtu: LARGEST_BYTES,
    };
    known.set(sim.text, address);
    return address;
  };
}

type Counters = { -readonly [Name in keyof TransportCounters]: number };

/** The sending half. */
function createSimOutbox(given: {
  readonly network: SimNetworkSide;
  readonly port: SimPort;
  readonly sink: TransportSink;
  readonly tell: (call: (nowMs: number) => void) => void;
  readonly counters: Counters;
  readonly options: BindOptions;
}): Pick<SimTransport, "send" | "setRoute" | "blocked"> {
  const { network, port, sink, tell, counters, options } = given;
  const { interfaceBytes = LARGEST_BYTES } = options;
  const noRoute = new Set<string>();
  let blocked = false;
  const sendOne = (from: SimAddress, to: SimAddress, bytes: Uint8Array): void => {
    if (bytes.length > Math.min(interfaceBytes, LARGEST_BYTES)) {
      counters.droppedTooLarge += 1;
      return;
    }
    counters.datagramsSent += 1;
    counters.bytesSent += bytes.length;
    network.transmit(port, from, to, bytes);
  };
  return {
    send(to, buffer, at, length, segmentBytes) {
      if (!(segmentBytes > 0)) throw new RangeError(`segmentBytes: got ${segmentBytes}`);
      if (to.transport !== port.transport) throw new Error(`${to.text} is of another transport`);
      if (!port.isOpen()) return true;
      const sim = simAddress(to.text);
      const from = sourceFor(port.locals, sim);
      if (from === undefined || noRoute.has(to.text)) {
        counters.droppedNoRoute += Math.ceil(length / segmentBytes);
        tell((nowMs) => sink.failed(to, nowMs));
      } else if (blocked) {
        counters.droppedQueueFull += Math.ceil(length / segmentBytes);
      } else {
        const end = at + length;
        for (let next = at; next < end; next += segmentBytes) {
          sendOne(from, sim, buffer.subarray(next, Math.min(next + segmentBytes, end)));
        }
      }
      return !blocked;
    },
    setRoute(to, exists) {
      if (exists) noRoute.delete(simAddress(to).text);
      else noRoute.add(simAddress(to).text);
    },
    get blocked() {
      return blocked;
    },
    set blocked(value) {
      if (blocked && !value) tell((nowMs) => sink.writable(nowMs));
      blocked = value;
    },
  };
}

function createCounters(): Counters {
  return {
    datagramsSent: 0,
    bytesSent: 0,
    datagramsReceived: 0,
    bytesReceived: 0,
    droppedQueueFull: 0,
    droppedTooLarge: 0,
    droppedNoRoute: 0,
  };
}

/** The local address of the network that the other is in, as far as addresses tell. */
function sourceFor(locals: readonly SimAddress[], to: SimAddress): SimAddress | undefined {
  let best: SimAddress | undefined;
  for (const local of locals) {
    if (local.bytes.length !== to.bytes.length) continue;
    if (best === undefined || sharedBits(local, to) > sharedBits(best, to)) best = local;
  }
  return best;
}
