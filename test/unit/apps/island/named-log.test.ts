// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createNamedLog } from "../../../../apps/src/island/named-log.js";
import { createCaptured } from "../../../support/captured.js";

describe("the log of a daemon among others", () => {
  it("says whose it is in every line of JSON, which stays JSON", () => {
    const output = createCaptured();
    const log = createNamedLog(output, "d2");
    expect(log.isTTY).toBe(false);
    log.write('{"level":30,"msg":"a {"}\n');
    log.write(Buffer.from('{"level":40,"msg":"b"}\n{"level":50,"msg":"c"}\n'));
    expect(output.lines.map((line) => JSON.parse(line))).toEqual([
      { daemon: "d2", level: 30, msg: "a {" },
      { daemon: "d2", level: 40, msg: "b" },
      { daemon: "d2", level: 50, msg: "c" },
    ]);
  });

  it("says it in front of words on a terminal", () => {
    const output = Object.assign(createCaptured(), { isTTY: true });
    const log = createNamedLog(output, "d2");
    expect(log.isTTY).toBe(true);
    log.write("[12:00] INFO: started\n");
    expect(output.text).toBe("d2 [12:00] INFO: started\n");
  });
});
