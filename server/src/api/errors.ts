// SPDX-License-Identifier: GPL-3.0-or-later

/** Why the API cannot be served. */
export type ApiErrorCode =
  | "SOCKET_IN_USE"
  | "SOCKET_UNUSABLE"
  /** A file of `api:` in the configuration is missing, unsafe, or not what it should be. */
  | "ACCESS_REFUSED";

/** The API cannot be served; the message is a sentence for the operator. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
