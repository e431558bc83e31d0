// SPDX-License-Identifier: GPL-3.0-or-later

// The built router contract, run by node:test: started by router-contract.test.ts.

import { describe, it } from "node:test";
import { listAlgorithms } from "@inet256/mesh256";
import { routerContract } from "@inet256/mesh256/testing";

for (const algorithm of listAlgorithms()) routerContract(algorithm.configure({}), { describe, it });
