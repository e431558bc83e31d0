// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Puts frames into datagrams for the used path: frames of one turn share datagrams, datagrams of
 * one size share one call of the transport, each is sealed where it stands. Invariant: what is
 * written in a turn has left, or is counted as unsealed, when the turn has ended.
 */
import type { Channel } from "../channel/index.js";
import type { Transport } from "../transport/index.js";
import type { BatchPool } from "./batch-pool.js";
import {
  BATCH_BYTES,
  DATAGRAM_HEADER_BYTES,
  DATAGRAM_OVERHEAD_BYTES,
  DATAGRAM_TAG_BYTES,
  MAX_RUN_BYTES,
  MAX_SEGMENTS,
  PADDING_SHARE,
} from "./constants.js";
import type { Greeting } from "./greeting.js";
import type { Moment } from "./moment.js";
import type { Path } from "./path.js";
import type { Paths } from "./paths.js";
import { noteSent, type Sealing } from "./sealing.js";
import { GREETS, IDLE, TWICE } from "./sent-datagrams.js";

/** Writes frames into datagrams. */
export interface DatagramWriter {
  /** Makes sure that so many bytes of frames have room; false if no datagram can have them now. */
  reserve(bytes: number): boolean;
  /** Bytes of frames that an empty datagram has room for; 0 when there is nowhere to send. */
  capacity(): number;
  /** Where the frames are written, and where the next one belongs: after `reserve` said yes. */
  buffer(): Uint8Array;
  at(): number;
  /** Bytes of room in the open datagram. */
  room(): number;
  /** Frames have been written up to here; `eliciting`: one of them wants an acknowledgement. */
  wrote(to: number, eliciting: boolean): void;
  /** Whether anything was written and has not left yet. */
  open(): boolean;
  /** Sends everything; `idle`: because there is nothing more to send. */
  flush(idle: boolean): void;
  /** Lets the open datagram go unsent: for whom it was is gone. What is sealed leaves. */
  discard(): void;
  /** The machine's queue was full when last sent to the used path; until `machineHasRoom`. */
  machineFull(): boolean;
  machineHasRoom(): void;
}

/** What a writer needs. */
export interface DatagramWriterOptions {
  readonly channel: Channel;
  readonly paths: Paths;
  readonly pool: BatchPool;
  readonly sealing: Sealing;
  readonly greeting: Greeting;
  readonly moment: Moment;
  /** A path that gets the same datagrams as the used one (rule L4). */
  readonly second: () => Path | undefined;
}

const NOTHING = new Uint8Array(0);

/** A writer with nothing written. */
export function createDatagramWriter(options: DatagramWriterOptions): DatagramWriter {
  const { channel, paths, pool, sealing, greeting, moment } = options;
  let buffer: Uint8Array = NOTHING;
  let path: Path | undefined;
  let second: Path | undefined;
  let full: Transport | undefined;
  // The run is sealed, from `run` to `start`; the open datagram stands at `start`, if `at` > 0.
  const state = { run: 0, start: 0, at: 0, limit: 0, mtu: 0, segment: 0, count: 0, asks: false };
  // A session that follows while a datagram is open seals it, with HELLO in it or not.
  let greets = false;

  const mtuOf = (used: Path): number => {
    const other = options.second();
    return other === undefined ? used.mtu.bytes() : Math.min(used.mtu.bytes(), other.mtu.bytes());
  };
  const sendRun = (): void => {
    const bytes = state.start - state.run;
    if (bytes > 0 && path !== undefined) {
      for (const goal of second === undefined ? [path] : [path, second]) {
        const { address } = goal;
        if (!address.transport.send(address, buffer, state.run, bytes, state.segment)) {
          full = address.transport;
        }
        noteSent(goal, state.count, bytes, moment.nowMs);
      }
    }
    state.run = state.start;
    state.segment = 0;
    state.count = 0;
  };
  const release = (): void => {
    if (buffer !== NOTHING) pool.give(buffer);
    buffer = NOTHING;
    path = undefined;
    second = undefined;
    state.run = 0;
    state.start = 0;
  };
  const openDatagram = (): boolean => {
    const used = paths.used;
    if (used === undefined || !channel.ready()) return false;
    const mtu = mtuOf(used);
    const runBytes = state.start - state.run;
    const fits =
      used === path &&
      runBytes + mtu <= MAX_RUN_BYTES &&
      state.start + mtu <= BATCH_BYTES &&
      state.count < MAX_SEGMENTS;
    if (!fits) {
      sendRun();
      state.run = 0;
      state.start = 0;
      path = used;
      second = options.second();
    }
    if (buffer === NOTHING) buffer = pool.take();
    const first = state.start + DATAGRAM_HEADER_BYTES;
    state.mtu = mtu;
    state.limit = state.start + mtu - DATAGRAM_TAG_BYTES;
    greets = greeting.due();
    state.asks = greets;
    state.at = greeting.write(buffer, first);
    return true;
  };
  // Pads the open datagram to the size of its run, if little is missing and more is to come.
  const pad = (): void => {
    const target = state.segment > 0 ? state.segment : state.mtu;
    const end = state.start + target - DATAGRAM_TAG_BYTES;
    if (end <= state.at || end - state.at > target / PADDING_SHARE) return;
    buffer.fill(0, state.at, end);
    state.at = end;
  };
  const closeDatagram = (more: boolean, idle: boolean): void => {
    const used = path;
    if (state.at === 0 || used === undefined) return;
    if (state.at === state.start + DATAGRAM_HEADER_BYTES) {
      // Room was made and not used.
      state.at = 0;
      return;
    }
    if (more) pad();
    const plaintext = state.at - state.start - DATAGRAM_HEADER_BYTES;
    const bytes = plaintext + DATAGRAM_OVERHEAD_BYTES;
    state.at = 0;
    if (state.segment > 0 && bytes > state.segment) sendRun();
    const kind = (idle ? IDLE : 0) | (second === undefined ? 0 : TWICE) | (greets ? GREETS : 0);
    const answer = state.asks ? "acknowledgement" : "none";
    if (sealing.seal(buffer, state.start, plaintext, used, answer, kind) === 0) return;
    state.start += bytes;
    state.count += 1;
    if (state.segment === 0) state.segment = bytes;
    else if (bytes < state.segment) sendRun();
  };

  return {
    reserve(bytes) {
      if (state.at > 0 && state.limit - state.at >= bytes) return true;
      closeDatagram(true, false);
      return openDatagram() && state.limit - state.at >= bytes;
    },
    capacity() {
      const used = paths.used;
      return used === undefined ? 0 : mtuOf(used) - DATAGRAM_OVERHEAD_BYTES - greeting.bytes();
    },
    buffer() {
      return buffer;
    },
    at() {
      return state.at;
    },
    room() {
      return state.at === 0 ? 0 : state.limit - state.at;
    },
    wrote(to, eliciting) {
      state.at = to;
      if (eliciting) state.asks = true;
    },
    open() {
      return state.at > 0 || state.start > state.run;
    },
    flush(idle) {
      closeDatagram(false, idle);
      sendRun();
      release();
    },
    discard() {
      state.at = 0;
      sendRun();
      release();
    },
    machineFull() {
      return full !== undefined && paths.used?.address.transport === full;
    },
    machineHasRoom() {
      full = undefined;
    },
  };
}
