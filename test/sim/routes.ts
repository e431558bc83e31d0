// SPDX-License-Identifier: GPL-3.0-or-later

// Who is behind an address: bound transports, and the NATs in front of some of them. A fixed one
// shows one outside address in place of an inside one, and lets in only who was sent to lately, if
// it is told to; those of nat.ts give ports to those who share them.

import type { SimAddress } from "./addresses.js";
import type { Nat } from "./nat.js";
import type { SimPort } from "./sim-transport.js";

/** What is found at an address. */
export interface Inside {
  readonly port: SimPort;
  readonly local: SimAddress;
}

/** The bound transports and the NATs. */
export interface Routes {
  /** RangeError when an address is taken by a transport that is open. */
  bind(port: SimPort): void;
  unbind(port: SimPort): void;
  /** Replaces a bound address. */
  move(from: SimAddress, to: SimAddress): void;
  /** Puts a NAT before an address, or moves its outside; the old outside leads nowhere then. */
  nat(inside: SimAddress, outside: SimAddress, rememberMs: number): void;
  /** Puts an address behind a NAT that others may share. Those are reached without it. */
  share(inside: SimAddress, nat: Nat): void;
  /** The address that others see, noting who is sent to. */
  leave(inside: SimAddress, to: SimAddress, nowMs: number): SimAddress;
  /** Who gets a datagram; or why nobody does. */
  find(to: SimAddress, from: SimAddress, nowMs: number): Inside | "nobody" | "nat";
  /** Who is behind the address, whatever a NAT would let in. */
  behind(to: SimAddress): Inside | undefined;
}

interface FixedNat {
  readonly inside: SimAddress;
  readonly outside: SimAddress;
  readonly rememberMs: number;
  /** When each remote address was last sent to. */
  readonly sentMs: Map<string, number>;
}

/** Without transports. */
export function createRoutes(): Routes {
  const bound = new Map<string, Inside>();
  const byInside = new Map<string, FixedNat>();
  const byOutside = new Map<string, FixedNat>();
  const shared = new Map<string, Nat>();
  const sharedByIp = new Map<string, Nat>();
  const open = ({ text }: SimAddress): Inside | undefined => {
    const found = bound.get(text);
    return found?.port.isOpen() === true ? found : undefined;
  };
  const behind = (to: SimAddress): Inside | undefined => {
    const inside = sharedByIp.get(to.ip)?.behind(to);
    if (inside !== undefined) return open(inside);
    const nat = byOutside.get(to.text);
    // What is behind a NAT is not reached at its inside address.
    if (nat === undefined && byInside.has(to.text)) return undefined;
    return open(nat?.inside ?? to);
  };
  /** Whether one that is behind a NAT is reached from an address only another way. */
  const isElsewhere = (to: SimAddress, from: SimAddress): boolean => {
    const nat = shared.get(to.text);
    return nat !== undefined && nat !== shared.get(from.text);
  };
  const bindOne = (port: SimPort, local: SimAddress): void => {
    if (bound.get(local.text)?.port.isOpen() === true) {
      throw new RangeError(`text: ${local.text} is taken`);
    }
    bound.set(local.text, { port, local });
  };
  return {
    bind(port) {
      for (const local of port.locals) bindOne(port, local);
    },
    unbind(port) {
      for (const { text } of port.locals) {
        if (bound.get(text)?.port === port) bound.delete(text);
      }
    },
    move(from, to) {
      const found = bound.get(from.text);
      if (found === undefined) throw new RangeError(`from: nobody is bound to ${from.text}`);
      bindOne(found.port, to);
      bound.delete(from.text);
      found.port.locals[found.port.locals.indexOf(found.local)] = to;
    },
    nat(inside, outside, rememberMs) {
      const old = byInside.get(inside.text);
      if (old !== undefined) byOutside.delete(old.outside.text);
      const nat: FixedNat = { inside, outside, rememberMs, sentMs: new Map() };
      byInside.set(inside.text, nat);
      byOutside.set(outside.text, nat);
    },
    share(inside, nat) {
      shared.set(inside.text, nat);
      sharedByIp.set(nat.ip, nat);
    },
    leave(inside, to, nowMs) {
      const house = shared.get(inside.text);
      if (house !== undefined) {
        return shared.get(to.text) === house ? inside : house.leave(inside, to, nowMs);
      }
      const nat = byInside.get(inside.text);
      nat?.sentMs.set(to.text, nowMs);
      return nat?.outside ?? inside;
    },
    find(to, from, nowMs) {
      const house = sharedByIp.get(to.ip);
      if (house !== undefined) {
        const inside = house.enter(to, from, nowMs);
        return inside === undefined ? "nat" : (open(inside) ?? "nobody");
      }
      if (isElsewhere(to, from)) return "nobody";
      const found = behind(to);
      if (found === undefined) return "nobody";
      const nat = byOutside.get(to.text);
      if (nat === undefined || nat.rememberMs === Number.POSITIVE_INFINITY) return found;
      const sentMs = nat.sentMs.get(from.text) ?? Number.NEGATIVE_INFINITY;
      return nowMs - sentMs <= nat.rememberMs ? found : "nat";
    },
    behind,
  };
}
