// SPDX-License-Identifier: GPL-3.0-or-later

import type { LogFields } from "../core/index.js";

/** The process at the other end of a unix socket, as the kernel knows it. */
export interface PeerProcess {
  readonly uid: number;
  readonly pid: number;
}

/** Where a connection comes from. */
export interface Origin {
  readonly kind: "unix" | "tcp" | "tls";
  /** Where the daemon listens for it, as clients write it. */
  readonly endpoint: string;
  /** What is known of the other end: its address, or its process; never a secret. */
  readonly from: LogFields;
}

/** Whether a connection may call as it is: whoever can open the unix socket may. */
export function isProved({ kind }: Origin): boolean {
  return kind === "unix";
}
