// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  configJsonSchema,
  defaultConfig,
  exampleConfig,
  parseConfig,
} from "../../../server/src/config/index.js";

const FILE = "/etc/inet256/config.yml";
const KEY_PATH = "/etc/inet256/private_key.pem";

/** The example with every key in force. */
const uncommented = exampleConfig().replace(/^( *)#(?! )/gm, "$1");

describe("the example", () => {
  it("reads as it was reviewed", async () => {
    await expect(exampleConfig()).toMatchFileSnapshot("example.txt");
  });

  it("means the defaults and the key beside it", () => {
    expect(parseConfig(exampleConfig(), { file: FILE })).toEqual({
      ok: true,
      config: { ...defaultConfig, privateKeyPath: KEY_PATH },
    });
  });

  it("shows the defaults in its comments", () => {
    expect(uncommented).not.toBe(exampleConfig());
    expect(parseConfig(uncommented, { file: FILE })).toEqual({
      ok: true,
      config: {
        ...defaultConfig,
        privateKeyPath: KEY_PATH,
        apiEndpoint: "unix:///run/inet256.sock",
      },
    });
  });

  it("has every key and explains each", () => {
    expect(Object.keys(parse(uncommented))).toEqual([
      "private_key_path",
      "api_endpoint",
      "log",
      "crypto",
      "limits",
    ]);
    expect(Object.keys(parse(uncommented).log)).toHaveLength(2);
    expect(Object.keys(parse(uncommented).limits)).toHaveLength(8);
    const lines = uncommented.trimEnd().split("\n");
    for (const [index, line] of lines.entries()) {
      if (/^ *[a-z]/.test(line)) expect(lines[index - 1]).toMatch(/^ *# .*[.]$/);
    }
  });

  it("fits a terminal", () => {
    for (const line of exampleConfig().split("\n")) expect(line.length).toBeLessThanOrEqual(96);
    expect(exampleConfig()).toMatch(/[^\n]\n$/);
  });
});

describe("the JSON schema", () => {
  const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(configJsonSchema())));
  const accepts = (text: string): boolean => schema.safeParse(parse(text) ?? {}).success;

  it("names its dialect", () => {
    expect(configJsonSchema().$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  });

  it.each([
    ["the example", exampleConfig()],
    ["the example with every key in force", uncommented],
    ["nothing", ""],
    ["a size as a number", "limits: {queued_bytes: 4194304}"],
  ])("accepts %s", (_, text) => {
    expect(accepts(text)).toBe(true);
    expect(parseConfig(text, { file: FILE }).ok).toBe(true);
  });

  it.each([
    ["an unknown key", "peers: 1"],
    ["an unknown key in a section", "limits: {peers: 1}"],
    ["a wrong type", "private_key_path: 5"],
    ["an unknown word", "crypto: fast"],
    ["a count beyond its bounds", "limits: {nodes: 0}"],
    ["text that is no size", "limits: {inbox_bytes: 4M}"],
    ["a list", "[]"],
  ])("refuses %s", (_, text) => {
    expect(accepts(text)).toBe(false);
    expect(parseConfig(text, { file: FILE }).ok).toBe(false);
  });
});
