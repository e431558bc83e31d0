// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A Crypto for thousands of runs: every primitive has the shape of the true one (both ends of a DH
 * agree, a wrong key, nonce or byte does not open) and costs next to nothing. It guards nothing:
 * whoever wants to can break all of it. Only for tests of what happens around the primitives.
 */
import { type Crypto, selectCrypto } from "../../server/src/crypto/index.js";

/** Two words of state: enough that nothing collides by accident. */
interface State {
  low: number;
  high: number;
}

const TAG_BYTES = 16;
/** The base point of the toy's group: words under multiplication modulo 2^32. */
const BASE = 0x9e3779b1;

function absorb(state: State, bytes: Uint8Array): void {
  let { low, high } = state;
  for (let i = 0; i < bytes.length; i++) {
    low = Math.imul(low ^ (bytes[i] ?? 0), 0x01000193);
    low ^= low >>> 13;
    high = Math.imul(high ^ low, 0x85ebca6b);
    high = (high << 13) | (high >>> 19);
  }
  state.low = low;
  state.high = high;
}

function squeeze(state: State, out: Uint8Array): void {
  let { low, high } = state;
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) {
      low = (low + 0x9e3779b9) | 0;
      high = Math.imul(high ^ (high >>> 15) ^ low, 0x2c1b3c6d);
      high ^= high >>> 12;
    }
    out[i] = high >>> (8 * (i % 4));
  }
}

function digest(domain: number, out: Uint8Array, ...parts: readonly Uint8Array[]): void {
  const state = { low: 0x811c9dc5 ^ domain, high: domain };
  for (const part of parts) absorb(state, part);
  squeeze(state, out);
}

function keystream(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array, out: Uint8Array): void {
  const mask = new Uint8Array(bytes.length);
  digest(1, mask, key, nonce);
  for (let i = 0; i < bytes.length; i++) out[i] = (bytes[i] ?? 0) ^ (mask[i] ?? 0);
}

function seal(
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
): void {
  const body = out.subarray(0, plaintext.length);
  keystream(key, nonce, plaintext, body);
  digest(2, out.subarray(plaintext.length), key, nonce, additionalData, body);
}

function open(
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  sealed: Uint8Array,
  out: Uint8Array,
): boolean {
  if (sealed.length < TAG_BYTES) return false;
  const body = sealed.subarray(0, sealed.length - TAG_BYTES);
  const tag = new Uint8Array(TAG_BYTES);
  digest(2, tag, key, nonce, additionalData, body);
  if (Buffer.compare(tag, sealed.subarray(body.length)) !== 0) return false;
  keystream(key, nonce, body, out);
  return true;
}

/** Multiplies word by word; an odd factor loses nothing, so that only zeros give zeros. */
function multiply(secret: Uint8Array, point: Uint8Array | undefined, out: Uint8Array): void {
  const factors = new DataView(secret.buffer, secret.byteOffset, 32);
  const words = point && new DataView(point.buffer, point.byteOffset, 32);
  const result = new DataView(out.buffer, out.byteOffset, 32);
  for (let at = 0; at < 32; at += 4) {
    const factor = factors.getUint32(at, true) | 1;
    result.setUint32(at, Math.imul(factor, words?.getUint32(at, true) ?? BASE), true);
  }
}

/** The toy, which says that it is native: the budgets are those of real daemons. */
export function createToyCrypto(): Crypto {
  const publicKeyOf = (secret: Uint8Array): Uint8Array => {
    const out = new Uint8Array(32);
    multiply(secret, undefined, out);
    return out;
  };
  const sign = (publicKey: Uint8Array, message: Uint8Array): Uint8Array => {
    const out = new Uint8Array(64);
    digest(3, out, publicKey, message);
    return out;
  };
  return {
    name: "native",
    ed25519: {
      publicKeyOf,
      sign: (_seed, publicKey, message) => sign(publicKey, message),
      verify: (publicKey, message, signature) =>
        Buffer.compare(sign(publicKey, message), signature) === 0,
    },
    x25519PublicKey: publicKeyOf,
    x25519(secret, publicKey, out) {
      multiply(secret, publicKey, out);
      return out.some((byte) => byte !== 0);
    },
    seal,
    open,
    sealX: seal,
    openX: open,
    sha256: (out, ...parts) => digest(4, out, ...parts),
    hmacSha256: (key, out, ...parts) => digest(5, out, key, ...parts),
    hkdfSha256(chainingKey, input, outputs) {
      const all = new Uint8Array(32 * outputs.length);
      digest(6, all, chainingKey, input);
      outputs.forEach((output, i) => {
        output.set(all.subarray(32 * i, 32 * i + 32));
      });
    },
    // The true one: addresses are made elsewhere too.
    shake256: selectCrypto().shake256,
    constantTimeEqual: (a, b) => Buffer.compare(a, b) === 0,
    wipe(...buffers) {
      for (const buffer of buffers) buffer.fill(0);
    },
  };
}
