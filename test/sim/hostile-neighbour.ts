// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A neighbour that keeps to the protocol as far as its link, and to nothing above it: what it says
 * and sends on that link is written by hand. It remembers what it was sent, to send it again.
 */
import { createCertificateVerifier } from "../../server/src/channel/index.js";
import { silentLogger } from "../../server/src/core/index.js";
import { Address, createIdentities, PURPOSES } from "../../server/src/identity/index.js";
import { networkTag } from "../../server/src/network/algorithm.js";
import { writeHeader } from "../../server/src/network/header.js";
import { findAlgorithm, HEADROOM_BYTES } from "../../server/src/network/index.js";
import {
  type ControlMessage,
  decodeControl,
  encodeControl,
} from "../../server/src/network/locating/control-messages.js";
import { createPeers } from "../../server/src/peers/index.js";
import type { DaemonLab, LabDaemon } from "./daemon-lab.js";
import type { Host } from "./host.js";
import type { NodeKey } from "./lab-node.js";

/** The neighbour. */
export interface HostileNeighbour {
  readonly address: Address;
  readonly at: string;
  readonly host: Host;
  /** What its records would have to begin with. */
  readonly tag: Uint8Array;
  /** Signs with the key of a node under a purpose, as nobody else could. */
  sign(key: NodeKey, purpose: "attach" | "consent", body: Uint8Array): Uint8Array;
  /** Its own identity, as that of a node, and the serialized public key of that. */
  readonly own: NodeKey;
  readonly publicKey: Uint8Array;
  peer(other: LabDaemon): void;
  isUp(other: LabDaemon): boolean;
  /** What it was sent: packets with their header, control messages. The newest of them. */
  readonly packets: readonly Uint8Array[];
  readonly controls: readonly ControlMessage[];
  /** Is told of each question, to answer it; says nothing by itself. */
  onQuestion: (to: LabDaemon | undefined, question: ControlMessage) => void;
  /** Is told of everything as it came, in a copy of its own. */
  onBytes: (from: LabDaemon, kind: "packet" | "control", bytes: Uint8Array) => void;
  sendControl(to: LabDaemon, message: Uint8Array): boolean;
  say(to: LabDaemon, message: ControlMessage): boolean;
  sendPacket(to: LabDaemon, packet: Uint8Array): boolean;
  /** A packet with these addresses. */
  packet(
    source: Uint8Array,
    destination: Uint8Array,
    payload: Uint8Array,
    location?: Uint8Array,
  ): Uint8Array;
}

const MOST_REMEMBERED = 500;
const HOPS = 16;

/** A neighbour at this address, not dialling anybody yet. */
export function createHostileNeighbour(
  lab: DaemonLab,
  at: string,
  algorithmName = "onehop",
): HostileNeighbour {
  const { world, network, crypto } = lab;
  const host = world.host("mallory");
  const identities = createIdentities(crypto, host.random);
  const own = lab.key("mallory");
  const algorithm = findAlgorithm(algorithmName)?.configure({});
  if (algorithm === undefined) throw new Error("that algorithm is not registered");
  const tag = networkTag(crypto, algorithm);
  const sign = (key: NodeKey, purpose: string, body: Uint8Array): Uint8Array => {
    const parsed = identities.keys.parsePrivateKey(key.serialized.slice());
    const signature = identities.keys.signReserved(parsed, purpose, body);
    parsed.wipe();
    return signature;
  };
  const known: LabDaemon[] = [];
  const packets: Uint8Array[] = [];
  const controls: ControlMessage[] = [];
  const remember = <T>(list: T[], what: T): void => {
    list.push(what);
    if (list.length > MOST_REMEMBERED) list.shift();
  };
  const daemonAt = (remote: Uint8Array): LabDaemon | undefined =>
    known.find(({ address }) => address.equals(Address.fromBytes(remote)));
  const heard = (remote: Uint8Array, kind: "packet" | "control", bytes: Uint8Array): void => {
    const from = daemonAt(remote);
    if (from !== undefined) neighbour.onBytes(from, kind, bytes);
  };
  const publicKey = lab.publicKey(own);
  const peers = createPeers({
    crypto,
    random: host.random,
    deadlines: host.deadlines,
    turns: host.turns,
    logger: silentLogger,
    verify: createCertificateVerifier(identities.keys),
    networkTag: tag,
    receiveWindowBytes: 1024 * 1024,
    accepts: () => true,
    signer: {
      address: own.address.bytes,
      publicKey,
      sign: (certificate) => sign(own, PURPOSES.noiseStatic, certificate),
    },
    owner: {
      packet(link, buffer, from, length) {
        remember(packets, buffer.slice(from, from + length));
        heard(link.remote(), "packet", buffer.slice(from, from + length));
      },
      control(link, buffer, from, length) {
        heard(link.remote(), "control", buffer.slice(from, from + length));
        const message = decodeControl(buffer.slice(from, from + length));
        if (message === undefined) return;
        remember(controls, message);
        if (message.type === "query") neighbour.onQuestion(daemonAt(link.remote()), message);
      },
      up() {},
      down() {},
      changed() {},
      writable() {},
    },
  });
  const transport = network.bind(host, at, peers.transportSink);
  const nowMs = (): number => host.clock.monotonicMs();
  peers.clocks(nowMs(), host.clock.wallMs());
  const linkTo = (to: LabDaemon) => {
    const link = peers.link(to.address);
    if (link === undefined) throw new Error(`no link to ${to.name}`);
    return link;
  };
  const neighbour: HostileNeighbour = {
    address: own.address,
    at,
    host,
    tag,
    own,
    publicKey,
    sign: (key, purpose, body) => sign(key, PURPOSES[purpose], body),
    peer(other) {
      known.push(other);
      const way = transport.address(other.at);
      peers.add(other.address, way === undefined ? [] : [way], nowMs());
    },
    isUp: (other) => peers.link(other.address)?.up() === true,
    packets,
    controls,
    onQuestion() {},
    onBytes() {},
    sendControl: (to, message) => linkTo(to).sendControl(message, nowMs()),
    say: (to, message) => neighbour.sendControl(to, encodeControl(message)),
    sendPacket: (to, packet) => linkTo(to).send(packet, 0, packet.length, 0, nowMs()),
    packet(source, destination, payload, location = new Uint8Array(0)) {
      const buffer = new Uint8Array(HEADROOM_BYTES + payload.length);
      buffer.set(payload, HEADROOM_BYTES);
      return buffer.slice(writeHeader(buffer, HEADROOM_BYTES, HOPS, destination, source, location));
    },
  };
  return neighbour;
}
