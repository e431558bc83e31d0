// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What stands on the command line, checked and typed. A parser is given the name it is to use in
 * its errors, and never repeats the value: it may be a secret in the wrong place.
 */
import { Address, IdentityError } from "@inet256/client/identity";
import { unmarked } from "./address-words.js";
import { UsageError } from "./failures.js";

/** Parses one word; throws UsageError. */
export type Parser<T> = (word: string) => T;

/** An address in its text form. */
export const addressArgument: Parser<Address> = (word) => {
  try {
    return Address.parse(unmarked(word));
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    throw new UsageError(`address: ${error.message}`);
  }
};

/** The path of a file. */
export function fileArgument(name: string): Parser<string> {
  return (word) => {
    if (word === "") throw new UsageError(`${name}: expected the path of a file, got nothing`);
    return unmarked(word);
  };
}

/** A whole number, bounds included. */
export function wholeNumber(name: string, from: number, to: number): Parser<number> {
  return (word) => {
    const value = /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new UsageError(
      `${name}: expected a whole number from ${from} to ${to.toLocaleString("en-US")}`,
    );
  };
}

/** A time in seconds, fractions allowed, bounds included; gives milliseconds. */
export function secondsArgument(name: string, from: number, to: number): Parser<number> {
  return (word) => {
    const value = /^(\d{1,9}(\.\d{0,9})?|\.\d{1,9})$/.test(word) ? Number(word) : Number.NaN;
    if (value >= from && value <= to) return value * 1000;
    throw new UsageError(
      `${name}: expected seconds, a number from ${from} to ${to.toLocaleString("en-US")}`,
    );
  };
}

/** One of several words. */
export function oneOf<const Words extends readonly string[]>(
  name: string,
  words: Words,
): Parser<Words[number]> {
  return (word) => {
    const found = words.find((known) => known === word);
    if (found !== undefined) return found;
    throw new UsageError(`${name}: expected one of ${words.join(", ")}`);
  };
}
