// SPDX-License-Identifier: GPL-3.0-or-later

// Rule P3: received values of failed validation are in no error. Here a marker stands for a
// secret that got into a configuration: as a value, as a part of one, as a key, in broken syntax.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../server/src/config/index.js";
import { exampleConfig, parseConfig } from "./bound.js";

const MARKER = "s3cr3t5c4nary";

function expectHidden(text: string): void {
  const result = parseConfig(text, { file: "f" });
  expect(result.ok).toBe(false);
  if (result.ok) return;
  expect(JSON.stringify(result.problems)).not.toContain(MARKER);
  for (const problem of result.problems) expect(formatProblem(problem)).not.toContain(MARKER);
}

const KEYS = [
  "private_key_path",
  "api_endpoint",
  "log",
  "crypto",
  "limits",
  "unknown",
  "log: {level",
  "log: {format",
  "limits: {nodes",
  "limits: {nodes_per_client",
  "limits: {queued_bytes",
  "limits: {inbox_bytes",
  "network",
  "network: {type",
  "network: {type: beaconnet, x",
  "network: {type: flood, hops",
  "network: {type: flood, mode",
  "network: {type: flood, inside",
  "transports",
  "transports: {type",
  "peers",
  "peers: {id",
];

const VALUES = [
  `~${MARKER}`,
  `[${MARKER}]`,
  `{${MARKER}: 1}`,
  `{${MARKER}: 1, ${MARKER}: 2}`,
  `"${MARKER}\\n"`,
  `"${MARKER}\\q"`,
  `"${MARKER}`,
  `'${MARKER}' x`,
  `'x' ${MARKER}`,
  `*${MARKER}`,
  `!${MARKER} x`,
  `!!int ${MARKER}`,
  `&${MARKER} &${MARKER} [x]`,
  `${MARKER}: ${MARKER}: x`,
  `@${MARKER}`,
  `[${MARKER}`,
  `{? [${MARKER}] : x}`,
];

describe("a value that is refused is in no problem", () => {
  it.each(KEYS)("of %s", (key) => {
    const close = key.includes("{") ? "}" : "";
    for (const value of VALUES) expectHidden(`${key}: ${value}${close}\n`);
  });

  it.each([
    ["a TCP endpoint", `api_endpoint: tcp://${MARKER}\n`],
    ["a relative endpoint", `api_endpoint: unix://${MARKER}\n`],
    ["a key", `${MARKER}: 1\n`],
    ["a key twice", `${MARKER}: 1\n${MARKER}: 2\n`],
    ["the whole text", MARKER],
    ["a directive", `%${MARKER} ${MARKER}\n---\n`],
    ["a second document", `log:\n--- ${MARKER}\n`],
    ["a block scalar's header", `log: |${MARKER}\n  x\n`],
    ["a line without a colon", `log:\n  level: info\n  ${MARKER}\n`],
    ["what a transport binds to", `transports: [{type: udp, bind: ${MARKER}}]\n`],
    ["a type of transport", `transports: [{type: ${MARKER}}]\n`],
    ["an id", `peers: [{id: ${MARKER}}]\n`],
    ["an id of the right length", `peers: [{id: ${MARKER.padEnd(43, "a")}}]\n`],
    ["an address", `peers: [{addrs: [${MARKER}, "192.0.2.1:${MARKER}", "[::1%${MARKER}]:1"]}]\n`],
    ["an option of a network", `network: {type: beaconnet, ${MARKER}: 1}\n`],
    ["an alias", `log: &${MARKER} {level: *${MARKER}}\n`],
    ["PEM text", `private_key_path: |\n  -----BEGIN PRIVATE KEY-----\n  ${MARKER}\n  -----END\n`],
    ["a key file", `-----BEGIN PRIVATE KEY-----\n${MARKER}\n-----END PRIVATE KEY-----\n`],
  ])("in place of %s", (_, text) => expectHidden(text));

  it("wherever it gets into the example", () => {
    const example = exampleConfig().replace(/^( *)#(?! )/gm, "$1");
    const at = fc.nat(example.length);
    fc.assert(
      fc.property(
        at,
        fc.nat(20),
        fc.constantFrom("", ": ", " ", "\n", '"', "[", "*"),
        (i, n, s) => {
          const text = `${example.slice(0, i)}${s}${MARKER}${s}${example.slice(i + n)}`;
          if (!parseConfig(text, { file: "f" }).ok) expectHidden(text);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
