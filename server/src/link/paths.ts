// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The addresses of one neighbour. Invariant: at most MAX_LEARNED of them are learned, and those
 * that were configured or discovered go only when they are removed (rule L2).
 */
import type { Random } from "../core/index.js";
import type { TransportAddress } from "../transport/index.js";
import { MAX_CANDIDATES, MAX_GIVEN, MAX_LEARNED, REVALIDATE_MS } from "./constants.js";
import { createPath, type Path, type PathKind } from "./path.js";

/** The paths of a link. */
export interface Paths {
  readonly all: readonly Path[];
  /** The one that traffic takes; undefined while none may be used. */
  readonly used: Path | undefined;
  use(path: Path | undefined): void;
  /**
   * When the channel sent something again, byte for byte, last: how long what was sent up to then
   * took to be answered says nothing about a round trip. -1: never.
   */
  againMs: number;
  /** Adds a given address, or lifts a learned one to it; undefined when there are too many. */
  add(address: TransportAddress, kind: Exclude<PathKind, "learned">): Path | undefined;
  /** Forgets an address. */
  remove(address: TransportAddress): void;
  /** The path of an authentic datagram's source, learned where it is new. */
  heard(address: TransportAddress, bytes: number, nowMs: number): Path;
  find(address: TransportAddress): Path | undefined;
  /** A learned address has to answer again before it is used. */
  disprove(path: Path): void;
  byId(id: number): Path | undefined;
  /** Where a handshake goes that answers nobody: given addresses, and those that were proven. */
  candidates(): readonly Path[];
}

const same = (a: TransportAddress, b: TransportAddress): boolean =>
  a === b || (a.text === b.text && a.transport === b.transport);

/** The same, to its maker. */
interface Known extends Paths {
  all: Path[];
  used: Path | undefined;
}

/** No addresses. `added` is called with each new path, before it is used. */
export function createPaths(random: Random, added: (path: Path) => void): Paths {
  let lastHeard: Path | undefined;
  let lastById: Path | undefined;
  let nextId = 0;

  const find = (address: TransportAddress): Path | undefined => {
    for (const path of paths.all) if (path.address === address) return path;
    for (const path of paths.all) if (same(path.address, address)) return path;
    return undefined;
  };
  const create = (address: TransportAddress, kind: PathKind): Path => {
    const path = createPath(address, nextId, kind, random);
    nextId += 1;
    paths.all.push(path);
    added(path);
    return path;
  };
  const forget = (path: Path): void => {
    paths.all = paths.all.filter((other) => other !== path);
    if (lastHeard === path) lastHeard = undefined;
    if (lastById === path) lastById = undefined;
    if (paths.used === path) paths.used = undefined;
  };
  // Strangers' addresses go before proven ones, and never the one in use: who copies datagrams
  // from many addresses displaces nothing that matters.
  const makeRoom = (): void => {
    const learned = paths.all.filter((path) => path.kind === "learned");
    if (learned.length < MAX_LEARNED) return;
    const rank = (path: Path): number =>
      path.heardMs + (path === paths.used ? 2e15 : path.proven ? 1e15 : 0);
    const victim = learned.reduce((a, b) => (rank(b) < rank(a) ? b : a));
    forget(victim);
  };
  const learn = (address: TransportAddress): Path => {
    const path = find(address);
    if (path !== undefined) return path;
    makeRoom();
    return create(address, "learned");
  };

  const disprove = (path: Path): void => {
    path.proven = false;
    path.creditBytes = 0;
    path.probes = 0;
    path.silentSinceMs = -1;
    if (paths.used === path) paths.used = undefined;
  };

  // What may be read stands in the object itself: it is read for each packet.
  const paths: Known = {
    all: [],
    againMs: -1,
    used: undefined,
    use(path) {
      paths.used = path;
    },
    add(address, kind) {
      const path = find(address);
      if (path !== undefined) {
        if (path.kind === "learned" || kind === "configured") path.kind = kind;
        return path;
      }
      if (paths.all.filter((other) => other.kind === kind).length >= MAX_GIVEN) return undefined;
      return create(address, kind);
    },
    remove(address) {
      const path = find(address);
      if (path !== undefined) forget(path);
    },
    heard(address, bytes, nowMs) {
      const path = lastHeard?.address === address ? lastHeard : learn(address);
      lastHeard = path;
      const silentMs = nowMs - path.heardMs;
      if (path.kind === "learned" && path.proven && silentMs > REVALIDATE_MS) disprove(path);
      path.heardMs = nowMs;
      path.creditBytes += bytes;
      path.datagramsReceived += 1;
      path.bytesReceived += bytes;
      return path;
    },
    find,
    disprove,
    byId(id) {
      if (lastById?.id === id) return lastById;
      lastById = undefined;
      for (const path of paths.all) if (path.id === id) lastById = path;
      return lastById;
    },
    candidates() {
      const wanted = paths.all.filter((path) => path.kind !== "learned" || path.known);
      // Those that answered last come first.
      wanted.sort(
        (a, b) => Number(b === paths.used) - Number(a === paths.used) || b.aliveMs - a.aliveMs,
      );
      return wanted.slice(0, MAX_CANDIDATES);
    },
  };
  return paths;
}
