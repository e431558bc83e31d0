// SPDX-License-Identifier: GPL-3.0-or-later

import { onehop } from "../../../server/src/network/onehop/index.js";
import { routerContract } from "./contract.js";

routerContract(onehop.configure({}));
