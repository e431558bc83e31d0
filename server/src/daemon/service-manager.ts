// SPDX-License-Identifier: GPL-3.0-or-later

import { loadSys } from "../sys/index.js";

/**
 * Tells a service manager how the daemon is, as sd_notify(3) describes it: `READY=1`, `STOPPING=1`.
 * `socket` is what NOTIFY_SOCKET says. False: it was not told, for want of koffi or of a manager.
 */
export function notifyServiceManager(socket: string, notice: string): boolean {
  return loadSys().sendServiceNotice?.(socket, notice) ?? false;
}
