// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { MAX_PROBLEMS } from "../../../server/src/config/constants.js";
import {
  formatPath,
  formatProblem,
  isName,
  toProblems,
} from "../../../server/src/config/problems.js";

describe("formatProblem", () => {
  const problem = {
    file: "a/b.yml",
    line: 3,
    column: 7,
    path: "limits.nodes",
    message: "too small",
  };

  it("writes file, line, column, path and message", () => {
    expect(formatProblem(problem)).toBe("a/b.yml:3:7: limits.nodes: too small");
  });

  it("leaves an empty path out", () => {
    expect(formatProblem({ ...problem, path: "" })).toBe("a/b.yml:3:7: too small");
  });
});

describe("formatPath", () => {
  it("writes keys and indices, and hides what does not read like a name", () => {
    expect(formatPath([])).toBe("");
    expect(formatPath(["peers", 0, "addrs", 12])).toBe("peers[0].addrs[12]");
    expect(formatPath(["limits", "hunter-2-secret-77"])).toBe("limits.?");
  });

  it.each(["log", "api_endpoint", "ip6_portal", "private-key", "a".repeat(32)])(
    "%s reads like a name",
    (key) => expect(isName(key)).toBe(true),
  );

  it.each(["", "-----BEGIN", "5", "a b", "a\u001b[2J", "deadbeef00cafe11", "a".repeat(33), "é"])(
    "%j does not read like a name",
    (key) => expect(isName(key)).toBe(false),
  );
});

describe("toProblems", () => {
  const text = "ab\r\ncd\n\nef";
  const at = (offset: number, message = "m") => ({ offset, path: [], message });

  it.each([
    [0, 1, 1],
    [1, 1, 2],
    [3, 1, 4],
    [4, 2, 1],
    [6, 2, 3],
    [7, 3, 1],
    [8, 4, 1],
    [10, 4, 3],
  ])("finds the line and column of offset %d", (offset, line, column) => {
    expect(toProblems([at(offset)], text, "f")).toEqual([
      { file: "f", line, column, path: "", message: "m" },
    ]);
  });

  it("sorts, and keeps the first of several at one place", () => {
    const problems = toProblems([at(8, "c"), at(4, "a"), at(4, "b")], text, "f");
    expect(problems.map(({ message }) => message)).toEqual(["a", "c"]);
  });

  it("names the line of the other half of a conflict", () => {
    const [problem] = toProblems([{ ...at(8), earlier: 4 }], text, "f");
    expect(problem?.message).toBe("m; first on line 2");
  });

  it("counts what is beyond the bound", () => {
    const many = Array.from({ length: MAX_PROBLEMS + 5 }, (_, offset) => at(offset));
    expect(toProblems(many.slice(0, MAX_PROBLEMS), "x".repeat(200), "f")).toHaveLength(
      MAX_PROBLEMS,
    );
    const problems = toProblems(many, "x".repeat(200), "f");
    expect(problems).toHaveLength(MAX_PROBLEMS + 1);
    expect(problems.at(-1)).toMatchObject({
      column: MAX_PROBLEMS + 1,
      message: "5 more problems from here on",
    });
  });
});
