// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A router with vices: it speaks the protocol, so that others route through it, and then does what
 * it likes with what it carries. Its vices can be changed while it runs; without any it is honest.
 * What the daemon's own nodes send and get is left alone.
 */
import { createTokenBucket } from "../../server/src/core/index.js";
import { UNREACHABLE } from "../../server/src/network/beaconnet/constants.js";
import { decodeMessage, encodeMessage } from "../../server/src/network/beaconnet/messages.js";
import { DESTINATION_AT, SOURCE_AT } from "../../server/src/network/header.js";
import type {
  ConfiguredAlgorithm,
  Router,
  RouterEnvironment,
} from "../../server/src/network/index.js";
import { FROM_LOCAL, NO_WAY } from "../../server/src/network/router.js";
import type { SeededRandom } from "../support/seeded-random.js";

/** What it does. */
export interface Vices {
  /** Says that its ways cost nothing. Costs are nobody's word but the router's. */
  attracts: boolean;
  /** Drops every packet that it carries for others. */
  drops: boolean;
  /**
   * Changes every packet that it carries: a bit of its payload, its source, or all of it for one
   * that it carried while it was honest; and repeats what neighbours tell it to all of them, a bit changed.
   */
  forges: boolean;
}

/** What it has done so far. */
export interface Misdeeds {
  dropped: number;
  altered: number;
  misattributed: number;
  replayed: number;
  controls: number;
}

/** An algorithm with vices. */
export interface Corruption {
  readonly vices: Vices;
  readonly misdeeds: Misdeeds;
  corrupt(honest: ConfiguredAlgorithm): ConfiguredAlgorithm;
}

/** Forged control messages in a second: more would be noise upon noise. */
const FORGED_PER_SECOND = 50;
/** Packets that are kept for replay. */
const MOST_KEPT = 64;
/** beaconnet alone has costs to lie about. */
const BEACONNET = "beaconnet";

/** No vices yet. */
export function createCorruption(random: SeededRandom): Corruption {
  const vices: Vices = { attracts: false, drops: false, forges: false };
  const misdeeds: Misdeeds = { dropped: 0, altered: 0, misattributed: 0, replayed: 0, controls: 0 };
  return {
    vices,
    misdeeds,
    corrupt: (honest) => ({
      ...honest,
      createRouter(environment) {
        const sendControl: RouterEnvironment["sink"]["sendControl"] = (neighbour, message, nowMs) =>
          environment.sink.sendControl(
            neighbour,
            vices.attracts && honest.name === BEACONNET ? withoutCosts(message) : message,
            nowMs,
          );
        const sink = { ...environment.sink, sendControl };
        const router = honest.createRouter({ ...environment, sink });
        return withVices(router, environment, vices, misdeeds, random);
      },
    }),
  };
}

/** The same message, its ways for nothing. */
function withoutCosts(message: Uint8Array): Uint8Array {
  const decoded = decodeMessage(message);
  if (decoded?.type !== "routes") return message;
  const entries = decoded.entries.map((entry) =>
    entry.cost === UNREACHABLE ? entry : { ...entry, cost: 0 },
  );
  return encodeMessage({ ...decoded, entries });
}

function withVices(
  honest: Router,
  { sink }: RouterEnvironment,
  vices: Vices,
  misdeeds: Misdeeds,
  random: SeededRandom,
): Router {
  const neighbours = new Set<number>();
  const pace = createTokenBucket(FORGED_PER_SECOND, FORGED_PER_SECOND);
  const forger = createForger(misdeeds, random);
  return {
    ...honest,
    neighbourUp(neighbour, address, nowMs) {
      neighbours.add(neighbour);
      honest.neighbourUp(neighbour, address, nowMs);
    },
    neighbourDown(neighbour, nowMs) {
      neighbours.delete(neighbour);
      honest.neighbourDown(neighbour, nowMs);
    },
    control(from, buffer, at, length, nowMs) {
      const heard = buffer.slice(at, at + length);
      honest.control(from, buffer, at, length, nowMs);
      if (!vices.forges || !pace.take(nowMs)) return;
      misdeeds.controls += 1;
      flipBit(heard, 0, heard.length, random);
      for (const neighbour of neighbours) sink.sendControl(neighbour, heard, nowMs);
    },
    forward(buffer, at, length, headerBytes, from, nowMs) {
      const to = honest.forward(buffer, at, length, headerBytes, from, nowMs);
      if (from === FROM_LOCAL || to < 0) return to;
      if (vices.drops) {
        misdeeds.dropped += 1;
        return NO_WAY;
      }
      const packet = buffer.subarray(at, at + length);
      if (vices.forges) forger.forge(packet, headerBytes);
      else forger.keep(packet);
      return to;
    },
  };
}

/** Keeps what passes unchanged, and changes packets, each in another way than the one before. */
function createForger(misdeeds: Misdeeds, random: SeededRandom) {
  const kept: Uint8Array[] = [];
  let count = 0;
  const replay = (packet: Uint8Array): boolean => {
    const earlier = kept.filter(({ length }) => length === packet.length);
    if (earlier.length === 0) return false;
    packet.set(random.pick(earlier));
    return true;
  };
  return {
    keep(packet: Uint8Array): void {
      kept.push(packet.slice());
      if (kept.length > MOST_KEPT) kept.shift();
    },
    forge(packet: Uint8Array, headerBytes: number): void {
      count += 1;
      if (count % 3 === 0 && replay(packet)) misdeeds.replayed += 1;
      else if (count % 3 === 1) {
        // The destination as the source: an address that exists.
        packet.set(packet.slice(DESTINATION_AT, SOURCE_AT), SOURCE_AT);
        misdeeds.misattributed += 1;
      } else {
        flipBit(packet, headerBytes, packet.length, random);
        misdeeds.altered += 1;
      }
    },
  };
}

function flipBit(bytes: Uint8Array, from: number, to: number, random: SeededRandom): void {
  const at = from + random.below(to - from);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
}
