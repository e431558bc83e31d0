// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A link over a channel that seals nothing: a test hands plaintexts in as if they had been opened,
 * from any address, and sees the datagrams that go out.
 */
import type { Channel, ChannelOwner } from "../../server/src/channel/index.js";
import { createDeadlines, type Deadlines, silentLogger } from "../../server/src/core/index.js";
import { createLink, type Link, type LinkOwner } from "../../server/src/link/index.js";
import type { Transport, TransportAddress } from "../../server/src/transport/index.js";
import { createSeededRandom } from "./seeded-random.js";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.js";

/** What went out. */
export interface Sent {
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** What a session is. */
export interface EstablishOptions {
  readonly newIncarnation?: boolean;
  readonly proven?: boolean;
  readonly index?: number;
}

/** The link, and the world around it. */
export interface FakeLink {
  readonly link: Link;
  readonly clock: VirtualClock;
  readonly sent: Sent[];
  /** The runs that they went out in: how many bytes, cut into segments of how many. */
  readonly runs: { readonly bytes: number; readonly segmentBytes: number }[];
  address(text: string): TransportAddress;
  /** Those of `address`, by text; another transport's can be put among them. */
  readonly addresses: Map<string, TransportAddress>;
  /** An authentic datagram with this plaintext, in the session of this index, or the latest. */
  receive(plaintext: Uint8Array, from?: string, index?: number): void;
  /** A session is established from there: the first one's index is 77, others count from there. */
  establish(from: string, options?: EstablishOptions): void;
  /** The channel's state. */
  readonly channel: { index: number; doubts: number; closed: boolean; resting: boolean };
  /** Whether the machine's queue has room after a send. */
  readonly machine: { room: boolean };
  readonly deadlines: Deadlines;
  run(ms: number): void;
}

/** A link that has no session yet; `tag` is its network tag's every byte. */
export function createFakeLink(owner: Partial<LinkOwner> = {}, tag = 1): FakeLink {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const sent: Sent[] = [];
  const runs: { bytes: number; segmentBytes: number }[] = [];
  const addresses = new Map<string, TransportAddress>();
  const channel = { index: 0, doubts: 0, closed: false, resting: false };
  const machine = { room: true };
  let counter = 0;
  let received = 0;
  let latest = 76;
  let owned: ChannelOwner<TransportAddress> | undefined;

  const transport: Transport = {
    name: "fake",
    localAddresses: [],
    dontFragment: true,
    receiveBufferBytes: 1 << 20,
    counters: {
      datagramsSent: 0,
      bytesSent: 0,
      datagramsReceived: 0,
      bytesReceived: 0,
      droppedQueueFull: 0,
      droppedTooLarge: 0,
      droppedNoRoute: 0,
    },
    address: (text) => address(text),
    send(to, buffer, at, length, segmentBytes) {
      runs.push({ bytes: length, segmentBytes });
      for (let place = at; place < at + length; place += segmentBytes) {
        const end = Math.min(place + segmentBytes, at + length);
        sent.push({ to: to.text, bytes: Uint8Array.from(buffer.subarray(place, end)) });
      }
      return machine.room;
    },
    close: () => Promise.resolve(),
  };
  const address = (text: string): TransportAddress => {
    const known = addresses.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(text);
    const made = { transport, text, bytes, group: text, baseMtu: 1_200, largestMtu: 65_507 };
    addresses.set(text, made);
    return made;
  };
  const createChannel = (channelOwner: ChannelOwner<TransportAddress>): Channel => {
    owned = channelOwner;
    return {
      remote: new Uint8Array(32),
      ready() {
        return channel.index !== 0;
      },
      suspect: () => false,
      connect: () => {},
      rest: () => {},
      drop: () => {
        channel.index = 0;
        channel.resting = true;
      },
      seal(buffer, at, length) {
        if (channel.index === 0) return 0;
        counter += 1;
        buffer.fill(0, at, at + 16);
        buffer.fill(0, at + 16 + length, at + 32 + length);
        return length + 32;
      },
      sendingIndex() {
        return channel.index;
      },
      sealedIndex() {
        return channel.index;
      },
      sealedCounter() {
        return counter;
      },
      wayCameUp: () => {},
      doubt: () => {
        channel.doubts += 1;
      },
      close: () => {
        channel.closed = true;
        channel.index = 0;
      },
      counters: { initiations: 0, established: 0, sealed: 0, opened: 0 },
    };
  };
  const link = createLink({
    createChannel,
    networkTag: new Uint8Array(32).fill(tag),
    receiveWindowBytes: 1 << 20,
    random: createSeededRandom(7),
    deadlines,
    turns: clock.turns,
    logger: silentLogger,
    owner: {
      packet: () => {},
      control: () => {},
      up: () => {},
      down: () => {},
      changed: () => {},
      writable: () => {},
      ...owner,
    },
  });
  return {
    link,
    clock,
    sent,
    runs,
    address,
    addresses,
    channel,
    machine,
    deadlines,
    receive(plaintext, from = "peer", index = latest) {
      const buffer = new Uint8Array(plaintext.length + 32);
      buffer.set(plaintext, 16);
      received += 1;
      const nowMs = clock.monotonicMs();
      owned?.received(buffer, 16, plaintext.length, address(from), index, received, nowMs);
    },
    establish(from, { newIncarnation = false, proven = true, index = latest + 1 } = {}) {
      channel.index += 1;
      latest = index;
      owned?.established(
        {
          from: address(from),
          proven,
          role: "responder",
          index: latest,
          newIncarnation,
          publicKey: new Uint8Array(34),
        },
        clock.monotonicMs(),
      );
    },
    run(ms) {
      for (let i = 0; i < ms; i++) {
        clock.endTurn();
        clock.advance(1);
      }
      clock.endTurn();
    },
  };
}
