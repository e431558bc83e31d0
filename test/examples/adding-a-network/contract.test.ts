// SPDX-License-Identifier: GPL-3.0-or-later

import { routerContract } from "@inet256/mesh256/testing";
import { describe, it } from "vitest";
import { staticRoutes } from "./index.js";

routerContract(staticRoutes.configure({}), { describe, it });
