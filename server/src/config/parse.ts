// SPDX-License-Identifier: GPL-3.0-or-later

// Text in, Config or problems out. Never throws for a text, whatever it holds.

import { Buffer } from "node:buffer";
import type { z } from "zod";
import type { ApiSettings, Config } from "./config.js";
import { MAX_CONFIG_BYTES } from "./constants.js";
import { knownKeys } from "./fields.js";
import { nearestName } from "./nearest.js";
import type { NetworkKinds } from "./network-schema.js";
import { resolveBeside } from "./places.js";
import { type Finding, isName, type Path, type Problem, toProblems } from "./problems.js";
import { configSchema, type Settings } from "./schema.js";
import { readYaml, type YamlContent } from "./yaml-text.js";

/** What became of a text: a configuration, or at least one problem, in the order of the text. */
export type ParseResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a configuration that reads well has wrong all the same, such as a file that is missing. */
export interface Fault {
  /** The keys that lead to what is wrong: `["api", "token_path"]`. */
  readonly path: readonly string[];
  /** What is wrong and what was expected; never a value (rule P3). */
  readonly message: string;
}

/** Where a text comes from, and what it may name. */
export interface ParseSettings {
  readonly file: string;
  readonly networks: NetworkKinds;
  /** Finds faults beyond the text; asked only when the text has none. */
  readonly verify?: (config: Config) => readonly Fault[];
}

/**
 * Reads a configuration: YAML 1.2, one document, at most 1 MiB, with or without a byte order mark.
 * An empty text is the default configuration. `file` is the name of the file the text came from,
 * as problems shall show it; paths in the text are taken from its folder. `networks` are the routing
 * algorithms there are to choose from; `verify` sees what no text shows.
 */
export function parseConfig(
  text: string,
  { file, networks, verify = () => [] }: ParseSettings,
): ParseResult {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const fail = (findings: readonly Finding[]): ParseResult => ({
    ok: false,
    problems: toProblems(findings, body, file),
  });
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    const message = `the file is too large, expected at most ${MAX_CONFIG_BYTES} bytes`;
    return fail([{ offset: 0, path: [], message }]);
  }
  const { content, findings } = readYaml(body);
  if (content === undefined) return fail(findings);
  const result = configSchema(networks).safeParse(content.value ?? {});
  if (result.success && findings.length === 0) {
    const config = toConfig(result.data, file);
    const faults = verify(config).map(({ path, message }) => ({
      offset: content.offsetOf(path, "value"),
      path,
      message,
    }));
    return faults.length === 0 ? { ok: true, config } : fail(faults);
  }
  const issues = result.success ? [] : result.error.issues;
  return fail([...findings, ...issues.flatMap((issue) => toFindings(issue, content))]);
}

/** What applies where a configuration says nothing. */
export const defaultConfig: Config = toConfig(configSchema([]).parse({}), "");

function toConfig(settings: Settings, file: string): Config {
  const beside = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolveBeside(file, path);
  const { api } = settings;
  const files: Pick<ApiSettings, "tokenPath" | "tlsCertPath" | "tlsKeyPath" | "tlsClientCaPath"> = {
    tokenPath: beside(api.tokenPath),
    tlsCertPath: beside(api.tlsCertPath),
    tlsKeyPath: beside(api.tlsKeyPath),
    tlsClientCaPath: beside(api.tlsClientCaPath),
  };
  return Object.freeze({
    privateKeyPath: beside(settings.private_key_path),
    apiEndpoint: settings.api_endpoint,
    api: Object.freeze({ ...api, ...files }),
    log: settings.log,
    crypto: settings.crypto,
    network: settings.network,
    transports: settings.transports,
    peers: settings.peers,
    limits: settings.limits,
    metrics: settings.metrics,
  });
}

function toFindings(issue: z.core.$ZodIssue, content: YamlContent): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? "" : step));
  if (issue.code !== "unrecognized_keys") {
    const finding = { offset: content.offsetOf(path, "value"), path, message: issue.message };
    const other = issue.code === "custom" ? otherHalf(issue.params, path) : undefined;
    return [
      other === undefined ? finding : { ...finding, earlier: content.offsetOf(other, "value") },
    ];
  }
  const known = knownKeys(issue.message);
  return issue.keys.map((key) => unknownKey([...path, key], key, known, content));
}

/** Where the other half of a conflict is: a path as long as the end of this one, in its place. */
function otherHalf(
  params: Readonly<Record<string, unknown>> | undefined,
  path: Path,
): Path | undefined {
  const earlier: unknown = params?.["earlier"];
  return Array.isArray(earlier) ? [...path.slice(0, -earlier.length), ...earlier] : undefined;
}

function unknownKey(
  path: Path,
  key: string,
  known: readonly string[],
  content: YamlContent,
): Finding {
  const meant = isName(key) ? nearestName(key, known) : undefined;
  const question = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  const expected = known.length === 0 ? "none" : `one of ${known.join(", ")}`;
  const message = `unknown key${question}, expected ${expected}`;
  return { offset: content.offsetOf(path, "key"), path, message };
}
