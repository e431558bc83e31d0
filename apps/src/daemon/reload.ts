// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * SIGHUP: the daemon's configuration is read again. Guards a daemon that runs: a configuration with
 * a fault in it changes nothing, and is told of.
 */
import { BadConfig } from "../config-file.js";
import { describeFailure } from "../failures.js";
import { note, type Terminal } from "../world.js";

/**
 * From now on every SIGHUP calls `reload`, one after the other. It answers the keys that differ and
 * for which the daemon must be started again.
 */
export function reloadOnHangUp(terminal: Terminal, reload: () => Promise<readonly string[]>): void {
  let before: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      const waiting = await reload();
      note(terminal, "inet256 daemon: the configuration has been read again");
      if (waiting.length === 0) return;
      note(terminal, `inet256 daemon: to take effect at the next start: ${waiting.join(", ")}`);
    } catch (failure) {
      const lines =
        failure instanceof BadConfig
          ? failure.lines
          : [`inet256 daemon: ${describeFailure(failure) ?? "interrupted"}`];
      for (const line of lines) note(terminal, line);
      note(terminal, "inet256 daemon: nothing has changed");
    }
  };
  terminal.onHangUp(() => {
    before = before.then(once);
  });
}
