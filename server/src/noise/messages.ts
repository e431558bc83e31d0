// SPDX-License-Identifier: GPL-3.0-or-later

// WriteMessage and ReadMessage (Noise section 5.3) for the one pattern XX (Noise section 7.5):
//
//     -> e
//     <- e, ee, s, es
//     -> s, se
//
// Lengths are checked before anything is mixed; from then on a failure leaves a spoiled handshake.

import type { Crypto } from "../crypto/index.js";
import { DH_BYTES, MAX_MESSAGE_BYTES, TAG_BYTES } from "./constants.js";
import type { KeyPair } from "./key-pair.js";
import { secretBytes } from "./secret.js";
import type { SymmetricState } from "./symmetric-state.js";

/** Which side one is. */
export type Role = "initiator" | "responder";

type Token = "e" | "s" | "ee" | "es" | "se";

/** The tokens of each message of XX. */
const MESSAGES: readonly (readonly Token[])[] = [["e"], ["e", "ee", "s", "es"], ["s", "se"]];

/** How many messages there are. */
export const STEPS = MESSAGES.length;

/** A handshake on its way. */
export interface Handshake {
  readonly crypto: Crypto;
  readonly role: Role;
  readonly symmetric: SymmetricState;
  readonly s: KeyPair;
  readonly e: KeyPair;
  re: Uint8Array | undefined;
  rs: Uint8Array | undefined;
  /** The index of the next message. */
  step: number;
  spoiled: boolean;
}

/** Who writes the message of this index. */
export function writerOf(step: number): Role {
  return step % 2 === 0 ? "initiator" : "responder";
}

/** Bytes of the message of this index: keys, sealed ones with a tag, and the payload. */
export function messageBytes(step: number, payloadBytes: number): number {
  const tokens = MESSAGES[step];
  if (tokens === undefined) throw new RangeError("step: no message follows the last one");
  const e = tokens.includes("e") ? DH_BYTES : 0;
  // Where a static key is sent there is a cipher key by then, so that the payload is sealed too.
  const s = tokens.includes("s") ? DH_BYTES + TAG_BYTES + TAG_BYTES : 0;
  return e + s + payloadBytes;
}

/** Writes the next message into out, which is large enough: its length, or -1 (zero DH result). */
export function writeMessage(handshake: Handshake, payload: Uint8Array, out: Uint8Array): number {
  const { symmetric, s, e } = handshake;
  let at = 0;
  for (const token of MESSAGES[handshake.step] ?? []) {
    if (token === "e") {
      out.set(e.publicKey, at);
      symmetric.mixHash(e.publicKey);
      at += DH_BYTES;
    } else if (token === "s") {
      const end = at + DH_BYTES + symmetric.addedBytes;
      symmetric.encryptAndHash(s.publicKey, out.subarray(at, end));
      at = end;
    } else if (!mixDh(handshake, token)) return -1;
  }
  const end = at + payload.length + symmetric.addedBytes;
  symmetric.encryptAndHash(payload, out.subarray(at, end));
  handshake.step += 1;
  return end;
}

/** Reads the next message; the length of its payload, or -1 for anything that is not right. */
export function readMessage(
  handshake: Handshake,
  message: Uint8Array,
  payload: Uint8Array,
): number {
  const { symmetric, step, role } = handshake;
  if (step === STEPS || writerOf(step) === role) return -1;
  const payloadBytes = message.length - messageBytes(step, 0);
  if (payloadBytes < 0 || payloadBytes > payload.length) return -1;
  if (message.length > MAX_MESSAGE_BYTES) return -1;
  let at = 0;
  for (const token of MESSAGES[step] ?? []) {
    if (token === "e") {
      const end = at + DH_BYTES;
      handshake.re = new Uint8Array(message.subarray(at, end));
      symmetric.mixHash(handshake.re);
      at = end;
    } else if (token === "s") {
      const end = at + DH_BYTES + symmetric.addedBytes;
      const rs = new Uint8Array(DH_BYTES);
      if (!symmetric.decryptAndHash(message.subarray(at, end), rs)) return -1;
      handshake.rs = rs;
      at = end;
    } else if (!mixDh(handshake, token)) return -1;
  }
  const opened = symmetric.decryptAndHash(message.subarray(at), payload.subarray(0, payloadBytes));
  if (!opened) return -1;
  handshake.step = step + 1;
  return payloadBytes;
}

/**
 * MixKey(DH(...)): a token's first letter is the initiator's key, its second the responder's. False
 * when the result is all zero, which ends the handshake (C5).
 */
function mixDh(handshake: Handshake, token: "ee" | "es" | "se"): boolean {
  const { crypto, role, symmetric, s, e, rs, re } = handshake;
  const initiator = role === "initiator";
  const own = token[initiator ? 0 : 1] === "e" ? e : s;
  const remote = token[initiator ? 1 : 0] === "e" ? re : rs;
  if (remote === undefined) return false;
  const shared = secretBytes(DH_BYTES);
  const agreed = crypto.x25519(own.secret, remote, shared);
  if (agreed) symmetric.mixKey(shared);
  crypto.wipe(shared);
  return agreed;
}
