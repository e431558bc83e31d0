// SPDX-License-Identifier: GPL-3.0-or-later

import type { z } from "zod";
import type { Path } from "./problems.js";

/**
 * A check that finds those items of a list which have something in common with an earlier one, or
 * what lies `within` them. The issue's `params.earlier` is the path of the first, from the list on.
 * Lists with bad items are seen too: `common` answers undefined for what it cannot compare.
 */
export function findRepeated<Item>(
  common: (item: Item) => unknown,
  message: string,
  within: Path = [],
): (items: readonly Item[], context: z.core.$RefinementCtx<readonly Item[]>) => void {
  return (items, context) => {
    if (!Array.isArray(items)) return;
    const first = new Map<unknown, number>();
    for (const [index, item] of items.entries()) {
      const key = common(item);
      if (key === undefined) continue;
      const earlier = first.get(key);
      if (earlier === undefined) {
        first.set(key, index);
        continue;
      }
      const path = [index, ...within];
      const params = { earlier: [earlier, ...within] };
      context.addIssue({ code: "custom", path, message, params });
    }
  };
}
