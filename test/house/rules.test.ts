// SPDX-License-Identifier: GPL-3.0-or-later

// That each rule of the house can fail: made-up sources that break it, beside some that do not.

import { describe, expect, it } from "vitest";
import * as rules from "./rules.js";

interface Case {
  /** Where the made-up source would lie. */
  readonly path: string;
  readonly text: string;
  /** `line: rule` of each violation, and words of its message; none: the source is fine. */
  readonly wrong?: readonly (readonly [line: number, words: string])[];
}

/** Sources by the name of the rule they are for. */
const CASES: Readonly<Record<keyof typeof rules.RULES, readonly Case[]>> = {
  roomsByTheirDoors: [
    {
      path: "server/src/node/nodes.ts",
      text: 'import { x } from "../core/index.js";\nimport { y } from "./ping.js";\n',
    },
    {
      path: "server/src/node/nodes.ts",
      text: '\nimport type { x } from "../core/budget.js";\n',
      wrong: [[2, "doors: server/src/core/index.js, got server/src/core/budget.js"]],
    },
    {
      path: "server/src/core/clock.ts",
      text: 'export { x } from "../node/index.js";\n',
      wrong: [[1, "rooms: core may import no other room, got node"]],
    },
    {
      path: "server/src/api/deep/down.ts",
      text: 'import {\n  type A,\n} from "../../node/index.js";\nconst b = await import("../../daemon/index.js");\n',
      wrong: [
        [3, "rooms: api may import service, registry"],
        [4, "got daemon"],
      ],
    },
    {
      path: "server/src/service/service.ts",
      text: 'type T = import("../api/index.js").Api;\n',
      wrong: [[1, "got api"]],
    },
    {
      path: "server/src/kitchen/stove.ts",
      text: "export const hot = true;\n",
      wrong: [[1, "rooms: a room that stands in the table, got kitchen"]],
    },
    {
      path: "server/src/node/nodes.ts",
      text: 'import { x } from "../../../clients/ts/src/index.js";\n',
      wrong: [[1, "nothing outside server/src but packages"]],
    },
    {
      path: "server/src/index.ts",
      text: 'export { x } from "./api/index.js";\nexport { y } from "./api/open.js";\n',
      wrong: [[2, "doors"]],
    },
    {
      path: "server/src/daemon/daemon.ts",
      text: 'import { x } from "../testing/index.js";\n',
      wrong: [[1, "rooms: nothing of testing, which is for others"]],
    },
  ],
  packagesOfTheTable: [
    {
      path: "server/src/node/nodes.ts",
      text: 'import { Address } from "@inet256/client/identity";\nimport { join } from "node:path";\n',
    },
    {
      path: "server/src/node/nodes.ts",
      text: 'import { Node } from "@inet256/client";\n',
      wrong: [
        [1, "packages: node may import @inet256/client/identity, node:buffer, node:path, got"],
      ],
    },
    { path: "server/src/crypto/a.ts", text: 'import { x } from "@noble/curves/ed25519.js";\n' },
    {
      path: "server/src/identity/a.ts",
      text: 'import { x } from "@noble/curves/ed25519.js";\nimport y from "node:crypto";\n',
      wrong: [
        [1, "identity may import"],
        [2, "got node:crypto"],
      ],
    },
    {
      path: "server/src/crypto/a.ts",
      text: 'const koffi = require("koffi");\n',
      wrong: [[1, "got koffi"]],
    },
    { path: "server/src/sys/a.ts", text: 'import koffi from "koffi";\n' },
    { path: "server/src/core/system.ts", text: 'import { randomFillSync } from "node:crypto";\n' },
    {
      path: "server/src/core/random.ts",
      text: 'import { randomFillSync } from "node:crypto";\n',
      wrong: [[1, "core may import"]],
    },
    {
      path: "server/src/core/random.ts",
      text: 'import fs from "fs";\n',
      wrong: [[1, "got fs"]],
    },
    { path: "server/src/index.ts", text: 'import "pino";\n', wrong: [[1, "rooms only, got pino"]] },
  ],
  processOnlyInApps: [
    { path: "apps/src/main.ts", text: "process.exit(0);\n" },
    { path: "server/src/core/system.ts", text: 'import { nextTick } from "node:process";\n' },
    {
      path: "server/src/core/budget.ts",
      text: 'import { nextTick } from "node:process";\n',
      wrong: [[1, "process"]],
    },
    { path: "clients/ts/src/endpoint.ts", text: "const { env } = process;\n" },
    {
      path: "server/src/node/nodes.ts",
      text: '// process.env\nconst a = "process.env";\nconst b = x.process;\ninterface C { process: number }\n',
    },
    {
      path: "server/src/daemon/daemon.ts",
      text: "const a = process.pid;\nconst b = globalThis.process;\nif (process === undefined) b();\n",
      wrong: [
        [1, "process: no use of the process outside apps/"],
        [3, "process"],
      ],
    },
    {
      path: "clients/ts/src/client.ts",
      text: 'import { env } from "node:process";\nimport { fork } from "child_process";\n',
      wrong: [
        [1, "process"],
        [2, "process"],
      ],
    },
  ],
  machineOnlyInCore: [
    { path: "server/src/core/system.ts", text: "Date.now(); setTimeout(f, performance.now());\n" },
    { path: "clients/ts/src/client.ts", text: "setTimeout(f, Math.random());\n" },
    {
      path: "server/src/node/nodes.ts",
      text: "// setTimeout\nconst a = 'Date.now()';\nconst b = new Date(0);\nconst c: Date = b;\n",
    },
    {
      path: "server/src/core/deadlines.ts",
      text: "Date.now();\nperformance.now();\nnew Date();\nsetTimeout(f);\nsetInterval(f);\nsetImmediate(f);\nqueueMicrotask(f);\n",
      wrong: [
        [1, "machine: the Clock of core, got Date.now"],
        [2, "got performance"],
        [3, "got new Date"],
        [4, "machine: Deadlines or Turns of core, got setTimeout"],
        [5, "got setInterval"],
        [6, "got setImmediate"],
        [7, "got queueMicrotask"],
      ],
    },
    {
      path: "server/src/api/sessions.ts",
      text: "Math.random();\ncrypto.randomBytes(32);\ncrypto.getRandomValues(x);\nimport { setTimeout } from 'node:timers/promises';\n",
      wrong: [
        [4, "got setTimeout"],
        [1, "machine: the Random of core, got Math.random"],
        [2, "got randomBytes"],
        [3, "got getRandomValues"],
        [4, "got node:timers/promises"],
      ],
    },
  ],
  packagesLookOneWay: [
    {
      path: "apps/src/commands/daemon.ts",
      text: 'import { startDaemon } from "@inet256/mesh256";\n',
    },
    { path: "clients/ts/src/identity/a.ts", text: 'import { x } from "@noble/hashes/sha3.js";\n' },
    {
      path: "clients/ts/src/client.ts",
      text: 'import { x } from "@inet256/mesh256";\nimport { y } from "../../../server/src/index.js";\nimport "@noble/hashes/sha3.js";\n',
      wrong: [
        [1, "one way: nothing of server/ or apps/"],
        [2, "nothing outside clients/ts/src/"],
        [3, "crypto libraries in identity/ only"],
      ],
    },
    {
      path: "apps/src/commands/ping.ts",
      text: 'await import("@inet256/mesh256");\nimport { Client } from "@grpc/grpc-js";\nimport "@inet256/client/grpc";\nimport "../../../server/src/index.js";\n',
      wrong: [
        [1, "a daemon through @inet256/client; the daemon itself only in"],
        [2, "a daemon through @inet256/client only"],
        [3, "a daemon through @inet256/client only"],
        [4, "nothing outside apps/src/"],
      ],
    },
    {
      path: "apps/src/keys.ts",
      text: 'import koffi from "koffi";\nimport { x } from "@inet256/client/identity";\n',
      wrong: [[1, "koffi in server/ only"]],
    },
    {
      path: "server/src/daemon/daemon.ts",
      text: 'import { x } from "@inet256/cli";\n',
      wrong: [[1, "nothing of apps/"]],
    },
  ],
  spdxOfItsFolder: [
    { path: "server/src/a.ts", text: "// SPDX-License-Identifier: GPL-3.0-or-later\n" },
    {
      path: "apps/bin/a.js",
      text: "#!/usr/bin/env node\n// SPDX-License-Identifier: GPL-3.0-or-later\n",
    },
    { path: "clients/python/src/a.py", text: "# SPDX-License-Identifier: Apache-2.0\n" },
    { path: "clients/python/tests/__init__.py", text: "" },
    { path: "clients/go/internal/gen/a.pb.go", text: "// Code generated. DO NOT EDIT.\n" },
    {
      path: "clients/ts/src/a.ts",
      text: "// SPDX-License-Identifier: GPL-3.0-or-later\n",
      wrong: [[1, "licence: SPDX-License-Identifier: Apache-2.0, got GPL-3.0-or-later"]],
    },
    {
      path: "server/src/a.ts",
      text: "\n// SPDX-License-Identifier: GPL-3.0-or-later\n",
      wrong: [[1, "got none"]],
    },
    { path: "apps/bin/a.js", text: "#!/usr/bin/env node\nimport 'x';\n", wrong: [[2, "got none"]] },
    {
      path: "clients/go/internal/gen/a.pb.go",
      text: "// SPDX-License-Identifier: MIT\n",
      wrong: [[1, "got MIT"]],
    },
  ],
  noDefaultExports: [
    { path: "apps/src/a.ts", text: '// export default\nexport const a = "export default";\n' },
    {
      path: "apps/src/a.ts",
      text: "const a = 1;\nexport default a;\nexport { a as default };\n",
      wrong: [
        [2, "exports: a named export"],
        [3, "exports: a named export"],
      ],
    },
  ],
  noDumps: [
    { path: "server/src/core/budget.ts", text: "" },
    { path: "clients/ts/src/types.ts", text: "", wrong: [[1, "names: a name that says"]] },
    { path: "server/src/core/utils.ts", text: "", wrong: [[1, "got utils"]] },
    { path: "test/unit/api/helpers.test.ts", text: "", wrong: [[1, "got helpers"]] },
    { path: "clients/python/src/common.py", text: "", wrong: [[1, "got common"]] },
  ],
  doorsSayWhatFor: [
    {
      path: "server/src/core/index.ts",
      text: "// SPDX-License-Identifier: x\n\n/**\n * Core: what every other room stands on, and why it is there.\n */\nexport {};\n",
    },
    { path: "server/src/core/deep/index.ts", text: "export {};\n" },
    {
      path: "server/src/core/index.ts",
      text: "// SPDX-License-Identifier: x\n\nexport {};\n/** Too late: the comment does not stand at the top of the door. */\n",
      wrong: [[1, "doors: a doc comment at the top"]],
    },
    {
      path: "server/src/api/index.ts",
      text: "// SPDX-License-Identifier: x\n\n/** The API. */\nexport {};\n",
      wrong: [[1, "doors"]],
    },
  ],
  noGettersWherePacketsPass: [
    {
      path: "server/src/link/flight.ts",
      text: "return {\n  open: () => true,\n  get: find,\n};\n",
    },
    { path: "server/src/metrics/a.ts", text: "return {\n  get open() {},\n};\n" },
    {
      path: "server/src/link/flight.ts",
      text: "return {\n  get open() {\n    return true;\n  },\n};\n",
      wrong: [[2, "getters: a property or a method, got a getter"]],
    },
    {
      path: "server/src/transport/udp.ts",
      text: "const a = { get size() { return 1; } };\n",
      wrong: [[1, "getters"]],
    },
  ],
  filesStaySmall: [
    { path: "server/src/a.ts", text: "x\n".repeat(400) },
    { path: "gen/src/a_pb.ts", text: "x\n".repeat(4_000) },
    {
      path: "server/src/a.ts",
      text: "x\n".repeat(401),
      wrong: [[401, "length: at most 400 lines, got 401"]],
    },
    { path: "clients/go/client.go", text: "x\n".repeat(500), wrong: [[401, "got 500"]] },
  ],
};

describe.each(Object.entries(rules.RULES))("%s", (name, rule) => {
  const cases = CASES[name] ?? [];

  it("has sources that break it, and some that do not", () => {
    expect(cases.some(({ wrong }) => wrong !== undefined)).toBe(true);
    expect(cases.some(({ wrong }) => wrong === undefined)).toBe(true);
  });

  it.each(cases)("says what is wrong with $path (%#)", ({ path, text, wrong = [] }) => {
    const found = rule({ path, text });
    expect(found.length, found.join("\n")).toBe(wrong.length);
    for (const [i, [line, words]] of wrong.entries()) {
      expect(found[i]).toContain(`${path}:${line}: `);
      expect(found[i]).toContain(words);
    }
  });
});
