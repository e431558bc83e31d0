// SPDX-License-Identifier: GPL-3.0-or-later

// A link as it is shown.

import type { ControlExchange } from "./control-exchange.js";
import type { Delivery } from "./delivery.js";
import type { LinkStats, PathStats } from "./link.js";
import type { OwnCounters } from "./link-counters.js";
import type { LinkLife } from "./link-life.js";
import type { PacketSender } from "./packet-sender.js";
import type { Path } from "./path.js";
import { inDoubt } from "./path-choice.js";
import type { PathKeeper } from "./path-keeper.js";
import type { Paths } from "./paths.js";
import type { Reassembly } from "./reassembly.js";
import type { Sealing } from "./sealing.js";

/** The parts of a link that are shown. */
export interface ShownParts {
  readonly paths: Paths;
  readonly life: LinkLife;
  readonly sender: PacketSender;
  readonly control: ControlExchange;
  readonly delivery: Delivery;
  readonly reassembly: Reassembly;
  readonly sealing: Sealing;
  readonly keeper: PathKeeper;
  readonly counters: OwnCounters;
}

function stateOf(path: Path, used: Path | undefined, nowMs: number): PathStats["state"] {
  if (path.failed) return "failed";
  if (!path.proven) return "unproven";
  if (inDoubt(path, nowMs)) return "doubtful";
  return path === used ? "used" : "usable";
}

function pathStats(path: Path, used: Path | undefined, nowMs: number): PathStats {
  return {
    address: path.address.text,
    kind: path.kind,
    state: stateOf(path, used, nowMs),
    rttMicros: path.rtt.measured() ? Math.round(path.rtt.smoothedMs() * 1000) : undefined,
    loss: path.loss.share(),
    mtu: path.mtu.bytes(),
    datagramsSent: path.datagramsSent,
    bytesSent: path.bytesSent,
    datagramsReceived: path.datagramsReceived,
    bytesReceived: path.bytesReceived,
  };
}

/** What it shows at `nowMs`. */
export function linkStats(parts: ShownParts, nowMs: number): LinkStats {
  const { paths, life, sender, control, delivery, reassembly, sealing, keeper, counters } = parts;
  return {
    up: life.up(),
    paths: paths.all.map((path) => pathStats(path, paths.used, nowMs)),
    queuedPackets: sender.packets(),
    queuedBytes: sender.bytes(),
    queuedControlBytes: control.bytes(),
    counters: {
      ...counters,
      packetsSent: sender.sent(),
      controlRetransmitted: control.retransmitted(),
      droppedQueueFull: sender.queue.counters.overflowed,
      droppedQueueAge: sender.queue.counters.expired,
      droppedUnsealed: sealing.unsealed(),
      reassemblyExpired: reassembly.counters.expired,
      reassemblyEvicted: reassembly.counters.evicted,
      reassemblyInconsistent: reassembly.counters.inconsistent,
      datagramsLost: delivery.lost(),
      moves: keeper.moves(),
    },
  };
}
