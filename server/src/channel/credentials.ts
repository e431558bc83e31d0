// SPDX-License-Identifier: GPL-3.0-or-later

// Who we are in one layer, for one opening (C1): a Noise static key made for it, and the
// certificate that the long-lived key gave it.

import type { Random } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { generateKeypair, type KeyPair } from "../noise/index.js";
import { certificateBytes } from "./certificate.js";
import type { LayerRules } from "./constants.js";
import { type ResponderKeys, responderKeys } from "./wire/message1.js";
import { encodePayload } from "./wire/payload.js";

/** The long-lived key, as far as a channel uses it. */
export interface Signer {
  /** Serialized. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly address: Uint8Array;
  /** Signs under the purpose `inet256/mesh256/noise-static/1`. */
  sign(certificate: Uint8Array): Uint8Array;
}

/** An identity as channels present it. */
export interface Credentials {
  /** 32 bytes. Not to be modified. */
  readonly address: Uint8Array;
  /** Serialized. Not to be modified. */
  readonly publicKey: Uint8Array;
  readonly staticKey: KeyPair;
  /** What whoever knows our address authenticates with. */
  readonly knockKeys: ResponderKeys;
  /** Bytes of the payload of messages 2 and 3. */
  readonly payloadBytes: number;
  /** The payload for a handshake in which our index is this. */
  payload(index: number): Uint8Array;
  /** Wipes the static key: at the last close, or drop (C1, O3). */
  wipe(): void;
}

/** What credentials are made of. */
export interface CredentialsOptions {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly layer: LayerRules;
  readonly signer: Signer;
}

const NEVER_ENDS = new Uint8Array(8);
const NOTHING = new Uint8Array(0);

/** New credentials, with a new static key. */
export function createCredentials(options: CredentialsOptions): Credentials {
  const { crypto, random, layer, signer } = options;
  const { publicKey, address } = signer;
  const staticKey = generateKeypair(crypto, random);
  const certificate = certificateBytes({
    layer: layer.id,
    notAfter: NEVER_ENDS,
    publicKey,
    staticKey: staticKey.publicKey,
    extraStatics: NOTHING,
    extras: 0,
  });
  const signature = signer.sign(certificate);
  const payload = (sender: number) =>
    encodePayload({ sender, notAfter: NEVER_ENDS, publicKey, signature, extraStatics: NOTHING });
  return {
    address,
    publicKey,
    staticKey,
    knockKeys: responderKeys(crypto, address),
    payloadBytes: payload(0).length,
    payload,
    wipe: () => crypto.wipe(staticKey.secret),
  };
}
