// SPDX-License-Identifier: GPL-3.0-or-later

// Whether records are what they say. Invariant: what does not cost a signature is checked before
// what does, and one neighbour has so many signatures looked at in a second (R4).

import { createTokenBucket, type TokenBucket } from "../../core/index.js";
import type { Crypto } from "../../crypto/index.js";
import { type Keys, PURPOSES, PublicKey } from "../../identity/index.js";
import {
  ADDRESS_BYTES,
  VERIFICATIONS_PER_SECOND,
  VERIFICATIONS_PER_SECOND_PORTABLE,
} from "../constants.js";
import type { AttachRecord } from "./attach.js";
import type { BeaconRecord } from "./beacon.js";
import type { ConsentRecord } from "./consent.js";
import { type SignedRecord, sameBytes } from "./signed.js";

/** What became of a signature: `refused` is a quota that is used up, and says nothing about it. */
export type Verdict = "valid" | "invalid" | "refused";

/** Verifies records. */
export interface RecordVerifier {
  /** A quota of signatures, for one neighbour, or this share of it. */
  createQuota(share?: number): TokenBucket;
  /** The address of a serialized public key, whatever its algorithm. */
  addressOf(publicKey: Uint8Array): Uint8Array;
  /** SHA-256 of an attach record's body. */
  attachHash(attach: AttachRecord): Uint8Array;
  /** Whether the router signed it. */
  beacon(record: BeaconRecord, quota: TokenBucket, nowMs: number): Verdict;
  /** Whether the node signed it. */
  attach(record: AttachRecord, quota: TokenBucket, nowMs: number): Verdict;
  /** Whether the router with this key signed it, and for this record, which names that router. */
  consent(
    record: ConsentRecord,
    attach: AttachRecord,
    routerKey: Uint8Array,
    quota: TokenBucket,
    nowMs: number,
  ): Verdict;
}

/** Verifies with the daemon's keys. */
export function createRecordVerifier(crypto: Crypto, keys: Keys): RecordVerifier {
  const perSecond =
    crypto.name === "portable" ? VERIFICATIONS_PER_SECOND_PORTABLE : VERIFICATIONS_PER_SECOND;
  const signedBy = (
    publicKey: Uint8Array,
    purpose: string,
    { body, signature }: SignedRecord,
  ): Verdict => {
    try {
      const valid = keys.verify(PublicKey.parse(publicKey), purpose, body, signature);
      return valid ? "valid" : "invalid";
    } catch {
      return "invalid"; // a stranger's key that does not parse: as good as a wrong signature
    }
  };
  const addressOf = (publicKey: Uint8Array): Uint8Array => {
    const address = new Uint8Array(ADDRESS_BYTES);
    crypto.shake256(address, publicKey);
    return address;
  };
  const attachHash = (attach: AttachRecord): Uint8Array => {
    const hash = new Uint8Array(32);
    crypto.sha256(hash, attach.body);
    return hash;
  };
  return {
    createQuota: (share = 1) => createTokenBucket(perSecond * share, perSecond * share),
    addressOf,
    attachHash,
    beacon(record, quota, nowMs) {
      if (!quota.take(nowMs)) return "refused";
      return signedBy(record.publicKey, PURPOSES.beacon, record);
    },
    attach(record, quota, nowMs) {
      if (!quota.take(nowMs)) return "refused";
      return signedBy(record.publicKey, PURPOSES.attach, record);
    },
    consent(record, attach, routerKey, quota, nowMs) {
      if (!sameBytes(record.attachHash, attachHash(attach))) return "invalid";
      if (!sameBytes(addressOf(routerKey), attach.router)) return "invalid";
      if (!quota.take(nowMs)) return "refused";
      return signedBy(routerKey, PURPOSES.consent, record);
    },
  };
}
