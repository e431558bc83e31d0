// SPDX-License-Identifier: GPL-3.0-or-later

// Values a configuration cannot have, and the exact lines a user reads.

import { describe } from "vitest";
import { COUNT, INBOX, LEVELS, LIMIT_KEYS, type Row, refuses } from "./problem-rows.js";

const ENDPOINT = "expected unix:///absolute/path, the path at most 107 bytes long";
const PATH = "expected a path, absolute or relative to the folder of this file";

const VALUES: readonly Row[] = [
  ["level", "log: {level: loud}", `1:14: log.level: unknown word, expected one of ${LEVELS}`],
  [
    "format",
    "log: {format: 1}",
    "1:15: log.format: found a number, expected one of auto, pretty, json",
  ],
  [
    "crypto's case",
    "crypto: Native",
    "1:9: crypto: unknown word, expected one of auto, native, portable",
  ],
  ["count: text", "limits: {nodes: many}", `1:17: limits.nodes: found text, ${COUNT}`],
  ["count: quoted", "limits: {nodes: '7'}", `1:17: limits.nodes: found text, ${COUNT}`],
  ["count: separators", "limits: {nodes: 1_000}", `1:17: limits.nodes: found text, ${COUNT}`],
  ["count: zero", "limits: {nodes: 0}", `1:17: limits.nodes: too small, ${COUNT}`],
  ["count: negative", "limits: {nodes: -1}", `1:17: limits.nodes: too small, ${COUNT}`],
  ["count: large", "limits: {nodes: 1000001}", `1:17: limits.nodes: too large, ${COUNT}`],
  [
    "count: huge",
    "limits: {nodes: 99999999999999999999}",
    `1:17: limits.nodes: too large, ${COUNT}`,
  ],
  ["count: fraction", "limits: {nodes: 1.5}", `1:17: limits.nodes: not a whole number, ${COUNT}`],
  ["count: infinity", "limits: {nodes: .inf}", `1:17: limits.nodes: not a whole number, ${COUNT}`],
  ["count: NaN", "limits: {nodes: .nan}", `1:17: limits.nodes: not a whole number, ${COUNT}`],
  [
    "size: no unit known",
    "limits: {inbox_bytes: 4M}",
    `1:23: limits.inbox_bytes: not a size, ${INBOX}`,
  ],
  [
    "size: fraction",
    "limits: {inbox_bytes: 1.5MiB}",
    `1:23: limits.inbox_bytes: not a size, ${INBOX}`,
  ],
  [
    "size: fractional number",
    "limits: {inbox_bytes: 1.5}",
    `1:23: limits.inbox_bytes: not a whole number, ${INBOX}`,
  ],
  [
    "size: NaN",
    "limits: {inbox_bytes: .nan}",
    `1:23: limits.inbox_bytes: not a whole number, ${INBOX}`,
  ],
  ["size: small", "limits: {inbox_bytes: 131071}", `1:23: limits.inbox_bytes: too small, ${INBOX}`],
  [
    "size: large",
    "limits: {max_inbox_bytes: 2GiB}",
    `1:27: limits.max_inbox_bytes: too large, ${INBOX}`,
  ],
  [
    "size: beyond all",
    "limits: {queued_bytes: 9999999999999999GiB}",
    "1:24: limits.queued_bytes: too large, expected a size from 1MiB to 64GiB",
  ],
];

const PLACES: readonly Row[] = [
  ["path: empty", "private_key_path: ''", `1:19: private_key_path: empty, ${PATH}`],
  [
    "path: home",
    "private_key_path: ~/key.pem",
    `1:19: private_key_path: the ~ of a shell, which stands for nothing here, ${PATH}`,
  ],
  [
    "path: another's home",
    "private_key_path: ~root/key.pem",
    `1:19: private_key_path: the ~ of a shell, which stands for nothing here, ${PATH}`,
  ],
  ["path: a number", "private_key_path: 5", `1:19: private_key_path: found a number, ${PATH}`],
  [
    "path: the key itself",
    "private_key_path: |\n  a\n  b\n",
    `1:19: private_key_path: a line break or other control character, ${PATH}`,
  ],
  [
    "path: NUL",
    'private_key_path: "a\\0"',
    `1:19: private_key_path: a line break or other control character, ${PATH}`,
  ],
  [
    "endpoint: TCP",
    "api_endpoint: tcp://127.0.0.1:2560",
    `1:15: api_endpoint: this daemon listens on unix sockets only, ${ENDPOINT}`,
  ],
  [
    "endpoint: TLS",
    "api_endpoint: TLS://[::1]:2560",
    `1:15: api_endpoint: this daemon listens on unix sockets only, ${ENDPOINT}`,
  ],
  [
    "endpoint: a path",
    "api_endpoint: /run/inet256.sock",
    `1:15: api_endpoint: not the endpoint of a unix socket, ${ENDPOINT}`,
  ],
  [
    "endpoint: one slash",
    "api_endpoint: unix:/run/inet256.sock",
    `1:15: api_endpoint: not the endpoint of a unix socket, ${ENDPOINT}`,
  ],
  [
    "endpoint: relative",
    "api_endpoint: unix://./inet256.sock",
    `1:15: api_endpoint: the path of the socket is not absolute, ${ENDPOINT}`,
  ],
  [
    "endpoint: no path",
    "api_endpoint: unix://",
    `1:15: api_endpoint: the path of the socket is not absolute, ${ENDPOINT}`,
  ],
  [
    "endpoint: a folder",
    "api_endpoint: unix:///run/",
    `1:15: api_endpoint: the path names a folder, ${ENDPOINT}`,
  ],
  [
    "endpoint: too long",
    `api_endpoint: unix:///${"x".repeat(107)}`,
    `1:15: api_endpoint: the path is longer than the kernel allows for a socket, ${ENDPOINT}`,
  ],
  [
    "endpoint: NUL",
    'api_endpoint: "unix:///run/a\\0"',
    `1:15: api_endpoint: a line break or other control character, ${ENDPOINT}`,
  ],
];

const ORDER: readonly Row[] = [
  [
    "more waiting per client than in all",
    "limits: {queued_bytes_per_client: 3MiB, queued_bytes: 2MiB}",
    "1:35: limits.queued_bytes_per_client: more than queued_bytes, expected at most 2MiB",
  ],
  [
    "more per client than in all",
    "limits:\n  nodes: 5\n  nodes_per_client: 6\n",
    "3:21: limits.nodes_per_client: more than nodes, expected at most 5",
  ],
  [
    "more per client than by default in all",
    "limits:\n  nodes_per_client: 20001\n",
    "2:21: limits.nodes_per_client: more than nodes, expected at most 20000",
  ],
  [
    "inbox beyond its bound",
    "limits:\n  inbox_bytes: 2MiB\n  max_inbox_bytes: 1MiB\n",
    "2:16: limits.inbox_bytes: more than max_inbox_bytes, expected at most 1MiB",
  ],
  [
    "inbox beyond its default bound",
    "limits: {inbox_bytes: 65MiB}",
    "1:23: limits.inbox_bytes: more than max_inbox_bytes, expected at most 64MiB",
  ],
  [
    "inbox beyond the queue",
    "limits: {inbox_bytes: 3MiB, queued_bytes: 2MiB}",
    "1:23: limits.inbox_bytes: more than max_inbox_bytes, expected at most 2MiB",
  ],
  [
    "bound beyond the queue",
    "limits: {max_inbox_bytes: 3MiB, queued_bytes: 2MiB}",
    "1:27: limits.max_inbox_bytes: more than queued_bytes, expected at most 2MiB",
  ],
  [
    "beside other problems",
    "limits: {nodes: 1, nodes_per_client: 2, clients: x, nod: 1}",
    "1:38: limits.nodes_per_client: more than nodes, expected at most 1",
    "1:50: limits.clients: found text, expected a whole number from 1 to 100000",
    `1:53: limits.nod: unknown key (did you mean nodes?), expected one of ${LIMIT_KEYS}`,
  ],
  [
    "not where the bound itself is wrong",
    "limits: {inbox_bytes: 8MiB, max_inbox_bytes: 1}",
    `1:46: limits.max_inbox_bytes: too small, ${INBOX}`,
  ],
  [
    "not where the bound's bound is wrong",
    "limits: {inbox_bytes: 8MiB, queued_bytes: 2}",
    "1:43: limits.queued_bytes: too small, expected a size from 1MiB to 64GiB",
  ],
];

describe("a bad value", () => refuses(VALUES));
describe("a bad place", () => refuses(PLACES));
describe("a bad order of limits", () => refuses(ORDER));
