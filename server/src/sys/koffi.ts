// SPDX-License-Identifier: GPL-3.0-or-later

// koffi, the one way to the C library: an optional dependency that is loaded when asked for. This
// is the one place that says what is used of it. `node.poll`, which watches a descriptor in Node's
// own event loop, is not in its manual; a version without it counts as not there.

import { createRequire } from "node:module";

/** A C function. Numbers stand for integers and addresses, byte arrays for pointers. */
export type NativeFunction = (
  ...values: readonly (number | Uint8Array | string | null)[]
) => number;

/** A descriptor that is watched. Calling anything after `close` crashes the process. */
export interface PollHandle {
  /** Watches again, for these events. */
  start(events: PollEvents, ready: PollCallback): void;
  close(): void;
}

/** What is watched for, and what came. */
export interface PollEvents {
  readonly readable: boolean;
  readonly writable: boolean;
}

/** `status` is negative, and watching has stopped, when the descriptor holds an error. */
export type PollCallback = (status: number, events: PollEvents) => void;

/** The part of koffi that is used here. */
export interface Koffi {
  load(path: null): { func(declaration: string): NativeFunction };
  /** Of an array buffer's first byte, or a view's. */
  address(bytes: ArrayBufferLike | Uint8Array): bigint;
  /** Of the last call. */
  errno(): number;
  readonly node: { poll(fd: number, events: PollEvents, ready: PollCallback): PollHandle };
}

/** Loads it; undefined if it is not installed, has no build for this machine, or is another. */
export function loadKoffi(): Koffi | undefined {
  try {
    const koffi: Partial<Koffi> = createRequire(import.meta.url)("koffi");
    return typeof koffi.node?.poll === "function" ? (koffi as Koffi) : undefined;
  } catch {
    return undefined;
  }
}
