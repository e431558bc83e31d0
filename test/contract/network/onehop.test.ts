// SPDX-License-Identifier: GPL-3.0-or-later

import { routerContract } from "@inet256/mesh256/testing";
import { describe, it } from "vitest";
import { onehop } from "../../../server/src/network/onehop/index.js";

routerContract(onehop.configure({}), { describe, it });
