// SPDX-License-Identifier: GPL-3.0-or-later

/** Why a transport could not be made. */
export type TransportErrorCode =
  /** What to bind to is not an address with a port, or a second one of its family. */
  | "BAD_BIND_ADDRESS"
  /** The machine refused: the port is taken, or the address is not its own. */
  | "BIND_FAILED";

/** The room's error. Names the address it was about; its cause says what the machine said. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
