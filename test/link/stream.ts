// SPDX-License-Identifier: GPL-3.0-or-later

// A stream of packets between the two nodes of a lab, and an account of what arrived.

import type { LabNode, LinkLab } from "../sim/link-lab.js";

/** A stream. */
export interface Stream {
  readonly sent: number;
  /** How often each number arrived. */
  readonly arrived: ReadonlyMap<number, number>;
  /** The longest time without an arrival since the stream began, or since `forget`. */
  readonly largestGapMs: number;
  forget(): void;
  stop(): void;
}

/** `from` sends a packet of so many bytes each `everyMs`, numbered from 0. */
export function startStream(
  lab: LinkLab,
  from: LabNode,
  to: LabNode,
  everyMs = 5,
  bytes = 500,
): Stream {
  const { world } = lab;
  const packet = new Uint8Array(bytes);
  const view = new DataView(packet.buffer);
  const arrived = new Map<number, number>();
  let sent = 0;
  let running = true;
  let lastMs = world.nowMs;
  let largestGapMs = 0;
  to.onPacket = (buffer, at, _length, nowMs) => {
    const number = new DataView(buffer.buffer, buffer.byteOffset + at).getUint32(0);
    arrived.set(number, (arrived.get(number) ?? 0) + 1);
    largestGapMs = Math.max(largestGapMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const tick = (): void => {
    if (!running) return;
    view.setUint32(0, sent);
    from.send(packet);
    sent += 1;
    world.after(everyMs, tick);
  };
  world.after(everyMs, tick);
  return {
    get sent() {
      return sent;
    },
    arrived,
    get largestGapMs() {
      return Math.max(largestGapMs, running ? world.nowMs - lastMs : 0);
    },
    forget() {
      largestGapMs = 0;
      lastMs = world.nowMs;
    },
    stop() {
      running = false;
    },
  };
}

/** The address that a node's traffic goes to. */
export function usedBy(node: LabNode): string | undefined {
  return node.link.stats().paths.find(({ state }) => state === "used")?.address;
}
