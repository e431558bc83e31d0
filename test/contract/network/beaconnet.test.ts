// SPDX-License-Identifier: GPL-3.0-or-later

import { beaconnet } from "../../../server/src/network/beaconnet/index.js";
import { routerContract } from "./contract.js";

routerContract(beaconnet.configure({}));
