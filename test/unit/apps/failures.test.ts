// SPDX-License-Identifier: GPL-3.0-or-later

import { readFileSync } from "node:fs";
import { NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import {
  CommandError,
  describeFailure,
  exitCodeOf,
  Interrupted,
  ReportedFailure,
  UsageError,
} from "../../../apps/src/failures.js";

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

describe("failures", () => {
  it("have the exit codes that shells know", () => {
    expect(exitCodeOf(new UsageError("x"))).toBe(2);
    expect(exitCodeOf(new CommandError("x"))).toBe(1);
    expect(exitCodeOf(new ReportedFailure())).toBe(1);
    expect(exitCodeOf(new Interrupted(2))).toBe(130);
    expect(exitCodeOf(new Interrupted(15))).toBe(143);
    expect(exitCodeOf("anything")).toBe(1);
  });

  it("are one line", () => {
    expect(describeFailure(new CommandError("one\n  two\r\nthree"))).toBe("one two three");
    expect(describeFailure("a string")).toBe("an unexpected fault");
  });

  it("say nothing when it has been said, or nobody asks", () => {
    expect(describeFailure(new ReportedFailure())).toBeUndefined();
    expect(describeFailure(new Interrupted(2))).toBeUndefined();
  });

  it("name the file of a system's error", () => {
    const missing = thrown(() => readFileSync("/no/such/file"));
    expect(describeFailure(missing)).toBe("/no/such/file: no such file");
    const folder = thrown(() => readFileSync("/"));
    expect(describeFailure(folder)).toBe("a folder, expected a file");
  });

  it.each([
    ["ENOENT", "there is no socket"],
    ["ECONNREFUSED", "nobody listens"],
    ["EACCES", "you may not connect"],
    ["ETIMEDOUT", "ETIMEDOUT"],
  ])("say in a word why there is no daemon: %s", (code, words) => {
    const message = `no daemon answers at unix:///x (No connection established. Last error: Error: connect ${code} /x. Resolution note: )`;
    expect(describeFailure(new NodeError("UNAVAILABLE", message))).toBe(
      `no daemon answers at unix:///x: ${words}; start one with: inet256 daemon`,
    );
  });

  it.each(["self-signed certificate", "Hostname/IP does not match certificate's altnames"])(
    "do not say that nobody is there when somebody is who is not trusted: %s",
    (words) => {
      const message = `no daemon answers at tls://x (No connection established. Last error: Error: ${words}. Resolution note: )`;
      const said = describeFailure(new NodeError("UNAVAILABLE", message));
      expect(said).toContain(words);
      expect(said).toMatch(/; whom to trust says \$INET256_API_CA_FILE$/);
    },
  );
});
