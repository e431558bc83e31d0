// SPDX-License-Identifier: GPL-3.0-or-later

import { routerContract } from "@inet256/mesh256/testing";
import { describe, it } from "vitest";
import { beaconnet } from "../../../server/src/network/beaconnet/index.js";

routerContract(beaconnet.configure({}), { describe, it });
