// SPDX-License-Identifier: GPL-3.0-or-later

// The example that `inet256 create-config` prints, written out of the schema, so that no key can
// be missing from it and no default can differ.

import type { z } from "zod";
import type { NetworkKinds } from "./network-schema.js";
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
export function exampleConfig(networks: NetworkKinds): string {
  const preface = PREFACE.flatMap((text) => comment(text, ""));
  const lines = [...preface, "", ...entries(configJsonSchema(networks), "")];
  return `${lines.join("\n")}\n`;
}

/** The keys of a mapping, an empty line between them. */
function entries(mapping: JsonSchema, indent: string): readonly string[] {
  return apart(keysOf(mapping).map(([key, schema]) => entry(key, schema, indent, "")));
}

/** A list with one mapping: its first key has the dash, the others stand below the first. */
function item(mapping: JsonSchema, indent: string): readonly string[] {
  return apart(
    keysOf(mapping).map(([key, schema], index) =>
      index === 0 ? entry(key, schema, indent, "- ") : entry(key, schema, `${indent}  `, ""),
    ),
  );
}

/** One key: what it is for, then its value, or what it holds. */
function entry(key: string, schema: JsonSchema, indent: string, dash: string): readonly string[] {
  const about = comment(schema.description ?? "", indent);
  const forms = schema.examples === undefined ? [schema, ...(schema.anyOf ?? [])] : [];
  const mapping = forms.find(isMapping);
  const items = forms.map(itemsOf).find(isMapping);
  const inside = `${indent}  `;
  if (mapping !== undefined) return [...about, `${indent}${key}:`, ...entries(mapping, inside)];
  if (items !== undefined) return [...about, `${indent}${key}:`, ...item(items, inside)];
  const value = inYaml(schema.default ?? schema.examples?.[0]);
  return [...about, `${indent}${SET.has(key) ? "" : "#"}${dash}${key}: ${value}`];
}

function keysOf(mapping: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(mapping.properties ?? {}).flatMap(([key, schema]) =>
    typeof schema === "boolean" ? [] : [[key, schema]],
  );
}

function isMapping(schema: boolean | JsonSchema | undefined): schema is JsonSchema {
  return typeof schema === "object" && schema.properties !== undefined;
}

/** The schema of what a list holds. */
function itemsOf(schema: boolean | JsonSchema): boolean | JsonSchema | undefined {
  if (typeof schema === "boolean" || Array.isArray(schema.items)) return undefined;
  return schema.items;
}

/** Text goes without quotes, but not inside a list: addresses have colons and brackets. */
function inYaml(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
}

function apart(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]));
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
