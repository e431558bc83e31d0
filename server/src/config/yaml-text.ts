// SPDX-License-Identifier: GPL-3.0-or-later

// From YAML text to a plain value of which every part can still be found in the text. Guards the
// process: no text up to the size limit exhausts the stack, or takes more than linear time.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import type { Finding, Path } from "./problems.js";
import { describeYamlError } from "./yaml-errors.js";
import { findAliases, findDepth, findDuplicates, keyOf, startOf } from "./yaml-guards.js";

/** What a text says. */
export interface YamlContent {
  /** Strings, numbers, booleans, null, arrays and objects; null when the text is empty. */
  readonly value: unknown;
  /**
   * Where a value, or the key it belongs to, begins in code units. Where the path leads beyond
   * what is there: the innermost place on the way.
   */
  offsetOf(path: Path, part: "key" | "value"): number;
}

/** What reading gives: content, unless the findings leave its meaning open. */
export interface YamlReading {
  readonly content: YamlContent | undefined;
  readonly findings: readonly Finding[];
}

/** Reads a text, which has no byte order mark. */
export function readYaml(text: string): YamlReading {
  const depth = findDepth(text);
  if (depth.length > 0) return { content: undefined, findings: depth };
  // The core schema and nothing else, whatever a %YAML directive says: no `yes`, dates, merge keys.
  // Duplicate keys are found below, since the library's own search takes quadratic time.
  const document = parseDocument(text, {
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    path: [],
    message: describeYamlError(error),
  }));
  if (syntax.length > 0) return { content: undefined, findings: syntax };
  const duplicates = findDuplicates(document.contents);
  const aliases = findAliases(document.contents);
  if (aliases.length > 0) return { content: undefined, findings: [...duplicates, ...aliases] };
  return { content: contentOf(document), findings: duplicates };
}

function contentOf(document: Document): YamlContent {
  const indexes = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair> => {
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair), pair]));
    indexes.set(map, index);
    return index;
  };
  return {
    // Aliases become references to one object, so that few of them cannot multiply into much.
    value: document.toJS({ maxAliasCount: -1 }),
    offsetOf(path, part) {
      let node: unknown = document.contents;
      let offset = startOf(node);
      for (const step of path) {
        const parent = isAlias(node) ? node.resolve(document) : node;
        if (isMap(parent)) {
          const pair = pairsOf(parent).get(String(step));
          if (pair === undefined) break;
          node = pair.value;
          // A value that is not written has no place of its own.
          offset = startOf(part === "key" || isUnwritten(node) ? pair.key : node);
        } else if (isSeq(parent) && typeof step === "number") {
          node = parent.items[step];
          offset = startOf(node);
        } else break;
      }
      return offset;
    },
  };
}

function isUnwritten(node: unknown): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1]);
}
