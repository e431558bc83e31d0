// SPDX-License-Identifier: GPL-3.0-or-later

// The section `metrics`. Guards that counters are not told to a network by mistake: they say who the
// peers are, and how much passes.

import type { MetricsSettings } from "./config.js";
import { canonicalEndpoint, parseEndpoint, wrongBindAddress } from "./endpoints.js";
import { flag, section, text } from "./fields.js";

const LISTEN_EXPECTED = "an IP address of this machine and a port, such as 127.0.0.1:9256";
const LISTEN_EXAMPLE = "127.0.0.1:9256";
const BEYOND =
  "reachable from other machines, expected a loopback address such as 127.0.0.1, or " +
  "allow_remote: true where something else keeps strangers away";

/** The section `metrics`. */
export const metricsSchema = section({
  listen: text(LISTEN_EXPECTED, wrongListen)
    .transform(canonicalEndpoint)
    .optional()
    .describe(
      "Where counters are read, ADDRESS:PORT, by HTTP at /metrics. Left out: nowhere. Anybody who " +
        "can connect reads them.",
    )
    .meta({ examples: [LISTEN_EXAMPLE] }),
  allow_remote: flag("Whether `listen` may be an address that other machines reach.").default(
    false,
  ),
})
  .superRefine(
    ({ listen, allow_remote: allowed }, context) => {
      if (typeof listen !== "string" || allowed === true) return;
      const read = parseEndpoint(listen);
      if (read === undefined || isLoopback(read.ip)) return;
      context.addIssue({ code: "custom", path: ["listen"], message: BEYOND });
    },
    { when: () => true },
  )
  .transform(({ listen }): MetricsSettings => Object.freeze({ listen }));

function wrongListen(given: string): string | undefined {
  return (
    wrongBindAddress(given) ?? (/:\d+$/.test(given) && !isBareIpv6(given) ? undefined : "no port")
  );
}

/** `::1` ends with digits, too. */
function isBareIpv6(given: string): boolean {
  return !given.startsWith("[") && given.indexOf(":") !== given.lastIndexOf(":");
}

/** 127.0.0.0/8 and ::1. */
function isLoopback(ip: Uint8Array): boolean {
  if (ip.length === 4) return ip[0] === 127;
  return ip.every((byte, i) => byte === (i === 15 ? 1 : 0));
}
