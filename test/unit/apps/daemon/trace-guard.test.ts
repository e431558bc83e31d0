// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { refuseTraces } from "../../../../apps/src/daemon/trace-guard.js";

describe("the guard against traces", () => {
  it.each([
    { GRPC_TRACE: "all" },
    { GRPC_NODE_TRACE: "http_filter" },
    { GRPC_VERBOSITY: "DEBUG" },
    { GRPC_NODE_VERBOSITY: "debug" },
  ])("refuses %j", (env) => {
    const [name] = Object.keys(env);
    expect(() => refuseTraces(env)).toThrow(
      `${name} is set, and would write tokens to the log: expected it unset, or --unsafe-trace`,
    );
  });

  it.each([{}, { GRPC_TRACE: "" }, { GRPC_VERBOSITY: "ERROR" }])("lets pass %j", (env) => {
    expect(() => refuseTraces(env)).not.toThrow();
  });
});
