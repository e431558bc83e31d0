// SPDX-License-Identifier: GPL-3.0-or-later

// Ways as daemons of other versions, and broken ones, tell them.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { generateKey, NodeError } from "@inet256/client";
import { ExplainRouteResponseSchema, RouteSchema } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { readExplanation, readRoute } from "../../../clients/ts/src/routes.js";

const { bytes } = generateKey().address;

const explanation = (answer: MessageInitShape<typeof ExplainRouteResponseSchema>) =>
  readExplanation(create(ExplainRouteResponseSchema, answer));

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof NodeError ? error.reason : "not a NodeError";
  }
  return "nothing was thrown";
}

describe("an explanation", () => {
  it("that says nothing is that there is no way", () => {
    expect(explanation({})).toEqual({
      ready: false,
      why: "",
      local: false,
      nextHop: undefined,
      router: undefined,
      hops: undefined,
      costMicros: undefined,
    });
  });

  it("with an address that is none is a fault of the daemon", () => {
    expect(reasonOf(() => explanation({ router: new Uint8Array(31) }))).toBe("INTERNAL");
    expect(reasonOf(() => explanation({ nextHop: new Uint8Array(33) }))).toBe("INTERNAL");
  });
});

describe("a route", () => {
  it.each([{}, { router: bytes }, { nextHop: bytes }])("without both ends is a fault", (route) => {
    expect(reasonOf(() => readRoute(create(RouteSchema, route)))).toBe("INTERNAL");
  });
});
