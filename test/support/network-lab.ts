// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Networks of whole drivers over real links on the simulated network, one per daemon, with
 * everything that the room above is told written down.
 */
import { createCertificateVerifier } from "../../server/src/channel/index.js";
import { silentLogger } from "../../server/src/core/index.js";
import { selectCrypto } from "../../server/src/crypto/index.js";
import { Address, createIdentities, PURPOSES } from "../../server/src/identity/index.js";
import {
  type Attachment,
  createNetwork,
  type Found,
  findAlgorithm,
  HEADROOM_BYTES,
  type RunningNetwork,
} from "../../server/src/network/index.js";
import { createPeers } from "../../server/src/peers/index.js";
import { createNetwork as createSimNetwork } from "../sim/network.js";
import { createWorld } from "../sim/world.js";

/** A daemon as far as its network. */
export interface NetworkDaemon {
  readonly name: string;
  readonly network: RunningNetwork;
  /** "resolved … ready", "way", "displaced …", "writable", in order. */
  readonly events: string[];
  readonly packets: { readonly source: string; readonly text: string; readonly by: string }[];
  node(): Attachment;
  open(node: Attachment): void;
  peer(other: NetworkDaemon): void;
  resolve(node: Attachment): void;
  reach(node: Attachment): string;
  send(from: Attachment, to: Attachment, text: string, introduce?: boolean): boolean;
  /** Asks; the answers are appended. */
  find(
    prefix: Uint8Array,
    nbits: number,
  ): { readonly found: (Found | undefined)[]; cancel(): void };
  now(): number;
}

/** A lab without daemons. */
export function createNetworkLab(seed = 1) {
  const world = createWorld({ seed });
  const wire = createSimNetwork({ world, link: { latencyMs: 5 } });
  const crypto = selectCrypto();
  const identities = createIdentities(crypto, world.random("identities"));
  const algorithm = findAlgorithm("onehop")?.configure({});
  if (algorithm === undefined) throw new Error("onehop is not registered");
  const texts = new Map<string, string>();

  const node = (): Attachment => {
    const key = identities.generate();
    return {
      address: key.publicKey.address,
      publicKey: key.publicKey.serialize(),
      sign: (purpose, message) => identities.keys.signReserved(key, purpose, message),
    };
  };
  const daemon = (name: string, text: string, self = node()): NetworkDaemon => {
    const host = world.host(name);
    const now = () => host.clock.monotonicMs();
    const events: string[] = [];
    const packets: NetworkDaemon["packets"] = [];
    const textAt = (buffer: Uint8Array, at: number) =>
      Address.fromBytes(buffer.subarray(at, at + 32)).toString();
    const network = createNetwork({
      algorithm,
      self,
      crypto,
      keys: identities.keys,
      random: host.random,
      deadlines: host.deadlines,
      logger: silentLogger,
      unixMs: () => host.clock.wallMs(),
      createPeers: (owner, networkTag) =>
        createPeers({
          crypto,
          random: host.random,
          deadlines: host.deadlines,
          turns: host.turns,
          logger: silentLogger,
          signer: {
            publicKey: self.publicKey,
            address: self.address.bytes,
            sign: (bytes) => self.sign(PURPOSES.noiseStatic, bytes),
          },
          verify: createCertificateVerifier(identities.keys),
          networkTag,
          receiveWindowBytes: 1024 * 1024,
          accepts: () => true,
          owner,
        }),
      sink: {
        packet(buffer, at, length, sourceAt, _destinationAt, by) {
          const bytes = buffer.subarray(at, at + length);
          packets.push({
            source: textAt(buffer, sourceAt),
            text: new TextDecoder().decode(bytes),
            by,
          });
        },
        resolved: (destination, reach) => void events.push(`${textAt(destination, 0)} ${reach}`),
        wayCameUp: () => void events.push("way"),
        displaced: (address) => void events.push(`displaced ${textAt(address, 0)}`),
        writable: () => void events.push("writable"),
      },
    });
    const transport = wire.bind(host, text, network.peers.transportSink);
    texts.set(name, text);
    const made: NetworkDaemon = {
      name,
      network,
      events,
      packets,
      node,
      now,
      open: (opened) => network.attach(opened, now()),
      peer(other) {
        const way = transport.address(texts.get(other.name) ?? "");
        network.peers.add(addresses.get(other.name) ?? self.address, way ? [way] : [], now());
      },
      resolve: ({ address }) => network.resolve(address.bytes, now()),
      reach: ({ address }) => network.reach(address.bytes, 0),
      send(from, to, message, introduce = false) {
        const bytes = new TextEncoder().encode(message);
        const buffer = new Uint8Array(HEADROOM_BYTES + bytes.length);
        buffer.set(bytes, HEADROOM_BYTES);
        const [source, destination] = [from.address.bytes, to.address.bytes];
        const at = HEADROOM_BYTES;
        return network.send(source, destination, introduce, buffer, at, bytes.length, now());
      },
      find(prefix, nbits) {
        const found: (Found | undefined)[] = [];
        const cancel = network.find(prefix, nbits, (what) => void found.push(what), now());
        return { found, cancel };
      },
    };
    addresses.set(name, self.address);
    return made;
  };
  const addresses = new Map<string, Address>();
  return { world, wire, node, daemon };
}
