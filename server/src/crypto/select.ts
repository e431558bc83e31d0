// SPDX-License-Identifier: GPL-3.0-or-later

import type { Crypto } from "./crypto.js";
import { createNativeCrypto, requireNativeCrypto } from "./native.js";
import { createPortableCrypto } from "./portable.js";

/**
 * The adapter that was asked for; without a preference the native one if this machine has it, else
 * the portable one. Which it became is its name.
 *
 * @throws CryptoError NATIVE_UNAVAILABLE if "native" was asked for and cannot be had.
 */
export function selectCrypto(preference?: Crypto["name"]): Crypto {
  if (preference === "native") return requireNativeCrypto();
  if (preference === "portable") return createPortableCrypto();
  return createNativeCrypto() ?? createPortableCrypto();
}
