// SPDX-License-Identifier: Apache-2.0

// @inet256/client/identity: addresses, keys and signatures of INET256, without gRPC, files or
// anything of Node. Start with address.ts (what names a node) and keys.ts (what signs).
//
// What it guards: two programs that use it derive the same address from the same key and agree on
// every signature, whatever library does their arithmetic (ed25519.ts); what it refuses, it refuses
// with an IdentityError that does not repeat the input; and a private key shows in no log.

export { Address } from "./address.js";
export { constantTimeEqual, wipe } from "./bytes.js";
export {
  type Ed25519,
  isAcceptableEd25519PublicKey,
  isAcceptableEd25519Signature,
} from "./ed25519.js";
export { IdentityError, type IdentityErrorCode } from "./errors.js";
export { ipv6OfAddress, prefixOfIpv6 } from "./ipv6.js";
export { formatIpv6, parseIpv6 } from "./ipv6-text.js";
export type { KeyFileFormat } from "./key-file.js";
export { createKeys, type Keys } from "./keys.js";
export { portableEd25519 } from "./portable-ed25519.js";
export { checkPrefix, matchesPrefix } from "./prefix.js";
export { PrivateKey } from "./private-key.js";
export { PublicKey } from "./public-key.js";
export { Secret } from "./secret.js";
export { signatureContext, signatureDigest } from "./signatures.js";
export { decodeText, encodeText } from "./text.js";
