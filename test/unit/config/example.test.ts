// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { defaultConfig } from "../../../server/src/config/index.js";
import { Address } from "../../../server/src/identity/index.js";
import { configJsonSchema, exampleConfig, parseConfig } from "./bound.js";

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
        api: {
          socketGroup: "inet256",
          listen: [{ kind: "tcp", host: "127.0.0.1", port: 2560 }],
          tokenPath: "/etc/inet256/api_token",
          tlsCertPath: "/etc/inet256/api_cert.pem",
          tlsKeyPath: "/etc/inet256/api_key.pem",
          tlsClientCaPath: "/etc/inet256/client_ca.pem",
        },
        transports: defaultConfig.transports.map((each) => ({ ...each, chosen: true })),
        peers: [
          {
            id: Address.parse("Replace_this_by_the_address_of_your_peer---"),
            addrs: ["192.0.2.1:25632", "[2001:db8::1]:25632"],
          },
        ],
        metrics: { listen: "127.0.0.1:9256" },
      },
    });
  });

  it("has every key and explains each", () => {
    expect(Object.keys(parse(uncommented))).toEqual([
      "private_key_path",
      "api_endpoint",
      "api",
      "log",
      "crypto",
      "network",
      "transports",
      "peers",
      "metrics",
      "limits",
    ]);
    expect(Object.keys(parse(uncommented).log)).toHaveLength(2);
    expect(Object.keys(parse(uncommented).limits)).toHaveLength(12);
    expect(Object.keys(parse(uncommented).api)).toHaveLength(6);
    expect(Object.keys(parse(uncommented).peers[0])).toEqual(["id", "addrs"]);
    expect(Object.keys(parse(uncommented).transports[0])).toEqual(["type", "bind"]);
    const lines = uncommented.trimEnd().split("\n");
    for (const [index, line] of lines.entries()) {
      if (/^ *(- )?[a-z]/.test(line)) expect(lines[index - 1]).toMatch(/^ *# .*[.]$/);
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
    ["a network's name", "network: flood"],
    ["a network with options", "network: {type: flood, hops: 2}"],
    ["one address to bind to", "transports: [{type: udp, bind: '0.0.0.0'}]"],
    ["a peer that dials", `peers: [{id: ${"a".repeat(42)}-}]`],
    ["no transports", "transports: []"],
  ])("accepts %s", (_, text) => {
    expect(accepts(text)).toBe(true);
    expect(parseConfig(text, { file: FILE }).ok).toBe(true);
  });

  it.each([
    ["an unknown key", "friends: 1"],
    ["an unknown key in a section", "limits: {peers: 1}"],
    ["a wrong type", "private_key_path: 5"],
    ["an unknown word", "crypto: fast"],
    ["a count beyond its bounds", "limits: {nodes: 0}"],
    ["text that is no size", "limits: {inbox_bytes: 4M}"],
    ["a list", "[]"],
    ["an unknown network", "network: twohop"],
    ["an unknown option of a network", "network: {type: flood, hop: 2}"],
    ["a network without its option", "network: {type: needy}"],
    ["a peer without an id", "peers: [{addrs: []}]"],
    ["an id that is no address", "peers: [{id: a}]"],
    ["too many addresses", `peers: [{id: ${"a".repeat(42)}-, addrs: [a,b,c,d,e,f,g,h,i]}]`],
    ["a transport of another type", "transports: [{type: tcp}]"],
    ["nothing to bind to", "transports: [{type: udp, bind: []}]"],
  ])("refuses %s", (_, text) => {
    expect(accepts(text)).toBe(false);
    expect(parseConfig(text, { file: FILE }).ok).toBe(false);
  });
});
