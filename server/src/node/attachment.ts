// SPDX-License-Identifier: GPL-3.0-or-later

import type { Keys, PrivateKey } from "@inet256/client/identity";
import type { Attachment } from "../network/index.js";

/** An identity as networks and sessions know it. It signs as long as the key is not wiped. */
export function attachmentOf(privateKey: PrivateKey, keys: Keys): Attachment {
  return {
    address: privateKey.address,
    publicKey: privateKey.publicKey.serialize(),
    sign: (purpose, message) => keys.signReserved(privateKey, purpose, message),
  };
}
