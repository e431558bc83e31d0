// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Audit lines: who connected, who was refused, which nodes came and went, who changed what. Guards
 * that no secret is in them (rule P3), and that a flood of refusals is a bounded number of lines.
 */
import { type Clock, createTokenBucket, type LogFields, type Logger } from "../core/index.js";
import { REFUSALS_LOGGED_PER_SECOND } from "./constants.js";
import type { Origin } from "./origin.js";

/** One who calls, as the lines name it. */
export interface Audited {
  /** Its name for as long as it is connected: `client-17`. */
  readonly name: string;
  readonly origin: Origin;
}

/** Writes the lines. */
export interface Audit {
  /** A connection may call from now on: at once, or because it showed a token. */
  connected(who: Audited): void;
  /** A connection is over. */
  gone(who: Audited): void;
  /** A connection or call was refused; `why` is a few fixed words. */
  refused(who: Omit<Audited, "name"> & Partial<Audited>, why: string): void;
  /** A node was opened or closed; an address is no secret. */
  node(who: Audited, what: "opened" | "closed", address: string): void;
  /** An operator changed something; `fields` say what, and hold no secret. */
  changed(who: Audited, what: string, fields?: LogFields): void;
}

/** Lines go to this log. */
export function createAudit(log: Logger, clock: Clock): Audit {
  const bucket = createTokenBucket(REFUSALS_LOGGED_PER_SECOND, 2 * REFUSALS_LOGGED_PER_SECOND);
  let unsaid = 0;
  const about = ({ name, origin }: Partial<Audited> & Pick<Audited, "origin">): LogFields => ({
    ...(name === undefined ? {} : { client: name }),
    endpoint: origin.endpoint,
    ...origin.from,
  });
  // Every command on this machine is a connection: of those only who looks for it hears.
  const say = ({ origin }: Audited) => (origin.kind === "unix" ? log.debug : log.info);
  return {
    connected: (who) => say(who)("audit: client connected", about(who)),
    gone: (who) => say(who)("audit: client gone", about(who)),
    refused(who, why) {
      if (!bucket.take(clock.monotonicMs())) {
        unsaid += 1;
        return;
      }
      log.warn("audit: refused", { ...about(who), why, ...(unsaid > 0 ? { unsaid } : {}) });
      unsaid = 0;
    },
    node: ({ name }, what, address) => log.debug(`audit: node ${what}`, { client: name, address }),
    changed: (who, what, fields = {}) =>
      log.info("audit: changed", { ...about(who), what, ...fields }),
  };
}
