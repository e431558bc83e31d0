// SPDX-License-Identifier: Apache-2.0

// A holder for secret bytes other than private keys, such as tokens. Whatever prints, logs or
// serializes it gets "[secret]".

import { copySecret, describe, isBytes, wipe } from "./bytes.js";
import { IdentityError } from "./errors.js";
import { inspect } from "./inspect.js";

/** What secrets print as. */
export const SECRET_TEXT = "[secret]";

/** Secret bytes that no log line shows. */
export class Secret {
  #bytes: Uint8Array | undefined;

  /**
   * Holds a copy of the bytes; the caller wipes its own.
   *
   * @throws IdentityError BAD_KEY unless these are bytes.
   */
  constructor(bytes: Uint8Array) {
    if (!isBytes(bytes)) {
      throw new IdentityError("BAD_KEY", `a secret is a Uint8Array, got ${describe(bytes)}`);
    }
    this.#bytes = copySecret(bytes);
  }

  /**
   * The bytes themselves, not a copy: use them at once, do not keep or modify them.
   *
   * @throws IdentityError BAD_KEY once the secret is wiped.
   */
  expose(): Uint8Array {
    if (this.#bytes === undefined) throw new IdentityError("BAD_KEY", "the secret was wiped");
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros and forgets them. Again is no error. */
  wipe(): void {
    if (this.#bytes !== undefined) wipe(this.#bytes);
    this.#bytes = undefined;
  }

  toString(): string {
    return SECRET_TEXT;
  }

  toJSON(): string {
    return SECRET_TEXT;
  }

  [inspect](): string {
    return SECRET_TEXT;
  }
}
