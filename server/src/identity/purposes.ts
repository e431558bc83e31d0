// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The purposes for which this daemon signs (INET256 section 4), all reserved. One purpose stands
 * for one layout of bytes for ever: a changed layout gets a new number at its end.
 */
export const PURPOSES = {
  /** The certificate that binds a Noise static key to an identity. */
  noiseStatic: "inet256/mesh256/noise-static/1",
  /** A node's word about the router that it is attached to, or has left (R1). */
  attach: "inet256/mesh256/attach/1",
  /** A router's word that a node is attached to it (R2). */
  consent: "inet256/mesh256/consent/1",
  /** A router's word that it is there (R2). */
  beacon: "inet256/mesh256/beacon/1",
} as const;
