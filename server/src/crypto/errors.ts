// SPDX-License-Identifier: GPL-3.0-or-later

/** Why this room refused: `NATIVE_UNAVAILABLE`, the native library was asked for and is not here. */
export type CryptoErrorCode = "NATIVE_UNAVAILABLE";

/** What choosing an adapter throws. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
