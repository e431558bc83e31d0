// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { formatProblem } from "../../../server/src/config/index.js";
import { parseConfig } from "./bound.js";

/** What is wrong with a text, the text, and the problems a user reads, without the file's name. */
export type Row = readonly [what: string, text: string, ...problems: readonly string[]];

export const ROOT_KEYS =
  "private_key_path, api_endpoint, api, log, crypto, network, transports, peers, metrics, limits";
export const LIMIT_KEYS =
  "nodes, nodes_per_client, clients, connections_per_second, queued_bytes, queued_bytes_per_client, inbox_bytes, max_inbox_bytes, requests_per_second, streams, total_requests_per_second, opens_per_second";
export const LEVELS = "trace, debug, info, warn, error, silent";
export const COUNT = "expected a whole number from 1 to 1000000";
export const INBOX = "expected a size from 128KiB to 1GiB";

/** One test for each row: exactly these problems, in this order. */
export function refuses(rows: readonly Row[]): void {
  for (const [what, text, ...problems] of rows) {
    it(what, () => {
      const result = parseConfig(text, { file: "f" });
      expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual(
        problems.map((problem) => `f:${problem}`),
      );
    });
  }
}
