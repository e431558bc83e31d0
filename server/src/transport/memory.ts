// SPDX-License-Identifier: GPL-3.0-or-later

// Transports that hand datagrams to each other within one process: for daemons that live together,
// and the transport that tests use. Nothing is lost but what a full queue does not take. What it
// guards: nothing is told within a call of send, and a queue never grows beyond its bound.

import type { Clock, Turns } from "../core/index.js";
import {
  createCounters,
  createInbox,
  createOutbox,
  MEMORY_LARGEST_BYTES,
  type MemoryMedium,
} from "./memory-ends.js";
import type { Transport, TransportAddress, TransportSink } from "./transport.js";

/** What any path carries. */
const BASE_BYTES = 1_200;
/** Bytes that wait for one transport until the turn ends; what is beyond is dropped, counted. */
const QUEUE_BYTES = 4 * 1024 * 1024;
/** Addresses kept for one transport; the oldest is forgotten, and made anew when it is needed. */
const MOST_ADDRESSES = 4_096;

const NAME = /^[a-z0-9.-]{1,64}$/;
const PREFIX = "memory:";

/** What a transport in memory is made of. */
export interface MemoryTransportOptions {
  readonly medium: MemoryMedium;
  /** It is reached at `memory:name`: 1 to 64 of a-z, 0-9, dot and hyphen, nobody else's. */
  readonly name: string;
  readonly sink: TransportSink;
  /** Bytes of datagrams that wait for the end of a turn, 65,507 at least; 4 MiB if not said. */
  readonly receiveBufferBytes?: number;
}

/** A medium that nobody is at yet. Datagrams are delivered at the end of the turn. */
export function createMemoryMedium(options: {
  readonly clock: Clock;
  readonly turns: Turns;
}): MemoryMedium {
  return { ...options, inboxes: new Map() };
}

/**
 * Opens a transport on the medium. Sending to a name that nobody has is told as `unreachable`. A
 * name or a size that is none, or a name that is taken, is a RangeError.
 */
export function createMemoryTransport(options: MemoryTransportOptions): Transport {
  const { medium, sink, receiveBufferBytes = QUEUE_BYTES } = options;
  const text = `${PREFIX}${options.name}`;
  if (!NAME.test(options.name)) throw new RangeError("name: expected 1 to 64 of a-z 0-9 . -");
  if (medium.inboxes.has(text)) throw new RangeError(`name: ${options.name} is taken`);
  if (!(receiveBufferBytes >= MEMORY_LARGEST_BYTES)) {
    throw new RangeError(`receiveBufferBytes: expected ${MEMORY_LARGEST_BYTES} or more`);
  }
  const addresses = new Map<string, TransportAddress>();
  const counters = createCounters();
  const inbox = createInbox({ medium, sink, counters, receiveBufferBytes, addressOf });
  const outbox = createOutbox({ medium, sink, counters, text });
  function addressOf(of: string): TransportAddress | undefined {
    return addresses.get(of) ?? makeAddress(transport, addresses, of);
  }
  const transport: Transport = {
    name: "memory",
    get localAddresses() {
      const own = addressOf(text);
      return own === undefined ? [] : [own];
    },
    dontFragment: true,
    receiveBufferBytes,
    counters,
    address: addressOf,
    send: outbox.send,
    close() {
      if (medium.inboxes.get(text) === inbox) medium.inboxes.delete(text);
      inbox.close();
      outbox.close();
      return Promise.resolve();
    },
  };
  medium.inboxes.set(text, inbox);
  return transport;
}

function makeAddress(
  transport: Transport,
  known: Map<string, TransportAddress>,
  text: string,
): TransportAddress | undefined {
  const name = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  if (!NAME.test(name)) return undefined;
  const address: TransportAddress = {
    transport,
    text,
    bytes: new Uint8Array(Buffer.from(name)),
    group: name,
    baseMtu: BASE_BYTES,
    largestMtu: MEMORY_LARGEST_BYTES,
  };
  if (known.size >= MOST_ADDRESSES) {
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }
  known.set(text, address);
  return address;
}
