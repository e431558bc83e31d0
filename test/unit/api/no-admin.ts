// SPDX-License-Identifier: GPL-3.0-or-later

// An operator's side of a daemon of which nothing may be asked, to be filled in where it may.

import type { AdminOptions } from "../../../server/src/api/admin-handlers.js";

const unexpected = (): never => {
  throw new Error("not expected to be called");
};

/** Everything throws. */
export const NO_ADMIN: AdminOptions = {
  service: {
    explain: unexpected,
    listNodes: unexpected,
    pause: unexpected,
    ping: unexpected,
    status: unexpected,
    trace: unexpected,
  },
  control: {
    addPeer: unexpected,
    removePeer: unexpected,
    networks: unexpected,
    logLevel: "info",
    setLogLevel: unexpected,
  },
  version: "1.2.3",
  unary: () => unexpected,
  streaming: () => unexpected,
  api: unexpected,
};
