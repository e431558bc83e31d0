// SPDX-License-Identifier: GPL-3.0-or-later

// The lower half of a daemon over real UDP, from the built server: what benchmarks of links run on.
import { createCertificateVerifier } from "../../../server/dist/channel/index.js";
import {
  createDeadlines,
  createSystemTimer,
  createSystemTurns,
  silentLogger,
  systemClock,
  systemRandom,
} from "../../../server/dist/core/index.js";
import { selectCrypto } from "../../../server/dist/crypto/index.js";
import { createIdentities, PURPOSES } from "../../../server/dist/identity/index.js";
import { createPeers } from "../../../server/dist/peers/index.js";
import { loadSys } from "../../../server/dist/sys/index.js";
import { createUdpTransport } from "../../../server/dist/transport/index.js";

const crypto = selectCrypto();
const identities = createIdentities(crypto, systemRandom);

/** Monotonic milliseconds. */
export const now = () => systemClock.monotonicMs();

/**
 * Starts one that accepts everybody. `owner`: some of what links tell; `deaf`: datagrams from such
 * an address vanish; `key`: of an earlier one.
 */
export async function startHalf({
  bind = ["127.0.0.1:0"],
  plain = false,
  key = identities.generate(),
  owner = {},
  deaf = () => false,
} = {}) {
  const deadlines = createDeadlines(systemClock, createSystemTimer());
  const turns = createSystemTurns();
  let peers;
  const sink = {};
  for (const name of ["received", "receivedAll", "unreachable", "failed", "writable"]) {
    sink[name] = (...told) => {
      if (name !== "received" || !half.deaf(told[3])) peers.transportSink[name](...told);
    };
  }
  const half = { key, deaf, address: key.publicKey.address };
  const sys = plain ? undefined : loadSys();
  const options = { bind, sink, clock: systemClock, turns, logger: silentLogger, sys };
  const transport = await createUdpTransport(options);
  peers = createPeers({
    crypto,
    random: systemRandom,
    deadlines,
    turns,
    logger: silentLogger,
    signer: {
      publicKey: key.publicKey.serialize(),
      address: key.publicKey.address.bytes,
      sign: (certificate) => identities.keys.signReserved(key, PURPOSES.noiseStatic, certificate),
    },
    verify: createCertificateVerifier(identities.keys),
    networkTag: new Uint8Array(32),
    receiveWindowBytes: Math.floor(transport.receiveBufferBytes / 4),
    accepts: () => true,
    owner: {
      packet() {},
      control() {},
      up() {},
      down() {},
      changed() {},
      writable() {},
      ...owner,
    },
  });
  return Object.assign(half, {
    peers,
    transport,
    async kill() {
      await transport.close();
      deadlines.stop();
    },
  });
}
