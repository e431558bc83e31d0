// SPDX-License-Identifier: GPL-3.0-or-later

// The nodes attached here, and the records about them. A record's sequence number is chosen when
// the node is attached (R3), but nothing is signed before somebody asks. Invariant: two different
// records of one node never have the same sequence number.

import {
  type AddressMap,
  createAddressMap,
  createLru,
  type Random,
  writeU32,
} from "../../core/index.js";
import { PURPOSES } from "../../identity/index.js";
import {
  ATTACH_SECONDS,
  CONSENT_SECONDS,
  MOST_LAST_SEQS,
  MOST_SEQ,
  MOST_TOLD,
  RENEW_SHARE,
} from "../constants.js";
import type { Attachment } from "../network.js";
import { decodeAttach, encodeAttach } from "../records/attach.js";
import { encodeConsent } from "../records/consent.js";
import { encodeLocation } from "../records/location.js";
import type { RecordVerifier } from "../records/verifier.js";
import { createAddressOrder } from "./address-order.js";
import { nameOf } from "./names.js";

/** A node attached here. */
export interface OwnNode {
  /** 32 bytes. */
  readonly address: Uint8Array;
  readonly attachment: Attachment;
  /** Of the record that counts now. */
  seq: number;
  /** Its first record was contradicted by another router's and signed again (R3). */
  signedAgain: boolean;
  /** Another router has a newer attachment: nothing is published any more (O4). */
  displaced: boolean;
  /** Routers that were told where it is, by name: the last MOST_TOLD. */
  readonly told: Map<string, Uint8Array>;
  record: Uint8Array | undefined;
  recordMs: number;
  location: Uint8Array | undefined;
  consentMs: number;
}

/** The nodes attached here. */
export interface OwnNodes {
  /** Above every sequence number that we know others to hold. */
  attach(attachment: Attachment, highestHeld: number): OwnNode;
  /** Takes a node out. */
  detach(address: Uint8Array): OwnNode | undefined;
  get(buffer: Uint8Array, at: number): OwnNode | undefined;
  /** One whose first bits match and that is published. */
  find(prefix: Uint8Array, nbits: number): OwnNode | undefined;
  /** Its location as it is given to others, valid until the next call; signed if need be. */
  location(node: OwnNode, nowMs: number): Uint8Array;
  /** The next record is above this sequence number. */
  raise(node: OwnNode, above: number): void;
  /** The record that ends its attachment, above the one that counts now. */
  detachRecord(node: OwnNode): Uint8Array;
  all(): Iterable<OwnNode>;
}

/** What it is made of. */
export interface OwnNodesOptions {
  readonly tag: Uint8Array;
  readonly self: Attachment;
  readonly verifier: RecordVerifier;
  readonly random: Random;
  readonly unixMs: () => number;
}

/** None. */
export function createOwnNodes(options: OwnNodesOptions): OwnNodes {
  const { tag, self, unixMs } = options;
  const router = self.address.bytes;
  const nodes: AddressMap<OwnNode> = createAddressMap<OwnNode>(options.random);
  const order = createAddressOrder<OwnNode>();
  const lastSeqs = createLru<string, number>(MOST_LAST_SEQS);
  let consentSeq = 0;

  const above = (seq: number): number => Math.min(MOST_SEQ, Math.max(seq + 1, wholeMs(unixMs())));
  const signAttach = (node: OwnNode, kind: "attach" | "detach"): Uint8Array => {
    const { publicKey } = node.attachment;
    const fields = { kind, publicKey, router, seq: node.seq, lifetimeSeconds: ATTACH_SECONDS };
    return encodeAttach(tag, fields, (body) => node.attachment.sign(PURPOSES.attach, body));
  };
  const signConsent = (record: Uint8Array): Uint8Array => {
    const attach = decodeAttach(tag, record);
    if (attach === undefined) throw new Error("our own attach record does not decode");
    consentSeq = above(consentSeq);
    const attachHash = options.verifier.attachHash(attach);
    const fields = { attachHash, seq: consentSeq, lifetimeSeconds: CONSENT_SECONDS };
    return encodeConsent(tag, fields, (body) => self.sign(PURPOSES.consent, body));
  };

  return {
    attach(attachment, highestHeld) {
      const address = attachment.address.bytes;
      const before = nodes.get(address, 0)?.seq ?? lastSeqs.get(nameOf(address)) ?? 0;
      const node: OwnNode = {
        address,
        attachment,
        seq: above(Math.max(highestHeld, before)),
        signedAgain: false,
        displaced: false,
        told: new Map(),
        record: undefined,
        recordMs: 0,
        location: undefined,
        consentMs: 0,
      };
      nodes.set(address, node);
      order.add(node);
      return node;
    },
    detach(address) {
      const node = nodes.get(address, 0);
      if (node === undefined) return undefined;
      nodes.delete(address);
      order.remove(address);
      // One more: the record that says so.
      lastSeqs.set(nameOf(address), node.seq + 1);
      return node;
    },
    get: (buffer, at) => nodes.get(buffer, at),
    find: (prefix, nbits) => order.first(prefix, nbits, ({ displaced }) => !displaced),
    location(node, nowMs) {
      const recordSeconds = Math.ceil((nowMs - node.recordMs) / 1000);
      if (node.record === undefined || recordSeconds > ATTACH_SECONDS / RENEW_SHARE) {
        // The same number with a new lifetime would be the same record to who holds it.
        if (node.record !== undefined) node.seq = above(node.seq);
        node.record = signAttach(node, "attach");
        node.recordMs = nowMs;
        node.location = undefined;
      }
      if (node.location === undefined || nowMs - node.consentMs > CONSENT_RENEW_MS) {
        const consent = signConsent(node.record);
        node.consentMs = nowMs;
        node.location = encodeLocation(node.record, consent, self.publicKey, 0, 0);
      }
      const { location } = node;
      const left = (seconds: number, sinceMs: number) =>
        seconds - Math.min(seconds, Math.ceil((nowMs - sinceMs) / 1000));
      writeU32(location, location.length - 8, left(ATTACH_SECONDS, node.recordMs));
      writeU32(location, location.length - 4, left(CONSENT_SECONDS, node.consentMs));
      return location;
    },
    raise(node, seq) {
      node.seq = above(Math.max(node.seq, seq));
      node.record = undefined;
      node.location = undefined;
    },
    detachRecord(node) {
      return signAttach({ ...node, seq: Math.min(MOST_SEQ, node.seq + 1) }, "detach");
    },
    all: () => nodes.values(),
  };
}

const CONSENT_RENEW_MS = (CONSENT_SECONDS * 1000) / RENEW_SHARE;

/** A router knows from now on where a node is, and hears when it leaves, unless too many do. */
export function noteTold({ told }: OwnNode, name: string, router: Uint8Array): void {
  told.delete(name);
  told.set(name, router);
  if (told.size <= MOST_TOLD) return;
  for (const first of told.keys()) {
    told.delete(first);
    return;
  }
}

/** A wall clock's time as a sequence number; a clock that is far off gives none. */
function wholeMs(unixMs: number): number {
  return unixMs > 0 && unixMs < MOST_SEQ ? Math.floor(unixMs) : 0;
}
