// SPDX-License-Identifier: GPL-3.0-or-later

// SIGHUP: what the operator reads, and that one reload does not overtake another.

import { describe, expect, it } from "vitest";
import { BadConfig } from "../../../../apps/src/config-file.js";
import { reloadOnHangUp } from "../../../../apps/src/daemon/reload.js";
import { CommandError } from "../../../../apps/src/failures.js";
import { createTestTerminal } from "../../../support/commands.js";

const AGAIN = "inet256 daemon: the configuration has been read again";
const UNCHANGED = "inet256 daemon: nothing has changed";

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** A daemon that reloads as a test says, and what is said of it. */
function createScene(reload: () => Promise<readonly string[]>) {
  let hangUp = (): void => expect.unreachable();
  const terminal = createTestTerminal();
  const hearing = {
    ...terminal,
    onHangUp(hear: () => void) {
      hangUp = hear;
    },
  };
  reloadOnHangUp(hearing, reload);
  return {
    hangUp: () => hangUp(),
    said: () => terminal.stderr.lines,
    printed: () => terminal.stdout.text,
  };
}

describe("a configuration that is read again", () => {
  it.each([
    ["changes what can be", [], [AGAIN]],
    [
      "names what waits for the next start",
      ["limits", "log.format"],
      [AGAIN, "inet256 daemon: to take effect at the next start: limits, log.format"],
    ],
  ])("%s", async (_, waiting, lines) => {
    const { hangUp, said, printed } = createScene(async () => waiting);
    expect(said()).toEqual([]);
    hangUp();
    await settle();
    expect([said(), printed()]).toEqual([lines, ""]);
  });

  it.each([
    ["is faulty", new BadConfig([], ["f:1:1: one", "f:2:1: two"]), ["f:1:1: one", "f:2:1: two"]],
    ["is not there", new CommandError("f: no such file"), ["inet256 daemon: f: no such file"]],
  ])("and %s changes nothing, and says why; the next one is read", async (_, failure, lines) => {
    let failing = true;
    const { hangUp, said } = createScene(async () => {
      if (failing) throw failure;
      return [];
    });
    hangUp();
    await settle();
    expect(said()).toEqual([...lines, UNCHANGED]);
    failing = false;
    hangUp();
    await settle();
    expect(said().slice(lines.length + 1)).toEqual([AGAIN]);
  });

  it("is done with before it is read once more", async () => {
    const ends: (() => void)[] = [];
    const { hangUp, said } = createScene(
      () => new Promise((resolve) => ends.push(() => resolve([]))),
    );
    hangUp();
    hangUp();
    await settle();
    expect([ends.length, said()]).toEqual([1, []]);
    ends[0]?.();
    await settle();
    expect([ends.length, said()]).toEqual([2, [AGAIN]]);
    ends[1]?.();
    await settle();
    expect(said()).toEqual([AGAIN, AGAIN]);
  });
});
