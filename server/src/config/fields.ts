// SPDX-License-Identifier: GPL-3.0-or-later

// The kinds of keys a configuration has, as zod schemas whose messages say what is wrong and what
// was expected. Guards rule P3: a message may name the kind of a value, never the value.

import { z } from "zod";
import { formatSize, parseSize, SIZE_TEXT } from "./sizes.js";

type RawIssue = z.core.$ZodRawIssue;

/** A mapping with these keys and no others. Its message on unknown keys is the list of the known. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const error = (issue: RawIssue): string =>
    issue.code === "unrecognized_keys"
      ? Object.keys(shape).join(" ")
      : `${wrongKind(issue.input)}, expected a mapping of keys to values`;
  return z.strictObject(shape, { error });
}

/** The known keys, from the message of a section on unknown ones. */
export function knownKeys(message: string): readonly string[] {
  return message.split(" ").filter((key) => key !== "");
}

/** A whole number, bounds included. */
export function count(about: string, from: number, to: number) {
  const error = numberError(`a whole number from ${from} to ${to}`);
  return z
    .int({ error })
    .min(from, { error })
    .max(to, { error })
    .describe(`${about} From ${from} to ${to}.`);
}

/** A size in bytes, bounds included: a number, or text such as 4MiB. Comes out as a number. */
export function size(about: string, from: number, to: number) {
  const range = `from ${formatSize(from)} to ${formatSize(to)}`;
  const error = numberError(`a size ${range}`);
  return z
    .union([z.number(), z.string().regex(SIZE_TEXT).transform(parseSize)], { error })
    .pipe(z.int({ error }).min(from, { error }).max(to, { error }))
    .describe(`${about} A size ${range}.`);
}

/** Yes or no. */
export function flag(about: string) {
  const error = ({ input }: RawIssue): string => `${wrongKind(input)}, expected true or false`;
  return z.boolean({ error }).describe(`${about} true or false.`);
}

/** One of several words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  about: string,
  words: Words,
) {
  const expected = `expected one of ${words.join(", ")}`;
  const error = ({ input }: RawIssue): string =>
    `${typeof input === "string" ? "unknown word" : wrongKind(input)}, ${expected}`;
  return z.enum(words, { error }).describe(`${about} One of ${words.join(", ")}.`);
}

/** Text in which `wrong` finds nothing. It answers what is wrong, without quoting the text. */
export function text(expected: string, wrong: (given: string) => string | undefined) {
  return z
    .string({ error: ({ input }) => `${wrongKind(input)}, expected ${expected}` })
    .check((context) => {
      const message = wrong(context.value);
      if (message === undefined) return;
      const { value: input } = context;
      context.issues.push({ code: "custom", input, message: `${message}, expected ${expected}` });
    });
}

/** A list, bounds of its length included. */
export function list<Item extends z.ZodType>(
  item: Item,
  expected: string,
  least: number,
  most = Number.POSITIVE_INFINITY,
) {
  const error = (issue: RawIssue): string => {
    if (issue.code === "too_small") return `an empty list, expected ${expected}`;
    if (issue.code === "too_big") return `too many, expected at most ${most}`;
    return `${wrongKind(issue.input)}, expected ${expected}`;
  };
  const any = z.array(item, { error }).min(least, { error });
  return Number.isFinite(most) ? any.max(most, { error }) : any;
}

/** A list, or one of its items alone, which must be text. Comes out as a list. */
export function oneOrMore<Item>(one: z.ZodType<Item>, more: z.ZodType<Item[]>) {
  return z
    .unknown()
    .transform((given, context): Item[] => {
      const alone = typeof given === "string";
      const result = alone ? one.safeParse(given) : more.safeParse(given);
      if (result.success) return alone ? [result.data as Item] : (result.data as Item[]);
      for (const issue of result.error.issues) context.issues.push({ ...issue, input: undefined });
      return z.NEVER;
    })
    .meta({ anyOf: [one, more].map(partOfJsonSchema) });
}

/** The JSON Schema of what goes into a part of another schema. */
export function partOfJsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...part } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return part;
}

/** What is said where a schema that is not of this room has no message of its own. */
export function foreignMessage(issue: RawIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      // Never empty: zod would put a message of its own in its place, which shows the key.
      return `${issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(" ") : ""} `;
    case "invalid_type":
      return `${wrongKind(issue.input)}, expected ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `another value, expected one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `too small, expected at least ${issue.minimum}`;
    case "too_big":
      return `too large, expected at most ${issue.maximum}`;
    default:
      return `${wrongKind(issue.input)}, expected what this option is described to be`;
  }
}

/** What zod's names of kinds mean to who writes a configuration. */
const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys to values",
  record: "a mapping of keys to values",
};

function numberError(expected: string): (issue: RawIssue) => string {
  return ({ code, input }) => {
    let wrong = wrongKind(input);
    if (code === "too_small") wrong = "too small";
    else if (code === "too_big") wrong = "too large";
    else if (typeof input === "number") wrong = "not a whole number";
    else if (code === "invalid_union" && typeof input === "string") wrong = "not a size";
    return `${wrong}, expected ${expected}`;
  };
}

/** What kind of value was found. */
export function wrongKind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "found nothing";
  if (Array.isArray(value)) return "found a list";
  switch (typeof value) {
    case "string":
      return "found text";
    case "number":
      return "found a number";
    case "boolean":
      return "found true or false";
    default:
      return "found a mapping";
  }
}
