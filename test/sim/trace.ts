// SPDX-License-Identifier: GPL-3.0-or-later

// What became of every datagram, a line each, as text that two runs can be compared by:
//
//     time number from > to length hash fate

/** What became of a datagram, or of one copy of it. */
export type Fate =
  | "delivered"
  // What a link does.
  | "cut"
  | "mtu"
  | "burst"
  | "lost"
  | "queue"
  // A tap took it out.
  | "tapped"
  // A host is down, at either end.
  | "down"
  // Nobody is bound to the address when it arrives.
  | "nobody"
  // The NAT in front of the address lets nothing in from there.
  | "nat"
  // The machine has no more room for its process.
  | "overflow";

/** Writes and keeps the lines. */
export interface Trace {
  readonly on: boolean;
  line(atMs: number, id: number, from: string, to: string, bytes: Uint8Array, fate: Fate): void;
  /** All lines so far. */
  readonly text: string;
}

/** An empty trace; nothing is kept when it is not on. */
export function createTrace(on: boolean): Trace {
  const lines: string[] = [];
  return {
    on,
    line(atMs, id, from, to, bytes, fate) {
      if (!on) return;
      const hash = fnv1a(bytes).toString(16).padStart(8, "0");
      lines.push(`${atMs.toFixed(6)} #${id} ${from} > ${to} ${bytes.length} ${hash} ${fate}`);
    },
    get text() {
      return lines.map((line) => `${line}\n`).join("");
    },
  };
}

function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
