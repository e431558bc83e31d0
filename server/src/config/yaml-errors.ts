// SPDX-License-Identifier: GPL-3.0-or-later

// What a syntax error is called in a problem. The YAML library's own messages quote the text,
// which may hold a secret (rule P3), so each of its codes has a sentence of ours instead.

import type { ErrorCode, YAMLError } from "yaml";

const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias (*name) has a tag or an anchor, expected it alone",
  BAD_ALIAS: "bad name of an anchor (&name) or alias (*name), expected one without a final colon",
  BAD_COLLECTION_TYPE: "this tag (!name) does not go with this kind of value, expected no tag",
  BAD_DIRECTIVE: "unknown or malformed directive, expected none or %YAML 1.2",
  BAD_DQ_ESCAPE:
    "unknown escape between double quotes, expected a doubled backslash, or single quotes around it all",
  BAD_INDENT: "wrong indentation, expected the column of the lines this one belongs with",
  BAD_PROP_ORDER: "tag or anchor in the wrong place, expected it after the indicator -, ? or :",
  BAD_SCALAR_START: "a value begins with a reserved character, expected quotes around the value",
  BLOCK_AS_IMPLICIT_KEY:
    "a second key on one line, expected quotes around the value, or the inner key on a line of its own",
  BLOCK_IN_FLOW:
    "a list or mapping without brackets inside [ ] or { }, expected a comma before it, or its brackets",
  DUPLICATE_KEY: "duplicate key, expected it once",
  IMPOSSIBLE: "not YAML, expected a mapping of keys to values",
  KEY_OVER_1024_CHARS: "a key of more than 1024 characters, expected a short one",
  MISSING_CHAR: "something is missing here, expected a space, a colon, a quote or a bracket",
  MULTILINE_IMPLICIT_KEY: "a key on several lines, expected it on one, followed by a colon",
  MULTIPLE_ANCHORS: "several anchors (&name) on one value, expected at most one",
  MULTIPLE_DOCS: "a second document begins, expected a single one",
  MULTIPLE_TAGS: "several tags (!name) on one value, expected none",
  NON_STRING_KEY: "a key is a list, a mapping or an alias, expected plain text",
  RESOURCE_EXHAUSTION: "nested too deeply, expected sections with values",
  TAB_AS_INDENT: "a tab in the indentation, expected spaces",
  TAG_RESOLVE_FAILED: "unknown tag (!name), or a value that does not fit it, expected no tag",
  UNEXPECTED_TOKEN: "not YAML from here on, expected the end of the line or the next key",
};

/** Codes that cover several mistakes: which one it is, is read off the library's message. */
const EXACTER: readonly (readonly [RegExp, string])[] = [
  [/^Implicit map keys need/, "a line without a colon, expected a key, a colon and a space"],
  [/^Missing closing /, "the closing quote is missing, expected it before the text ends"],
  [/^Missing , /, "something is missing between brackets, expected a comma or a colon here"],
  [/^Flow .* end with a /, "the closing bracket is missing, expected } or ]"],
  [/^Comments must be separated/, "a # right after other text, expected a space before a comment"],
];

/** A sentence on a syntax error that quotes nothing of the text. */
export function describeYamlError(error: YAMLError): string {
  const exact = EXACTER.find(([pattern]) => pattern.test(error.message));
  return exact === undefined ? SENTENCES[error.code] : exact[1];
}
