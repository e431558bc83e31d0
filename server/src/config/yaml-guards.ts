// SPDX-License-Identifier: GPL-3.0-or-later

// What YAML allows and a configuration does not: depth without bound, one key twice, aliases that
// lead nowhere or multiply. Each check takes linear time and says where the trouble begins.

import { CST, isAlias, isMap, isNode, isScalar, isSeq, type Pair, Parser } from "yaml";
import { MAX_ALIASES, MAX_DEPTH } from "./constants.js";
import type { Finding, Path } from "./problems.js";

/** Where a node begins, in code units; 0 where the library does not say. */
export function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** The key of a pair. Keys are text: others are syntax errors by the option `stringKeys`. */
export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}

/**
 * A finding for a collection beyond MAX_DEPTH. To be asked before anything recursive
 * looks at the text; walks the token tree itself with a list of its own.
 */
export function findDepth(text: string): readonly Finding[] {
  const waiting: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of new Parser().parse(text)) {
    if (token.type === "document" && token.value) waiting.push({ token: token.value, depth: 0 });
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token } = next;
    if (!CST.isCollection(token)) continue;
    const depth = next.depth + 1;
    if (depth > MAX_DEPTH) {
      const message = `nested too deeply, expected at most ${MAX_DEPTH} levels`;
      return [{ offset: token.offset, path: [], message }];
    }
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth });
      if (value) waiting.push({ token: value, depth });
    }
  }
  return [];
}

/** Findings for keys that a mapping has already. */
export function findDuplicates(contents: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  visit(contents, [], (node, path) => {
    if (!isMap(node)) return;
    const first = new Map<string, number>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      const offset = startOf(pair.key);
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, offset);
      else findings.push({ offset, path: [...path, key], message: DUPLICATE, earlier });
    }
  });
  return findings;
}

const DUPLICATE = "duplicate key, expected it once";

/** Findings for aliases without an anchor before them, and for the first one beyond MAX_ALIASES. */
export function findAliases(contents: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(contents, [], (node, path) => {
    if (!isAlias(node)) {
      if (isNode(node) && node.anchor !== undefined) anchors.add(node.anchor);
      return;
    }
    aliases++;
    const offset = startOf(node);
    if (!anchors.has(node.source)) {
      const message = "an alias (*name) of nothing, expected an anchor (&name) before it";
      findings.push({ offset, path, message });
    } else if (aliases === MAX_ALIASES + 1) {
      const message = `too many aliases (*name), expected at most ${MAX_ALIASES}`;
      findings.push({ offset, path, message });
    }
  });
  return findings;
}

/** Shows every value with its path, in the order of the text. Recursive: depth is bounded above. */
function visit(node: unknown, path: Path, show: (node: unknown, path: Path) => void): void {
  show(node, path);
  if (isMap(node)) {
    for (const pair of node.items) visit(pair.value, [...path, keyOf(pair)], show);
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) visit(item, [...path, index], show);
  }
}
