// SPDX-License-Identifier: GPL-3.0-or-later

// Texts that are not a configuration, and the exact lines a user reads.

import { describe } from "vitest";
import { COUNT, INBOX, LEVELS, LIMIT_KEYS, ROOT_KEYS, type Row, refuses } from "./problem-rows.js";

const SHAPES: readonly Row[] = [
  ["a list", "- a\n", "1:1: found a list, expected a mapping of keys to values"],
  ["text", "# c\n\n  words\n", "3:3: found text, expected a mapping of keys to values"],
  ["a number", "5", "1:1: found a number, expected a mapping of keys to values"],
  ["a boolean", "true", "1:1: found true or false, expected a mapping of keys to values"],
  ["two documents", "log:\n---\nlog:\n", "2:1: a second document begins, expected a single one"],
  ["section: text", "log: x", "1:6: log: found text, expected a mapping of keys to values"],
  [
    "section: a list",
    "limits: []",
    "1:9: limits: found a list, expected a mapping of keys to values",
  ],
  [
    "value: nothing",
    "limits:\n  nodes:\n  clients: 2\n",
    `2:3: limits.nodes: found nothing, ${COUNT}`,
  ],
  ["value: null", "limits: {nodes: ~}", `1:17: limits.nodes: found nothing, ${COUNT}`],
  ["value: a list", "limits: {nodes: [1]}", `1:17: limits.nodes: found a list, ${COUNT}`],
  [
    "value: a mapping",
    "crypto: {a: 1}",
    "1:9: crypto: found a mapping, expected one of auto, native, portable",
  ],
  [
    "value: a boolean",
    "limits: {inbox_bytes: true}",
    `1:23: limits.inbox_bytes: found true or false, ${INBOX}`,
  ],
];

const KEYS: readonly Row[] = [
  ["unknown", "friends: []", `1:1: friends: unknown key, expected one of ${ROOT_KEYS}`],
  [
    "misspelt",
    "crypot: auto",
    `1:1: crypot: unknown key (did you mean crypto?), expected one of ${ROOT_KEYS}`,
  ],
  [
    "in a section",
    "limits:\n  clients: 3\n  node: 2\n",
    `3:3: limits.node: unknown key (did you mean nodes?), expected one of ${LIMIT_KEYS}`,
  ],
  ["not indented", "log:\nlevel: debug\n", `2:1: level: unknown key, expected one of ${ROOT_KEYS}`],
  ["like a secret", "0a1b2c3d4e5f: 1", `1:1: ?: unknown key, expected one of ${ROOT_KEYS}`],
  ["empty", ": 1", `1:1: ?: unknown key, expected one of ${ROOT_KEYS}`],
  [
    "of every object",
    "constructor: 1\n__proto__: {log: 1}\n",
    `1:1: constructor: unknown key, expected one of ${ROOT_KEYS}`,
    `2:1: ?: unknown key, expected one of ${ROOT_KEYS}`,
  ],
  [
    "a merge",
    "log: &l {level: info}\n<<: *l\n",
    `2:1: ?: unknown key, expected one of ${ROOT_KEYS}`,
  ],
  ["a list", "? [a]\n: 1\n", "1:3: a key is a list, a mapping or an alias, expected plain text"],
  [
    "duplicate",
    "crypto: auto\n# c\ncrypto: native\n",
    "3:1: crypto: duplicate key, expected it once; first on line 1",
  ],
  [
    "duplicate in a section",
    "log: {level: info, level: info}",
    "1:20: log.level: duplicate key, expected it once; first on line 1",
  ],
  [
    "quoted duplicate",
    'crypto: auto\n"crypto": auto\n',
    "2:1: crypto: duplicate key, expected it once; first on line 1",
  ],
  [
    "duplicate, then wrong",
    "crypto: auto\ncrypto: 5\n",
    "2:1: crypto: duplicate key, expected it once; first on line 1",
    "2:9: crypto: found a number, expected one of auto, native, portable",
  ],
];

const SYNTAX: readonly Row[] = [
  [
    "no colon",
    "log:\n  level: info\n  format\n",
    "3:3: a line without a colon, expected a key, a colon and a space",
  ],
  [
    "two colons",
    "crypto: auto: native\n",
    "1:9: a second key on one line, expected quotes around the value, or the inner key on a line of its own",
  ],
  ["tab", "log:\n\tlevel: info\n", "2:1: a tab in the indentation, expected spaces"],
  [
    "indentation",
    "log:\n   level: info\n  format: json\n",
    "3:1: wrong indentation, expected the column of the lines this one belongs with",
  ],
  ["open bracket", "log: {level: info", "1:18: the closing bracket is missing, expected } or ]"],
  [
    "open bracket inside",
    "log:\n  level: [\ncrypto: auto\n",
    "3:1: the closing bracket is missing, expected } or ]",
  ],
  [
    "open double quote",
    'crypto: "auto\n',
    "2:1: the closing quote is missing, expected it before the text ends",
  ],
  [
    "open single quote",
    "crypto: 'auto\n",
    "2:1: the closing quote is missing, expected it before the text ends",
  ],
  [
    "escape",
    'private_key_path: "C:\\key"\n',
    "1:22: unknown escape between double quotes, expected a doubled backslash, or single quotes around it all",
  ],
  [
    "reserved character",
    "crypto: @auto\n",
    "1:9: a value begins with a reserved character, expected quotes around the value",
  ],
  [
    "after the value",
    "crypto: 'auto' native\n",
    "1:16: not YAML from here on, expected the end of the line or the next key",
  ],
  [
    "unknown tag",
    "crypto: !vault x\n",
    "1:9: unknown tag (!name), or a value that does not fit it, expected no tag",
  ],
  [
    "known tag",
    "crypto: !!binary YXV0bw==\n",
    "1:9: unknown tag (!name), or a value that does not fit it, expected no tag",
  ],
  [
    "directive",
    "%FOO bar\n---\ncrypto: auto\n",
    "1:1: unknown or malformed directive, expected none or %YAML 1.2",
  ],
  [
    "alias of nothing",
    "log: {level: *a}\n",
    "1:14: log.level: an alias (*name) of nothing, expected an anchor (&name) before it",
  ],
  [
    "alias before its anchor",
    "log: *a\nlimits: &a {}\n",
    "1:6: log: an alias (*name) of nothing, expected an anchor (&name) before it",
  ],
  [
    "alias of a wrong value",
    "log: {level: &a loud, format: *a}\n",
    `1:17: log.level: unknown word, expected one of ${LEVELS}`,
    "1:31: log.format: unknown word, expected one of auto, pretty, json",
  ],
  [
    "alias of a section",
    "log: &a {x: 1}\nlimits: *a\n",
    "1:10: log.x: unknown key, expected one of level, format",
    `1:10: limits.x: unknown key, expected one of ${LIMIT_KEYS}`,
  ],
  [
    "a circle",
    "log: &a {level: *a}\n",
    `1:17: log.level: found a mapping, expected one of ${LEVELS}`,
  ],
];

const LAYOUT: readonly Row[] = [
  [
    "a byte order mark, which takes no column",
    "\uFEFFcrypto: 5\n",
    "1:9: crypto: found a number, expected one of auto, native, portable",
  ],
  [
    "CRLF",
    "log:\r\n  level: 5\r\n  format: 6\r\n",
    `2:10: log.level: found a number, expected one of ${LEVELS}`,
    "3:11: log.format: found a number, expected one of auto, pretty, json",
  ],
  [
    "several, in the order of the text",
    "crypto: 1\nlimits: {nodes: 0}\nlog: 2\nx: 3\n",
    "1:9: crypto: found a number, expected one of auto, native, portable",
    `2:17: limits.nodes: too small, ${COUNT}`,
    "3:6: log: found a number, expected a mapping of keys to values",
    `4:1: x: unknown key, expected one of ${ROOT_KEYS}`,
  ],
];

describe("a bad shape", () => refuses(SHAPES));
describe("a bad key", () => refuses(KEYS));
describe("a bad syntax", () => refuses(SYNTAX));
describe("a bad layout", () => refuses(LAYOUT));
