// SPDX-License-Identifier: GPL-3.0-or-later

// Settings of the API that are unsafe or impossible (rule P1), and the exact lines a user reads.

import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../server/src/config/index.js";
import { parseConfig } from "./bound.js";
import { type Row, refuses } from "./problem-rows.js";

const LISTEN = "expected tcp://ADDRESS:PORT or tls://ADDRESS:PORT, such as tcp://127.0.0.1:2560";
const BEYOND =
  "plaintext that leaves this machine, expected tls://, or an address of loopback such as tcp://127.0.0.1";
const NO_TOKEN =
  "anybody who can connect could call, expected token_path, a file as `inet256 create-token` prints it";
const NO_CERT = "tls without a certificate, expected tls_cert_path and tls_key_path";
const GROUP = "expected the name of a group or its number";
const PATH = "expected a path, absolute or relative to the folder of this file";

const one = (listen: string, more = ""): string => `api:\n  listen: ["${listen}"]\n${more}`;
const TOKEN = "  token_path: t\n";

const UNSAFE: readonly Row[] = [
  ["loopback without a token", one("tcp://127.0.0.1"), `2:12: api.listen[0]: ${NO_TOKEN}`],
  ["IPv6 loopback without a token", one("tcp://[::1]:5"), `2:12: api.listen[0]: ${NO_TOKEN}`],
  ["tls without a token", one("tls://127.0.0.1"), `2:12: api.listen[0]: ${NO_TOKEN}`],
  ["all addresses in plaintext", one("tcp://0.0.0.0", TOKEN), `2:12: api.listen[0]: ${BEYOND}`],
  ["all of IPv6 in plaintext", one("tcp://[::]", TOKEN), `2:12: api.listen[0]: ${BEYOND}`],
  ["another address", one("tcp://192.0.2.1:2560", TOKEN), `2:12: api.listen[0]: ${BEYOND}`],
  [
    "one that looks like loopback",
    one("tcp://[::127.0.0.1]", TOKEN),
    `2:12: api.listen[0]: ${BEYOND}`,
  ],
  ["tls without a certificate", one("tls://0.0.0.0", TOKEN), `2:12: api.listen[0]: ${NO_CERT}`],
  [
    "tls without its key",
    one("tls://0.0.0.0", `${TOKEN}  tls_cert_path: c\n`),
    "2:12: api.listen[0]: tls without the key of its certificate, expected tls_key_path",
  ],
  [
    "several",
    "api:\n  token_path: t\n  listen:\n    - tcp://127.0.0.2:1\n    - tcp://10.0.0.1\n    - tls://[::]\n",
    `5:7: api.listen[1]: ${BEYOND}`,
    `6:7: api.listen[2]: ${NO_CERT}`,
  ],
];

const WRONG: readonly Row[] = [
  [
    "a unix socket",
    one("unix:///x", TOKEN),
    `2:12: api.listen[0]: a unix socket, which api_endpoint is for, ${LISTEN}`,
  ],
  [
    "no scheme",
    one("127.0.0.1:1", TOKEN),
    `2:12: api.listen[0]: neither tcp:// nor tls://, ${LISTEN}`,
  ],
  [
    "a name",
    one("tls://localhost", TOKEN),
    `2:12: api.listen[0]: names are not looked up, ${LISTEN}`,
  ],
  ["no address", one("tcp://", TOKEN), `2:12: api.listen[0]: empty, ${LISTEN}`],
  [
    "a wrong port",
    one("tcp://127.0.0.1:65536", TOKEN),
    `2:12: api.listen[0]: the port is not a number from 0 to 65535, ${LISTEN}`,
  ],
  [
    "one twice",
    'api:\n  token_path: t\n  listen: ["tcp://127.0.0.1", "tcp://127.0.0.1:2560"]\n',
    "3:31: api.listen[1]: the address of an earlier one, expected each once; first on line 3",
  ],
  [
    "a text",
    "api: {listen: 'tcp://127.0.0.1'}",
    `1:15: api.listen: found text, expected a list of ${LISTEN.slice(9)}`,
  ],
  [
    "a group's bad name",
    "api: {socket_group: 'a b'}",
    `1:21: api.socket_group: not the name of a group, ${GROUP}`,
  ],
  [
    "a group below zero",
    "api: {socket_group: -1}",
    `1:21: api.socket_group: not the number of a group, ${GROUP}`,
  ],
  [
    "a list of groups",
    "api: {socket_group: [a]}",
    `1:21: api.socket_group: found a list, ${GROUP}`,
  ],
  ["an empty path", "api: {token_path: ''}", `1:19: api.token_path: empty, ${PATH}`],
  [
    "a key that is none",
    "api: {token: x}",
    "1:7: api.token: unknown key (did you mean token_path?), expected one of socket_group, listen, token_path, tls_cert_path, tls_key_path, tls_client_ca_path",
  ],
  ["a text for all", "api: tcp", "1:6: api: found text, expected a mapping of keys to values"],
];

describe("unsafe-settings-are-refused-with-what-to-change", () => refuses(UNSAFE));
describe("a wrong setting of the API", () => refuses(WRONG));

describe("what is safe", () => {
  it.each([
    ["nothing", "api:\n"],
    ["a token that nobody uses yet", "api: {token_path: t}"],
    ["loopback with a token", one("tcp://127.1.2.3", TOKEN)],
    ["loopback written as IPv6", one("tcp://[::ffff:127.0.0.1]", TOKEN)],
    ["tls with all it needs", one("tls://[::]", `${TOKEN}  tls_cert_path: c\n  tls_key_path: k\n`)],
  ])("%s", (_, text) => {
    expect(parseConfig(text, { file: "f" })).toMatchObject({ ok: true });
  });
});

describe("faults that are found beyond the text", () => {
  it("stand at the key's place", () => {
    const text = "# one\napi:\n  listen: []\n  token_path: secrets\n";
    const verify = () => [{ path: ["api", "token_path"], message: "missing, expected a file" }];
    const result = parseConfig(text, { file: "f", verify });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      "f:4:15: api.token_path: missing, expected a file",
    ]);
  });

  it("are looked for only where the text is right", () => {
    const verify = () => expect.unreachable();
    expect(parseConfig("api: {listen: [x]}", { file: "f", verify }).ok).toBe(false);
  });
});
