// SPDX-License-Identifier: GPL-3.0-or-later

/** What can go wrong when the kernel is asked for something that is not on the hot path. */
export type SysErrorCode =
  /** The kernel refused; `errno` says why. */
  "REFUSED";

/** The room's error. Its message names the call and the error number, never an argument. */
export class SysError extends Error {
  override readonly name = "SysError";
  readonly code: SysErrorCode;
  /** Linux's error number; 98 (EADDRINUSE) where a port is taken. */
  readonly errno: number;

  constructor(code: SysErrorCode, call: string, errno: number) {
    super(`${call} was refused by the kernel: error ${errno}`);
    this.code = code;
    this.errno = errno;
  }
}
