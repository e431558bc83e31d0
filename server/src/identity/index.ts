// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Identity: who nodes and daemons are. Address and key types are the client package's, so that an
 * application and the daemon mean the same thing; here they meet the daemon's crypto, its
 * randomness, and the purposes for which it signs.
 */
export {
  Address,
  checkPrefix,
  IdentityError,
  type IdentityErrorCode,
  type Keys,
  matchesPrefix,
  PrivateKey,
  PublicKey,
  Secret,
} from "@inet256/client/identity";
export { createIdentities, type Identities } from "./identities.js";
export { PURPOSES } from "./purposes.js";
