// SPDX-License-Identifier: GPL-3.0-or-later

import {
  type Crypto,
  createNativeCrypto,
  createPortableCrypto,
} from "../../../server/src/crypto/index.js";

export const portable: Crypto = createPortableCrypto();
export const native: Crypto = requireNative();

/** sodium-native must be there: its absence is a failure, not a skipped test. */
function requireNative(): Crypto {
  const crypto = createNativeCrypto();
  if (crypto === undefined) throw new Error("these tests need sodium-native: npm install");
  return crypto;
}

export const ADAPTERS: readonly (readonly [string, Crypto])[] = [
  ["portable", portable],
  ["native", native],
];
