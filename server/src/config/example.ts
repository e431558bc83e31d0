// SPDX-License-Identifier: GPL-3.0-or-later

// The example that `inet256 create-config` prints, written out of the schema, so that no key can
// be missing from it and no default can differ.

import type { z } from "zod";
import { configJsonSchema } from "./schema.js";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const WIDTH = 96;

const PREFACE = [
  "Configuration of the INET256 daemon mesh256.",
  "Every key there is stands here. One that is commented out is shown with what applies without " +
    "it: take away the # to change it. `inet256 config check` says whether all is well.",
];

/** Keys the example sets. All the others are commented out. */
const SET: ReadonlySet<string> = new Set(["private_key_path"]);

/**
 * A complete configuration, every key explained. As it stands it means the defaults, with the
 * private key in private_key.pem beside it. Ends with a line break.
 */
export function exampleConfig(): string {
  const preface = PREFACE.flatMap((text) => comment(text, ""));
  const lines = [...preface, "", ...entries(configJsonSchema(), "")];
  return `${lines.join("\n")}\n`;
}

/** The keys of a mapping, an empty line between them. */
function entries(mapping: JsonSchema, indent: string): readonly string[] {
  return Object.entries(mapping.properties ?? {}).flatMap(([key, schema], index) => {
    if (typeof schema === "boolean") return [];
    return [...(index === 0 ? [] : [""]), ...entry(key, schema, indent)];
  });
}

function entry(key: string, schema: JsonSchema, indent: string): readonly string[] {
  const about = comment(schema.description ?? "", indent);
  const mapping = [schema, ...(schema.anyOf ?? [])].find(isMapping);
  if (mapping !== undefined)
    return [...about, `${indent}${key}:`, ...entries(mapping, `${indent}  `)];
  const value = schema.default ?? schema.examples?.[0];
  return [...about, `${indent}${SET.has(key) ? "" : "#"}${key}: ${value}`];
}

function isMapping(schema: boolean | JsonSchema): schema is JsonSchema {
  return typeof schema !== "boolean" && schema.properties !== undefined;
}

/** Breaks a text into comment lines no wider than WIDTH where its words allow. */
function comment(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
