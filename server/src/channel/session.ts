// SPDX-License-Identifier: GPL-3.0-or-later

// One session: two keys, our counter, and the window on the peer's. Invariant: a counter is sealed
// with once and opened once; after wipe() nothing works.

import { readU32, writeU32 } from "../core/index.js";
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, type Crypto } from "../crypto/index.js";
import type { SplitKeys } from "../noise/index.js";
import {
  DATA_HEADER_BYTES,
  DATA_OVERHEAD_BYTES,
  REJECT_AFTER_DATAGRAMS,
  REJECT_AFTER_MS,
  TYPE,
} from "./constants.js";
import { createReplayWindow } from "./replay-window.js";

/** What a handshake gives. */
export interface SessionOptions {
  readonly crypto: Crypto;
  readonly role: "initiator" | "responder";
  /** Our index and the peer's. */
  readonly index: number;
  readonly peerIndex: number;
  readonly keys: SplitKeys;
  /** The handshake hash: 32 bytes, copied. */
  readonly h: Uint8Array;
  /** The peer's Noise static key, copied. */
  readonly peerStatic: Uint8Array;
  readonly windowBits: number;
  readonly nowMs: number;
}

/** A session. */
export interface Session {
  readonly role: "initiator" | "responder";
  readonly index: number;
  readonly peerIndex: number;
  readonly h: Uint8Array;
  readonly peerStatic: Uint8Array;
  readonly createdMs: number;
  /** The counter that the next datagram gets. */
  nextCounter(): number;
  /** The responder from the start; the initiator with the first authentic datagram (S6). */
  confirmed: boolean;
  /** Another is preferred; this one still opens what was on its way (S8). */
  receiveOnly: boolean;
  /** When an authentic datagram last came; its creation until then. */
  heardMs: number;
  /** Whether its age and its counter allow sealing (S11). */
  usable(nowMs: number): boolean;
  /** Seals in place, as Channel.seal does: the length of the datagram. Only if usable. */
  seal(buffer: Uint8Array, at: number, length: number): number;
  /** The counter in a datagram if it could be accepted; -1 if it is impossible or was seen. */
  counterOf(buffer: Uint8Array, at: number): number;
  /** Opens in place and marks the counter, which counterOf gave; false if it is not authentic. */
  open(buffer: Uint8Array, at: number, length: number, counter: number): boolean;
  /** Goes on with a later counter, never an earlier one. */
  skipTo(counter: number): void;
  /** Overwrites the keys. */
  wipe(): void;
}

const TWO_32 = 0x1_0000_0000;

/** A session of these keys, which it takes over and wipes. */
export function createSession(options: SessionOptions): Session {
  const { crypto, role, keys, index, peerIndex } = options;
  const mine = role === "initiator" ? keys.initiatorToResponder : keys.responderToInitiator;
  const theirs = role === "initiator" ? keys.responderToInitiator : keys.initiatorToResponder;
  const window = createReplayWindow(options.windowBits);
  const nonce = new Uint8Array(AEAD_NONCE_BYTES);
  let next = 0;
  let wiped = false;

  return {
    role,
    index,
    peerIndex,
    h: options.h.slice(),
    peerStatic: options.peerStatic.slice(),
    createdMs: options.nowMs,
    confirmed: role === "responder",
    receiveOnly: false,
    heardMs: options.nowMs,
    nextCounter() {
      return next;
    },
    usable(nowMs) {
      return !wiped && nowMs - options.nowMs < REJECT_AFTER_MS && next < REJECT_AFTER_DATAGRAMS;
    },
    seal(buffer, at, length) {
      const low = next >>> 0;
      const high = Math.floor(next / TWO_32);
      next += 1;
      writeU32(buffer, at, TYPE.data);
      writeU32(buffer, at + 4, peerIndex);
      writeU32(buffer, at + 8, low);
      writeU32(buffer, at + 12, high);
      writeU32(nonce, 4, low);
      writeU32(nonce, 8, high);
      const body = at + DATA_HEADER_BYTES;
      const end = body + length;
      const header = buffer.subarray(at, body);
      const out = buffer.subarray(body, end + AEAD_TAG_BYTES);
      crypto.seal(mine, nonce, header, buffer.subarray(body, end), out);
      return length + DATA_OVERHEAD_BYTES;
    },
    counterOf(buffer, at) {
      const high = readU32(buffer, at + 12);
      if (high > 0xffff || wiped) return -1;
      const counter = high * TWO_32 + readU32(buffer, at + 8);
      return window.fresh(counter) ? counter : -1;
    },
    open(buffer, at, length, counter) {
      writeU32(nonce, 4, counter >>> 0);
      writeU32(nonce, 8, Math.floor(counter / TWO_32));
      const body = at + DATA_HEADER_BYTES;
      const end = at + length;
      const header = buffer.subarray(at, body);
      const out = buffer.subarray(body, end - AEAD_TAG_BYTES);
      if (!crypto.open(theirs, nonce, header, buffer.subarray(body, end), out)) return false;
      window.mark(counter);
      return true;
    },
    skipTo(counter) {
      if (!(counter >= next)) throw new RangeError("counter: expected one that was not used yet");
      next = counter;
    },
    wipe() {
      wiped = true;
      crypto.wipe(keys.initiatorToResponder, keys.responderToInitiator, keys.exporter);
    },
  };
}
