// SPDX-License-Identifier: GPL-3.0-or-later

// The HandshakeState object (Noise section 5.3). Invariant: once anything has failed the state is
// spoiled and goes no further, so that no key can come of a handshake that was not authentic from
// its first byte to its last. What the messages consist of is in messages.ts.

import type { Crypto } from "../crypto/index.js";
import { DH_BYTES, MAX_MESSAGE_BYTES } from "./constants.js";
import type { KeyPair } from "./key-pair.js";
import {
  type Handshake,
  messageBytes,
  type Role,
  readMessage,
  STEPS,
  writeMessage,
  writerOf,
} from "./messages.js";
import { secretCopy } from "./secret.js";
import { createSymmetricState, type SplitKeys } from "./symmetric-state.js";

/** What a handshake is made of. Keys are 32 bytes; a size that is wrong is a RangeError. */
export interface HandshakeOptions {
  readonly crypto: Crypto;
  readonly role: Role;
  /** What both ends must agree on without sending it; of any size. Copied into h at once. */
  readonly prologue: Uint8Array;
  /** The static key pair: stays the caller's and is not wiped here. */
  readonly s: KeyPair;
  /** A fresh key pair for this handshake alone: the state's from now on, wiped with it. */
  readonly e: KeyPair;
}

/** One side of one handshake. */
export interface HandshakeState {
  readonly role: Role;
  /** The index of the next message, 0 to 2; 3 when all have been exchanged. */
  readonly step: number;
  /** The transcript hash, 32 bytes: a view that moves on and is wiped with the state. Read only. */
  readonly h: Uint8Array;
  /** The remote static public key, once it is known. Not to be modified. */
  readonly rs: Uint8Array | undefined;
  /** The remote ephemeral public key, once it is known. Not to be modified. */
  readonly re: Uint8Array | undefined;
  /** Bytes of the next message with a payload of so many bytes. RangeError after the last one. */
  messageBytes(payloadBytes: number): number;
  /**
   * Writes the next message to the beginning of `out`, which is apart from the payload: how many
   * bytes. -1 when a DH result was all zero: the remote key is of low order, and the state is
   * spoiled. RangeError when it is the other side's turn, the state is spoiled, out is too small,
   * or the message would be longer than 65,535 bytes.
   */
  writeMessage(payload: Uint8Array, out: Uint8Array): number;
  /**
   * Reads the next message and writes its payload to the beginning of `payload`, which is apart
   * from it: how many bytes. -1 when it is not authentic, too short, too long, larger than
   * `payload` has room for, carries a key of low order, or it is not the other side's turn. After
   * -1 the state is spoiled and `payload` holds nothing of use: read on a clone (S1).
   */
  readMessage(message: Uint8Array, payload: Uint8Array): number;
  /** A copy that shares nothing secret with this one but the static key pair. */
  clone(): HandshakeState;
  /**
   * The keys, after the last message: HKDF(ck, "", 3), of which the first two are Noise's Split
   * (K1). The buffers are the caller's to wipe. RangeError before, and of a spoiled state.
   */
  split(): SplitKeys;
  /** Zeroes ck, k, h and the ephemeral secret, not the static one. The state is spoiled then. */
  wipe(): void;
}

/** A handshake before its first message: Initialize (Noise section 5.3). */
export function createHandshakeState(options: HandshakeOptions): HandshakeState {
  const { crypto, role, prologue, s, e } = options;
  for (const [name, key] of Object.entries({ s, e })) {
    checkSize(`${name}.secret`, key.secret);
    checkSize(`${name}.publicKey`, key.publicKey);
  }
  const symmetric = createSymmetricState(crypto);
  symmetric.mixHash(prologue);
  return handshakeStateOf({
    crypto,
    role,
    symmetric,
    s,
    e,
    re: undefined,
    rs: undefined,
    step: 0,
    spoiled: false,
  });
}

function checkSize(name: string, key: Uint8Array): void {
  if (key.length === DH_BYTES) return;
  throw new RangeError(`${name}: expected ${DH_BYTES} bytes, got ${key.length}`);
}

function handshakeStateOf(handshake: Handshake): HandshakeState {
  const { crypto, role, symmetric, e } = handshake;
  return {
    role,
    h: symmetric.h,
    get step() {
      return handshake.step;
    },
    get rs() {
      return handshake.rs;
    },
    get re() {
      return handshake.re;
    },
    messageBytes: (payloadBytes) => messageBytes(handshake.step, payloadBytes),
    writeMessage(payload, out) {
      checkWrite(handshake, payload, out);
      const length = writeMessage(handshake, payload, out);
      if (length < 0) handshake.spoiled = true;
      return length;
    },
    readMessage(message, payload) {
      const length = handshake.spoiled ? -1 : readMessage(handshake, message, payload);
      if (length < 0) handshake.spoiled = true;
      return length;
    },
    clone: () =>
      handshakeStateOf({
        ...handshake,
        symmetric: symmetric.clone(),
        e: { secret: secretCopy(e.secret), publicKey: e.publicKey },
      }),
    split() {
      if (handshake.spoiled) throw new RangeError("split: the handshake is spoiled");
      if (handshake.step !== STEPS) {
        throw new RangeError(`split: expected ${STEPS} messages before, got ${handshake.step}`);
      }
      return symmetric.split();
    },
    wipe() {
      symmetric.wipe();
      crypto.wipe(e.secret);
      handshake.spoiled = true;
    },
  };
}

/** The mistakes that a caller can make. */
function checkWrite(handshake: Handshake, payload: Uint8Array, out: Uint8Array): void {
  const { spoiled, step, role } = handshake;
  if (spoiled) throw new RangeError("writeMessage: the handshake is spoiled");
  const length = messageBytes(step, payload.length);
  if (writerOf(step) !== role) {
    throw new RangeError(`writeMessage: message ${step + 1} is not for the ${role} to write`);
  }
  if (length > MAX_MESSAGE_BYTES) {
    const most = MAX_MESSAGE_BYTES - messageBytes(step, 0);
    throw new RangeError(`payload: expected ${most} bytes at most, got ${payload.length}`);
  }
  if (out.length < length) {
    throw new RangeError(`out: expected ${length} bytes at least, got ${out.length}`);
  }
}
