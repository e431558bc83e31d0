// SPDX-License-Identifier: GPL-3.0-or-later

/** Which way messages go, as the API says it. Translation only. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ExplainRouteResponseSchema, RouteSchema } from "@inet256/proto";
import type { RouteExplanation, RouteStatus } from "../service/index.js";
import { duration } from "./duration.js";

/** The way to a router. */
export function routeMessage(route: RouteStatus): MessageInitShape<typeof RouteSchema> {
  const { router, nextHop, hops, costMicros } = route;
  return {
    router: router.bytes,
    routerText: router.toString(),
    nextHop: nextHop.bytes,
    nextHopText: nextHop.toString(),
    hops,
    ...costOf(costMicros),
  };
}

/** The answer to ExplainRoute. What is not known is left out. */
export function explanationMessage(
  explanation: RouteExplanation,
): MessageInitShape<typeof ExplainRouteResponseSchema> {
  const { ready, why, local, nextHop, router, hops = 0, costMicros } = explanation;
  return {
    ready,
    why,
    local,
    ...(nextHop === undefined ? {} : { nextHop: nextHop.bytes, nextHopText: nextHop.toString() }),
    ...(router === undefined ? {} : { router: router.bytes, routerText: router.toString() }),
    hops,
    ...costOf(costMicros),
  };
}

function costOf(micros: number | undefined) {
  return micros === undefined ? {} : { cost: duration(micros) };
}
