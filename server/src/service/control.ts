// SPDX-License-Identifier: GPL-3.0-or-later

import type { Address } from "@inet256/client";
import type { LogLevel } from "../core/index.js";

/** A routing algorithm that the daemon could use. */
export interface NetworkStatus {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Whether this daemon uses it. */
  readonly used: boolean;
  /** Its options, a JSON Schema (draft 2020-12). */
  readonly optionsSchema: object;
}

/** What an operator may change while the daemon runs. Whoever puts the daemon together gives it. */
export interface Control {
  /**
   * Keeps a link with a peer from now on; the addresses are added to those it has. Rejects with
   * NodeError BAD_REQUEST for what cannot be dialled, UNSUPPORTED_OPTION when it cannot be saved;
   * nothing has changed then.
   */
  addPeer(address: Address, transportAddresses: readonly string[], save: boolean): Promise<void>;
  /**
   * Ends the link with a peer. Rejects with NodeError NO_SUCH_ADDRESS if there is none and none is
   * configured, UNSUPPORTED_OPTION when that cannot be saved; nothing has changed then.
   */
  removePeer(address: Address, save: boolean): Promise<void>;
  /** The routing algorithms to choose from. */
  networks(): readonly NetworkStatus[];
  readonly logLevel: LogLevel;
  setLogLevel(level: LogLevel): void;
}
