// SPDX-License-Identifier: GPL-3.0-or-later

// Where metrics may be read: on this machine alone unless the operator says otherwise, and the exact
// lines a user reads.

import { describe, expect, it } from "vitest";
import { parseConfig } from "./bound.js";
import { type Row, refuses } from "./problem-rows.js";

const EXPECTED = "expected an IP address of this machine and a port, such as 127.0.0.1:9256";
const BEYOND =
  "reachable from other machines, expected a loopback address such as 127.0.0.1, or " +
  "allow_remote: true where something else keeps strangers away";

const at = (listen: string, more = ""): string => `metrics:\n  listen: "${listen}"\n${more}`;

const BEYOND_LOOPBACK: readonly Row[] = [
  "0.0.0.0:9256",
  "[::]:9256",
  "192.0.2.1:9256",
  "128.0.0.1:9256",
  "126.255.255.255:9256",
  "[::2]:9256",
  "[::127.0.0.1]:9256",
  "[::ffff:192.0.2.1]:9256",
].map((listen) => [listen, at(listen), `2:11: metrics.listen: ${BEYOND}`]);

describe("metrics beyond this machine are refused", () => refuses(BEYOND_LOOPBACK));

describe("what is no place to listen is refused, wherever it may be", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["127.0.0.1", "no port"],
    ["::1", "no port"],
    ["[::1]", "no port"],
    ["localhost:9256", "names are not looked up"],
    ["127.0.0.1:65536", "the port is not a number from 0 to 65535"],
  ];
  refuses(
    rows.flatMap(([listen, why]) =>
      ["", "  allow_remote: true\n"].map((more): Row => {
        const line = `2:11: metrics.listen: ${why}, ${EXPECTED}`;
        return [`${listen} ${more.trim()}`, at(listen, more), line];
      }),
    ),
  );
});

describe("metrics are read", () => {
  it.each([
    ["127.0.0.1:9256", "", "127.0.0.1:9256"],
    ["127.255.255.254:0", "", "127.255.255.254:0"],
    ["[0:0::1]:9256", "", "[::1]:9256"],
    ["[::ffff:127.0.0.1]:9256", "", "127.0.0.1:9256"],
    ["0.0.0.0:9256", "  allow_remote: true\n", "0.0.0.0:9256"],
    ["192.0.2.1:9256", "  allow_remote: true\n", "192.0.2.1:9256"],
  ])("at %s %s", (listen, more, canonical) => {
    const result = parseConfig(at(listen, more), { file: "f" });
    expect(result.ok ? result.config.metrics : result.problems).toEqual({ listen: canonical });
  });

  it("nowhere unless somebody says where", () => {
    const result = parseConfig("metrics: {allow_remote: true}\n", { file: "f" });
    expect(result.ok ? result.config.metrics : result.problems).toEqual({ listen: undefined });
  });
});
