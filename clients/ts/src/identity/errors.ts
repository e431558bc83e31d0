// SPDX-License-Identifier: Apache-2.0

// The one error class of this folder. Its messages say what was wrong and what was expected, and
// never repeat the input: what fails to parse as an address or a key may well be a secret that was
// put in the wrong place.

/**
 * Why an operation on an address or a key failed:
 *
 * - `BAD_ADDRESS`: not an address: wrong length, wrong character, non-zero trailing bits.
 * - `BAD_KEY`: not a key that may be used: damaged, of the wrong kind, or wiped.
 * - `UNKNOWN_ALGORITHM`: a key, but of an algorithm that this implementation does not have.
 * - `BAD_PURPOSE`: the purpose of a signature is reserved, or is not text.
 * - `BAD_IPV6`: not an IPv6 address, or one that stands for no INET256 address, or the reverse.
 * - `BAD_PREFIX`: a prefix and a number of bits that do not go together.
 */
export type IdentityErrorCode =
  | "BAD_ADDRESS"
  | "BAD_KEY"
  | "UNKNOWN_ALGORITHM"
  | "BAD_PURPOSE"
  | "BAD_IPV6"
  | "BAD_PREFIX";

/** What every function of this folder throws for input that it refuses. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
