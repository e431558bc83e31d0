// SPDX-License-Identifier: GPL-3.0-or-later

// Records and messages as a hostile neighbour would make them, for daemons of the contract's lab.

import { PURPOSES } from "../../../server/src/identity/index.js";
import {
  type ControlMessage,
  encodeControl,
} from "../../../server/src/network/locating/control-messages.js";
import { onehop } from "../../../server/src/network/onehop/index.js";
import {
  type AttachFields,
  decodeAttach,
  encodeAttach,
} from "../../../server/src/network/records/attach.js";
import { encodeConsent } from "../../../server/src/network/records/consent.js";
import { encodeLocation } from "../../../server/src/network/records/location.js";
import { createRecordVerifier } from "../../../server/src/network/records/verifier.js";
import {
  createRouterLab,
  type LabDaemon,
  type LabNode,
  type RouterLab,
} from "../../../server/src/testing/index.js";

/** A lab of onehop. */
export function createOnehopLab(seed = 1): RouterLab {
  return createRouterLab(onehop.configure({}), seed);
}

/** What can be chosen of a location that somebody makes. */
export interface Forgery {
  readonly node: LabNode;
  /** Whose address the attach record names. */
  readonly router: LabNode;
  readonly seq: number;
  readonly kind?: "attach" | "detach";
  /** Who signs the attach record; the node unless said. */
  readonly attachSigner?: LabNode;
  /** Who signs the consent; the router unless said. */
  readonly consentSigner?: LabNode;
  /** Whose key stands beside the consent; its signer's unless said. */
  readonly consentKey?: LabNode;
  /** The consent is to another record. */
  readonly otherHash?: boolean;
  readonly consentSeq?: number;
  readonly consentSeconds?: number;
  readonly attachSeconds?: number;
}

/** The attach record. */
export function forgeAttach(lab: RouterLab, forgery: Forgery): Uint8Array {
  const { node, router, seq, kind = "attach", attachSigner = node } = forgery;
  const fields: AttachFields = {
    kind,
    publicKey: node.publicKey,
    router: router.address.bytes,
    seq,
    lifetimeSeconds: 3_600,
  };
  return encodeAttach(lab.tag, fields, (body) => attachSigner.sign(PURPOSES.attach, body));
}

/** The location: attach record and consent. */
export function forgeLocation(lab: RouterLab, forgery: Forgery): Uint8Array {
  const { router, consentSigner = router, consentSeconds = 120, attachSeconds = 3_600 } = forgery;
  const record = forgeAttach(lab, forgery);
  const attach = decodeAttach(lab.tag, record);
  if (attach === undefined) throw new Error("the attach record does not decode");
  const attachHash = createRecordVerifier(lab.crypto, lab.identities.keys).attachHash(attach);
  if (forgery.otherHash === true) attachHash.fill(1);
  const fields = { attachHash, seq: forgery.consentSeq ?? forgery.seq, lifetimeSeconds: 120 };
  const consent = encodeConsent(lab.tag, fields, (body) =>
    consentSigner.sign(PURPOSES.consent, body),
  );
  const { publicKey } = forgery.consentKey ?? consentSigner;
  return encodeLocation(record, consent, publicKey, attachSeconds, consentSeconds);
}

/** Says this to a daemon as its neighbour. */
export function say(to: LabDaemon, from: LabDaemon, message: ControlMessage): void {
  to.hear(from, encodeControl(message));
}

/** The types of the control messages that went one way: "query", "answer" … */
export function typesSent(lab: RouterLab, from: LabDaemon, to: LabDaemon): readonly string[] {
  const names = ["?", "query", "answer", "no", "held", "detach", "withdrawn"];
  return lab.carried
    .filter((each) => each.from === from.name && each.to === to.name)
    .map(({ bytes }) => names[bytes[0] ?? 0] ?? "?");
}
