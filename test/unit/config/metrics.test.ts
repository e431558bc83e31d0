// SPDX-License-Identifier: GPL-3.0-or-later

// Where metrics are read: on this machine, unless somebody says that others may.

import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../server/src/config/index.js";
import { parseConfig } from "./bound.js";

const read = (text: string): unknown => {
  const result = parseConfig(text, { file: "f" });
  return result.ok ? result.config.metrics.listen : result.problems.map(formatProblem);
};
const refusals = (text: string): string => [read(text)].flat().join("\n");

describe("metrics-stay-on-this-machine", () => {
  it.each(["127.0.0.1:9256", "127.3.2.1:0", "[::1]:9256"])("%s is this machine", (listen) => {
    expect(read(`metrics: {listen: "${listen}"}`)).toBe(listen);
  });

  it.each(["0.0.0.0:9256", "192.0.2.1:9256", "[::]:9256", "[2001:db8::1]:9256", "128.0.0.1:1"])(
    "%s is refused, unless it is allowed",
    (listen) => {
      const said = refusals(`metrics: {listen: "${listen}"}`);
      expect(said).toMatch(/^f:1:\d+: metrics\.listen: reachable from other machines, /);
      expect(said).toContain("allow_remote: true");
      expect(read(`metrics: {listen: "${listen}", allow_remote: true}`)).toBe(listen);
    },
  );

  it.each([
    ["a name", "localhost:9256", /names are not looked up/],
    ["no port", "127.0.0.1", /no port, expected/],
    ["IPv6 without brackets", "::1", /no port, expected/],
    ["nothing", "", /empty/],
  ])("%s is refused", (_, listen, why) => {
    expect(refusals(`metrics: {listen: "${listen}"}`)).toMatch(why);
  });

  it("is nothing at all where nothing is said", () => {
    for (const text of ["", "metrics:\n", "metrics: {}\n", "metrics: {allow_remote: true}\n"]) {
      expect(read(text)).toBe(undefined);
    }
    expect(refusals("metrics: {allow_remote: yes}")).toContain("expected true or false");
  });
});
