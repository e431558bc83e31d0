// SPDX-License-Identifier: GPL-3.0-or-later

/** AdminService: what an operator asks. Translation only. */
import type { Implementation } from "@inet256/client/grpc";
import { AdminService } from "@inet256/proto";
import type { DaemonService } from "../service/index.js";
import { addressOf } from "./request-address.js";
import { explanationMessage } from "./route-message.js";
import { type ApiStatus, statusMessage } from "./status-message.js";
import type { UnaryMaker } from "./unary.js";

/** Makes the handlers. */
export function createAdminHandlers(
  service: Pick<DaemonService, "explain" | "status">,
  version: string,
  unary: UnaryMaker,
  api: () => ApiStatus,
): Implementation<typeof AdminService> {
  return {
    getStatus: unary(AdminService.method.getStatus, () =>
      statusMessage(service.status(), api(), version),
    ),
    explainRoute: unary(AdminService.method.explainRoute, async (request, { signal }) =>
      explanationMessage(await service.explain(addressOf(request), { signal })),
    ),
  };
}
