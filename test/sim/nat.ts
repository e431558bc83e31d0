// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A NAT: one outside address that hosts inside share (RFC 4787). A mapping, from an inside address
 * to a port outside, is made when something is sent, and kept alive by sending. Invariant: nothing
 * comes in but through a mapping that has not run out, and past the filter of that mapping.
 */
import { type SimAddress, simAddress } from "./addresses.js";

/**
 * What of the remote address counts: nothing, its IP address, or its port as well. For mapping, how
 * many ports one inside address has; for filtering, who may answer.
 */
export type NatKind = "endpoint-independent" | "address-dependent" | "port-dependent";

/** How a NAT is. */
export interface NatOptions {
  /** The outside IP address. */
  readonly ip: string;
  readonly mapping: NatKind;
  readonly filtering: NatKind;
  /** Milliseconds for which a mapping lasts after the last datagram that left through it. */
  readonly mappingMs: number;
}

/** A NAT at work. */
export interface Nat {
  /** The outside IP address. */
  readonly ip: string;
  /** The mappings that have not run out. */
  mappings(nowMs: number): number;
  /** A datagram leaves: the address that it seems to come from. */
  leave(inside: SimAddress, to: SimAddress, nowMs: number): SimAddress;
  /** A datagram comes: the inside address that it is for; undefined if it is kept out. */
  enter(to: SimAddress, from: SimAddress, nowMs: number): SimAddress | undefined;
  /** The inside address behind an outside one, whoever asks. */
  behind(outside: SimAddress): SimAddress | undefined;
  /** All mappings are gone, and the ports of new ones are others than before. */
  reboot(): void;
}

interface Mapping {
  readonly inside: SimAddress;
  readonly outside: SimAddress;
  /** Who was sent to through it, as far as the filter looks. */
  readonly sentTo: Set<string>;
  untilMs: number;
}

const FIRST_PORT = 20_000;

/** A NAT without mappings. */
export function createNat({ ip, mapping, filtering, mappingMs }: NatOptions): Nat {
  const byUse = new Map<string, Mapping>();
  const byOutside = new Map<string, Mapping>();
  let nextPort = FIRST_PORT;
  const map = (use: string, inside: SimAddress): Mapping => {
    const outside = simAddress(`${ip}:${nextPort}`);
    nextPort += 1;
    const made: Mapping = { inside, outside, sentTo: new Set(), untilMs: 0 };
    byUse.set(use, made);
    byOutside.set(outside.text, made);
    return made;
  };
  const remove = (use: string, old: Mapping): void => {
    byUse.delete(use);
    byOutside.delete(old.outside.text);
  };
  return {
    ip,
    mappings: (nowMs) => [...byUse.values()].filter(({ untilMs }) => untilMs > nowMs).length,
    leave(inside, to, nowMs) {
      const use = `${inside.text} ${partOf(to, mapping)}`;
      const known = byUse.get(use);
      // A port is not used again at once: what still comes for the old one is for nobody.
      if (known !== undefined && known.untilMs <= nowMs) remove(use, known);
      const used = byUse.get(use) ?? map(use, inside);
      used.untilMs = nowMs + mappingMs;
      used.sentTo.add(partOf(to, filtering));
      return used.outside;
    },
    enter(to, from, nowMs) {
      const used = byOutside.get(to.text);
      if (used === undefined || used.untilMs <= nowMs) return undefined;
      return used.sentTo.has(partOf(from, filtering)) ? used.inside : undefined;
    },
    behind: (outside) => byOutside.get(outside.text)?.inside,
    reboot() {
      byUse.clear();
      byOutside.clear();
    },
  };
}

/** What of a remote address counts. */
function partOf(remote: SimAddress, kind: NatKind): string {
  if (kind === "endpoint-independent") return "";
  return kind === "address-dependent" ? remote.ip : remote.text;
}
