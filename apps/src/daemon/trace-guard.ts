// SPDX-License-Identifier: GPL-3.0-or-later

import { UsageError } from "../failures.js";

const TRACE_VARIABLES = ["GRPC_NODE_TRACE", "GRPC_TRACE"] as const;
const VERBOSITY_VARIABLES = ["GRPC_NODE_VERBOSITY", "GRPC_VERBOSITY"] as const;

/**
 * Refuses the variables with which grpc-js writes what it carries, tokens included, to stderr
 * (rule P3). Throws UsageError that names the variable.
 */
export function refuseTraces(env: Readonly<Record<string, string | undefined>>): void {
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  const isDebug = (name: string): boolean => env[name]?.toUpperCase() === "DEBUG";
  const found = TRACE_VARIABLES.find(isSet) ?? VERBOSITY_VARIABLES.find(isDebug);
  if (found === undefined) return;
  throw new UsageError(
    `${found} is set, and would write tokens to the log: expected it unset, or --unsafe-trace`,
  );
}
