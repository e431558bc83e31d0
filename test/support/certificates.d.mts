// SPDX-License-Identifier: GPL-3.0-or-later

/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority, which signs itself. */
export function createAuthority(name: string): Certificate;

/** A certificate for localhost, 127.0.0.1 and ::1, or of a client, by an authority. */
export function createSigned(name: string, authority: Certificate): Certificate;
