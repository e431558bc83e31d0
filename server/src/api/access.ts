// SPDX-License-Identifier: GPL-3.0-or-later

import type { AccessPaths } from "./access-files.js";

/** Who may call beside the owner of the unix socket, as the configuration says it. */
export interface AccessSettings extends AccessPaths {
  /** The group that may use the unix socket too; undefined: none. */
  readonly socketGroup: string | number | undefined;
  /** Where to listen beside it. What is beyond loopback is tls. */
  readonly listen: readonly ListenAddress[];
}

/** An address to listen on. */
export interface ListenAddress {
  readonly kind: "tcp" | "tls";
  /** An IP address without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** The owner of the unix socket alone. */
export const OWNER_ONLY: AccessSettings = Object.freeze({
  socketGroup: undefined,
  listen: Object.freeze([]),
  tokenPath: undefined,
  tlsCertPath: undefined,
  tlsKeyPath: undefined,
  tlsClientCaPath: undefined,
});
