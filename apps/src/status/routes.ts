// SPDX-License-Identifier: GPL-3.0-or-later

/** The ways to other daemons as a table, the shortest first: a line per daemon. */
import type { RouteStatus } from "@inet256/client";
import { formatCount, formatMicros } from "../quantities.js";
import { type Align, formatColumns } from "./columns.js";

const HEADINGS = ["routes", "hops", "cost", "next hop"] as const;
const ALIGNS: readonly Align[] = ["left", "right", "right", "left"];

/** The table, with its headings; one line that says so where there is no way to anybody. */
export function routeLines(routes: readonly RouteStatus[]): string[] {
  if (routes.length === 0) return ["routes", "  none"];
  const sorted = [...routes].sort(
    (a, b) => a.hops - b.hops || (a.costMicros ?? 0) - (b.costMicros ?? 0),
  );
  return formatColumns([HEADINGS, ...sorted.map(row)], ALIGNS);
}

function row({ router, nextHop, hops, costMicros }: RouteStatus): string[] {
  const cost = costMicros === undefined ? "-" : formatMicros(costMicros);
  return [`  ${router}`, formatCount(hops), cost, nextHop.equals(router) ? "-" : `${nextHop}`];
}
