// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { type Config, defaultConfig } from "../../../server/src/config/index.js";
import { Address } from "../../../server/src/identity/index.js";
import { parseConfig } from "./bound.js";

const ID = `${"a".repeat(42)}-`;
const OTHER_ID = `${"b".repeat(42)}-`;
const FILE = "/etc/inet256/config.yml";

function parsed(text: string, file = FILE): Config {
  const result = parseConfig(text, { file });
  expect(result).toMatchObject({ ok: true });
  return result.ok ? result.config : defaultConfig;
}

describe("the default configuration", () => {
  it("is this", () => {
    expect(defaultConfig).toEqual({
      privateKeyPath: undefined,
      apiEndpoint: undefined,
      api: {
        socketGroup: undefined,
        listen: [],
        tokenPath: undefined,
        tlsCertPath: undefined,
        tlsKeyPath: undefined,
        tlsClientCaPath: undefined,
      },
      log: { level: "info", format: "auto" },
      crypto: "auto",
      network: { name: "beaconnet", options: {} },
      transports: [{ type: "udp", bind: ["0.0.0.0:25632", "[::]:25632"], chosen: false }],
      peers: [],
      metrics: { listen: undefined },
      limits: {
        nodes: 20_000,
        nodesPerClient: 12_000,
        clients: 256,
        connectionsPerSecond: 8,
        queuedBytes: 256 * 1024 * 1024,
        queuedBytesPerClient: 64 * 1024 * 1024,
        inboxBytes: 4 * 1024 * 1024,
        maxInboxBytes: 64 * 1024 * 1024,
        requestsPerSecond: 5_000,
        streams: 25_000,
        totalRequestsPerSecond: 50_000,
        opensPerSecond: 10_000,
      },
    });
  });

  it.each([
    ["nothing", ""],
    ["a byte order mark", "\uFEFF"],
    ["comments", "# one\n\n  # two\n"],
    ["the start of a document", "---\n"],
    ["an end of a document", "---\n...\n"],
    ["null", "null\n"],
    ["an empty mapping", "{}"],
    ["sections of nothing but comments", "log:\n  # level: debug\nlimits:\n"],
    ["lists of nothing but comments", "transports:\n  # - type: udp\npeers:\n"],
    ["no peers", "peers: []\n"],
    ["the name of the network", "network: beaconnet\n"],
    ["a network without options", "network: {type: beaconnet}\n"],
    ["a transport that says nothing", "transports: [{type: udp}]\n"],
    ["empty sections", "log: {}\nlimits: {}\n"],
    ["CRLF", "log:\r\n  level: info\r\n"],
    ["a version", "%YAML 1.2\n---\ncrypto: auto\n"],
  ])("is what %s means", (_, text) => {
    expect(parsed(text)).toEqual(defaultConfig);
  });
});

describe("a configuration", () => {
  it("has every key", () => {
    const text = `
private_key_path: /var/lib/inet256/key.pem
api_endpoint: unix:///run/user/1000/inet256.sock
api:
  socket_group: 1000
  listen: ["tcp://127.0.0.1", "tls://[::]:0", "tls://[FE80::1%eth0]:443"]
  token_path: tokens
  tls_cert_path: /etc/ssl/cert.pem
  tls_key_path: ../key.pem
  tls_client_ca_path: ca.pem
log:
  level: trace
  format: json
crypto: portable
network: {type: flood, hops: 3}
transports:
  - type: udp
    bind: ["127.0.0.1:0", "::1"]
peers:
  - id: ${ID}
    addrs: ["192.0.2.1", "[2001:DB8:0::1]:9"]
  - id: ${OTHER_ID}
metrics: {listen: "[::1]:9256"}
limits:
  nodes: 100
  nodes_per_client: 50
  clients: 8
  connections_per_second: 9
  queued_bytes: 16MiB
  queued_bytes_per_client: 16MiB
  inbox_bytes: 131072
  max_inbox_bytes: 1 MiB
  requests_per_second: 10
  streams: 200
  total_requests_per_second: 20
  opens_per_second: 30
`;
    expect(parsed(text)).toEqual({
      privateKeyPath: "/var/lib/inet256/key.pem",
      apiEndpoint: "unix:///run/user/1000/inet256.sock",
      api: {
        socketGroup: 1000,
        listen: [
          { kind: "tcp", host: "127.0.0.1", port: 2560 },
          { kind: "tls", host: "::", port: 0 },
          { kind: "tls", host: "fe80::1%eth0", port: 443 },
        ],
        tokenPath: "/etc/inet256/tokens",
        tlsCertPath: "/etc/ssl/cert.pem",
        tlsKeyPath: "/etc/key.pem",
        tlsClientCaPath: "/etc/inet256/ca.pem",
      },
      log: { level: "trace", format: "json" },
      crypto: "portable",
      network: { name: "flood", options: { hops: 3 } },
      transports: [{ type: "udp", bind: ["127.0.0.1:0", "[::1]:25632"], chosen: true }],
      peers: [
        { id: Address.parse(ID), addrs: ["192.0.2.1:25632", "[2001:db8::1]:9"] },
        { id: Address.parse(OTHER_ID), addrs: [] },
      ],
      metrics: { listen: "[::1]:9256" },
      limits: {
        nodes: 100,
        nodesPerClient: 50,
        clients: 8,
        connectionsPerSecond: 9,
        queuedBytes: 16 * 1024 * 1024,
        queuedBytesPerClient: 16 * 1024 * 1024,
        inboxBytes: 131_072,
        maxInboxBytes: 1024 * 1024,
        requestsPerSecond: 10,
        streams: 200,
        totalRequestsPerSecond: 20,
        opensPerSecond: 30,
      },
    });
  });

  it.each([
    ["the default", defaultConfig],
    ["one of an empty text", parsed("")],
    ["one with empty sections", parsed("log:\nlimits:\n")],
    ["one with full sections", parsed("log: {level: warn}\nlimits: {nodes: 5}\n")],
    [
      "one with networks and peers",
      parsed(
        `network: {type: flood, inside: {seed: ab}}\ntransports: [{type: udp, bind: "0.0.0.0"}]\n` +
          `peers: [{id: ${ID}, addrs: ["192.0.2.1"]}]\n`,
      ),
    ],
  ])("is frozen all the way down: %s", (_, config) => {
    const parts: unknown[] = [config];
    for (const part of parts) {
      if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) continue;
      expect(Object.isFrozen(part)).toBe(true);
      parts.push(...Object.values(part));
    }
    expect(parts.length).toBeGreaterThan(20);
  });

  it("may use anchors and aliases", () => {
    const config = parsed("crypto: &word auto\nlog: {format: *word}\n");
    expect(config.log.format).toBe("auto");
  });

  it("is read by the core schema whatever the version says", () => {
    const result = parseConfig("%YAML 1.1\n---\nlimits: {nodes: 1_000}\n", { file: FILE });
    expect(result.ok).toBe(false);
  });
});

describe("limits that are left out", () => {
  it("give way to the ones that are written", () => {
    expect(parsed("limits: {nodes: 10}").limits).toMatchObject({ nodes: 10, nodesPerClient: 10 });
    expect(parsed("limits: {queued_bytes: 1MiB}").limits).toMatchObject({
      queuedBytes: 1024 * 1024,
      queuedBytesPerClient: 256 * 1024,
      maxInboxBytes: 1024 * 1024,
      inboxBytes: 1024 * 1024,
    });
    expect(parsed("limits: {max_inbox_bytes: 1MiB}").limits).toMatchObject({
      maxInboxBytes: 1024 * 1024,
      inboxBytes: 1024 * 1024,
    });
  });
});

describe("private_key_path", () => {
  it.each([
    ["./key.pem", FILE, "/etc/inet256/key.pem"],
    ["../key.pem", FILE, "/etc/key.pem"],
    ["key.pem", FILE, "/etc/inet256/key.pem"],
    ["sub/key.pem", FILE, "/etc/inet256/sub/key.pem"],
    ["./~key.pem", FILE, "/etc/inet256/~key.pem"],
    ["/abs/./key.pem", FILE, "/abs/key.pem"],
    ["./key.pem", "config.yml", "key.pem"],
    ["./key.pem", "here/config.yml", "here/key.pem"],
    ["/abs/key.pem", "config.yml", "/abs/key.pem"],
  ])("%s in %s is %s", (path, file, expected) => {
    expect(parsed(`private_key_path: ${path}`, file).privateKeyPath).toBe(expected);
  });
});

describe("api_endpoint", () => {
  it("may have a path of 107 bytes, counted in UTF-8", () => {
    const fits = `unix:///${"é".repeat(53)}`;
    expect(parsed(`api_endpoint: ${fits}`).apiEndpoint).toBe(fits);
    expect(parseConfig(`api_endpoint: ${fits}x`, { file: FILE }).ok).toBe(false);
  });
});
