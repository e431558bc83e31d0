// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * One address in 64 begins with a dash, and looks like an option. Such words are marked before
 * the command line is parsed, and the mark is taken off by the parsers of arguments. The mark is
 * the one character that no word of a command line can hold.
 */
import { decodeText } from "@inet256/client/identity";

const MARK = "\0";
const DASHED = /^-[-0-9A-Z_a-z]{42}$/;

/** Marks every word that reads like an address and begins with a dash. */
export function markAddresses(words: readonly string[]): string[] {
  return words.map((word) => (DASHED.test(word) ? MARK + word : word));
}

/** A word as it was typed. */
export function unmarked(word: string): string {
  return word.startsWith(MARK) ? word.slice(MARK.length) : word;
}

/** Whether a word is the text form of an address. */
export function isAddress(word: string): boolean {
  try {
    decodeText(word);
    return true;
  } catch {
    return false;
  }
}
