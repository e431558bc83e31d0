// SPDX-License-Identifier: GPL-3.0-or-later

// The laboratory of routers, where what it does is more than the contract's cases show.

import { createRouterLab } from "@inet256/mesh256/testing";
import { expect, it } from "vitest";
import { onehop } from "../../../server/src/network/onehop/index.js";

it("wakes a router that asks for it while it is made, as a daemon does", () => {
  const whole = onehop.configure({});
  const woken: number[] = [];
  const lab = createRouterLab({
    ...whole,
    createRouter(environment) {
      environment.sink.wakeAt(0);
      const router = whole.createRouter(environment);
      return {
        ...router,
        wake(nowMs) {
          woken.push(nowMs);
          router.wake(nowMs);
        },
      };
    },
  });
  lab.daemon("a");
  const nowMs = lab.clock.monotonicMs();
  lab.run(10);
  expect(woken).toHaveLength(1);
  expect((woken[0] ?? -1) - nowMs).toBeLessThan(2);
});
