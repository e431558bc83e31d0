// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The lower half of a daemon over real UDP, in this process: peers over one transport, with a way
 * to let datagrams of some addresses vanish on arrival.
 */
import { createCertificateVerifier } from "../../server/src/channel/index.js";
import {
  createDeadlines,
  createSystemTimer,
  createSystemTurns,
  silentLogger,
  systemClock,
  systemRandom,
} from "../../server/src/core/index.js";
import { selectCrypto } from "../../server/src/crypto/index.js";
import {
  type Address,
  createIdentities,
  type PrivateKey,
  PURPOSES,
} from "../../server/src/identity/index.js";
import type { Link } from "../../server/src/link/index.js";
import { createPeers, type Peers } from "../../server/src/peers/index.js";
import { loadSys } from "../../server/src/sys/index.js";
import {
  createUdpTransport,
  type TransportAddress,
  type TransportSink,
  type UdpTransport,
} from "../../server/src/transport/index.js";

const crypto = selectCrypto();
const identities = createIdentities(crypto, systemRandom);

/** How to start one. */
export interface UdpDaemonOptions {
  readonly bind: readonly string[];
  /** Without the kernel's help. */
  readonly plain?: boolean;
  /** The same as before: a restart. */
  readonly key?: PrivateKey;
}

/** A running one. */
export interface UdpDaemon {
  readonly key: PrivateKey;
  readonly address: Address;
  readonly transport: UdpTransport;
  readonly peers: Peers;
  /** Packets that arrived, copied, since it was started. */
  readonly packets: Uint8Array[];
  readonly events: readonly string[];
  /** Datagrams from such an address vanish. */
  deaf: (from: TransportAddress) => boolean;
  /** Dials a peer at these addresses. */
  dial(peer: Address, texts: readonly string[]): void;
  link(peer: Address): Link | undefined;
  send(peer: Address, packet: Uint8Array): boolean;
  /** As if the process was killed: says nothing. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; it accepts everybody. */
export async function startUdpDaemon(options: UdpDaemonOptions): Promise<UdpDaemon> {
  const key = options.key ?? identities.generate();
  const timer = createSystemTimer();
  const deadlines = createDeadlines(systemClock, timer);
  const turns = createSystemTurns();
  const packets: Uint8Array[] = [];
  const events: string[] = [];
  const now = () => systemClock.monotonicMs();
  const { address } = key.publicKey;
  const peers = createPeers({
    crypto,
    random: systemRandom,
    deadlines,
    turns,
    logger: silentLogger,
    signer: {
      publicKey: key.publicKey.serialize(),
      address: address.bytes,
      sign: (bytes) => identities.keys.signReserved(key, PURPOSES.noiseStatic, bytes),
    },
    verify: createCertificateVerifier(identities.keys),
    networkTag: new Uint8Array(32),
    receiveWindowBytes: 1024 * 1024,
    accepts: () => true,
    owner: {
      packet: (_link, buffer, at, length) => void packets.push(buffer.slice(at, at + length)),
      control() {},
      up: () => void events.push("up"),
      down: (_link, reason) => void events.push(`down ${reason}`),
      changed() {},
      writable() {},
    },
  });
  const { transportSink } = peers;
  const sink: TransportSink = {
    ...transportSink,
    received(buffer, at, length, from, nowMs) {
      if (!daemon.deaf(from)) transportSink.received(buffer, at, length, from, nowMs);
    },
  };
  const transport = await createUdpTransport({
    bind: options.bind,
    sink,
    clock: systemClock,
    turns,
    logger: silentLogger,
    sys: options.plain === true ? undefined : loadSys(),
  });
  const daemon: UdpDaemon = {
    key,
    address,
    transport,
    peers,
    packets,
    events,
    deaf: () => false,
    dial(peer, texts) {
      const ways = texts.flatMap((text) => transport.address(text) ?? []);
      peers.add(peer, ways, now());
    },
    link: (peer) => peers.link(peer),
    send: (peer, packet) => peers.link(peer)?.send(packet, 0, packet.length, 1, now()) === true,
    async kill() {
      await transport.close();
      deadlines.stop();
    },
    async stop() {
      peers.close(now());
      await transport.close();
      deadlines.stop();
    },
  };
  return daemon;
}
