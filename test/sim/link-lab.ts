// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Two daemons as far as links need them, on the laboratory's network: an identity, an endpoint, a
 * transport and one link each, with everything that the link's owner is told written down.
 */
import {
  type Channel,
  type ChannelOwner,
  createCertificateVerifier,
  createCredentials,
  createEndpoint,
  type Endpoint,
  LINK_LAYER,
} from "../../server/src/channel/index.js";
import { silentLogger } from "../../server/src/core/index.js";
import { type Crypto, selectCrypto } from "../../server/src/crypto/index.js";
import { createIdentities, PURPOSES } from "../../server/src/identity/index.js";
import {
  createLink,
  encodeRefusal,
  type Link,
  type LinkOwner,
} from "../../server/src/link/index.js";
import type { TransportAddress } from "../../server/src/transport/index.js";
import type { Host } from "./host.js";
import type { LinkOptions } from "./link-model.js";
import { createNetwork, type Network } from "./network.js";
import type { BindOptions, SimTransport } from "./sim-transport.js";
import { sinkWith } from "./support.js";
import { createWorld, type World } from "./world.js";

/** One of the two. */
export interface LabNode {
  readonly name: string;
  readonly host: Host;
  readonly transport: SimTransport;
  readonly link: Link;
  /** The peer's address, for the other one. */
  readonly address: Uint8Array;
  /** "up", "down silent", "writable", in order, since the lab was made. */
  readonly events: readonly string[];
  /** When each of them was. */
  readonly eventsMs: readonly number[];
  /** Control messages, since the lab was made. */
  readonly controls: readonly Uint8Array[];
  /** Packets since the lab was made; their bytes go to `onPacket`. */
  readonly packets: number;
  onPacket: (buffer: Uint8Array, at: number, length: number, nowMs: number) => void;
  /** Sends a packet made of this. */
  send(packet: Uint8Array, flow?: number): boolean;
  sendControl(message: Uint8Array): boolean;
  /** The addresses it has of the other, by text. */
  add(...texts: readonly string[]): void;
  connect(): void;
  /** As a process that was killed and started again, with the same long-lived key. */
  restart(): void;
  /** Killed, and not started. */
  kill(): void;
}

/** What can be chosen. */
export interface LabOptions {
  readonly seed?: number;
  readonly link?: Partial<LinkOptions>;
  readonly crypto?: Crypto;
  /** What each is bound to. */
  readonly aTexts?: readonly string[];
  readonly bTexts?: readonly string[];
  readonly bind?: BindOptions;
  readonly windowBytes?: number;
  /** The first byte of b's network tag; a's is 1. */
  readonly bTag?: number;
  readonly trace?: boolean;
  /** Sees every datagram before it is sealed and when it was opened. */
  readonly watch?: LinkWatch;
}

/** Sees the plaintexts of both; `name` is who seals or opens. */
export interface LinkWatch {
  sealed(name: string, plaintext: Uint8Array, index: number, counter: number): void;
  opened(name: string, index: number, counter: number): void;
}

/** The lab. */
export interface LinkLab {
  readonly world: World;
  readonly network: Network;
  readonly a: LabNode;
  readonly b: LabNode;
  /** Runs until both are up: how long that took. */
  untilUp(withinMs?: number): number;
}

export const A1 = "10.0.0.1:100";
export const A2 = "10.1.0.1:100";
export const B1 = "10.0.0.2:200";
export const B2 = "10.1.0.2:200";

const WINDOW_BYTES = 1024 * 1024;

/** Two nodes; a knows b's addresses, and nobody has begun. */
export function createLinkLab(options: LabOptions = {}): LinkLab {
  const world = createWorld({ seed: options.seed ?? 1 });
  const { link: between = {}, trace = false, aTexts = [A1], bTexts = [B1] } = options;
  const network = createNetwork({ world, link: between, trace });
  const crypto = options.crypto ?? selectCrypto();
  const identities = createIdentities(crypto, world.random("identities"));
  const keys = { a: identities.generate(), b: identities.generate() };
  const tag = (first: number) => new Uint8Array(32).fill(first);

  const createNode = (name: "a" | "b", texts: readonly string[], firstTag: number): LabNode => {
    const key = keys[name];
    const remote = keys[name === "a" ? "b" : "a"].publicKey.address.bytes;
    const events: string[] = [];
    const eventsMs: number[] = [];
    const controls: Uint8Array[] = [];
    let packets = 0;
    let process: Process;
    let known: readonly string[] = [];
    const note = (event: string, nowMs: number): void => {
      events.push(event);
      eventsMs.push(nowMs);
    };
    const owner: LinkOwner = {
      packet(from, buffer, at, length, nowMs) {
        if (!from.up()) note("packet before up", nowMs);
        packets += 1;
        node.onPacket(buffer, at, length, nowMs);
      },
      control(from, buffer, at, length, nowMs) {
        if (!from.up()) note("control before up", nowMs);
        controls.push(buffer.slice(at, at + length));
      },
      up: (_link, nowMs) => note("up", nowMs),
      down: (_link, reason, nowMs) => note(`down ${reason}`, nowMs),
      changed: (_link, { doubtful }, nowMs) => note(doubtful ? "doubtful" : "changed", nowMs),
      writable: (_link, nowMs) => note("writable", nowMs),
    };
    const start = (): Process => {
      const host = world.host(name);
      const signer = {
        publicKey: key.publicKey.serialize(),
        address: key.publicKey.address.bytes,
        sign: (certificate: Uint8Array) =>
          identities.keys.signReserved(key, PURPOSES.noiseStatic, certificate),
      };
      const { random, deadlines, turns } = host;
      const credentials = createCredentials({ crypto, random, layer: LINK_LAYER, signer });
      const transport: SimTransport = network.bind(
        host,
        texts,
        sinkWith({
          received: (buffer, at, length, from, nowMs) =>
            endpoint.receive(buffer, at, length, from, credentials, nowMs),
          unreachable: (to, nowMs) => link.unreachable(to, nowMs),
          failed: (to, nowMs) => link.failed(to, nowMs),
          writable: (nowMs) => link.transportWritable(nowMs),
        }),
        options.bind,
      );
      const endpoint: Endpoint<TransportAddress> = createEndpoint<TransportAddress>({
        layer: LINK_LAYER,
        crypto,
        random,
        deadlines,
        logger: silentLogger,
        verify: createCertificateVerifier(identities.keys),
        refusal: encodeRefusal(),
        sink: {
          reply: (datagram, to) => {
            to.transport.send(to, datagram, 0, datagram.length, datagram.length);
          },
          admit: (peer): Channel | undefined =>
            Buffer.compare(peer.address, remote) === 0 ? channel : undefined,
        },
      });
      let channel: Channel | undefined;
      const link: Link = createLink({
        createChannel: (channelOwner) => {
          const { watch } = options;
          const opened: typeof channelOwner =
            watch === undefined ? channelOwner : watchOpened(channelOwner, name, watch);
          channel = endpoint.createChannel({ credentials, remote, owner: opened });
          return watch === undefined ? channel : watchSealed(channel, name, watch);
        },
        networkTag: tag(firstTag),
        receiveWindowBytes: options.windowBytes ?? WINDOW_BYTES,
        random,
        deadlines,
        turns,
        owner,
        logger: silentLogger,
      });
      endpoint.clocks(host.clock.monotonicMs(), host.clock.wallMs());
      return { host, transport, link };
    };
    const nowMs = (): number => process.host.clock.monotonicMs();
    const addKnown = (): void => {
      for (const text of known) {
        const address = process.transport.address(text);
        if (address !== undefined) process.link.addAddress(address, "configured", nowMs());
      }
    };
    const node: LabNode = {
      name,
      get host() {
        return process.host;
      },
      get transport() {
        return process.transport;
      },
      get link() {
        return process.link;
      },
      address: key.publicKey.address.bytes,
      events,
      eventsMs,
      controls,
      get packets() {
        return packets;
      },
      onPacket() {},
      send: (packet, flow = 0) => process.link.send(packet, 0, packet.length, flow, nowMs()),
      sendControl: (message) => process.link.sendControl(message, nowMs()),
      add(...more) {
        known = [...known, ...more];
        addKnown();
      },
      connect: () => process.link.connect(nowMs()),
      restart() {
        if (process.host.alive) node.kill();
        process = start();
        addKnown();
        process.link.connect(nowMs());
      },
      kill() {
        void process.transport.close();
        process.host.kill();
      },
    };
    process = start();
    return node;
  };
  const a = createNode("a", aTexts, 1);
  const b = createNode("b", bTexts, options.bTag ?? 1);
  return {
    world,
    network,
    a,
    b,
    untilUp: (withinMs = 10_000) =>
      world.runUntil("both links are up", () => a.link.up() && b.link.up(), withinMs),
  };
}

type Owner = ChannelOwner<TransportAddress>;

function watchOpened(owner: Owner, name: string, watch: LinkWatch): Owner {
  return {
    ...owner,
    received(buffer, at, length, from, index, counter, nowMs) {
      watch.opened(name, index, counter);
      owner.received(buffer, at, length, from, index, counter, nowMs);
    },
  };
}

function watchSealed(channel: Channel, name: string, watch: LinkWatch): Channel {
  const seal: Channel["seal"] = (buffer, at, length, nowMs) => {
    const plaintext = buffer.slice(at + 16, at + 16 + length);
    const bytes = channel.seal(buffer, at, length, nowMs);
    if (bytes > 0) watch.sealed(name, plaintext, channel.sealedIndex(), channel.sealedCounter());
    return bytes;
  };
  return Object.create(channel, { seal: { value: seal } });
}

interface Process {
  readonly host: Host;
  readonly transport: SimTransport;
  readonly link: Link;
}
