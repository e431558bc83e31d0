// SPDX-License-Identifier: GPL-3.0-or-later

// Looks for secret bytes in text, in every form in which programs print bytes by accident.

import { inspect } from "node:util";
import { expect } from "vitest";

const WINDOW = 6;

/** That no six bytes of the secret in a row are in the text: as hex, base64, numbers or text. */
export function expectNothingOf(secret: Uint8Array, text: string): void {
  const lower = text.toLowerCase();
  const numbers = text.replace(/"\d+":/g, "").replace(/[^0-9]+/g, ",");
  for (let at = 0; at + WINDOW <= secret.length; at++) {
    const part = Buffer.from(secret.subarray(at, at + WINDOW));
    expect(lower).not.toContain(part.toString("hex"));
    expect(lower).not.toContain(part.toString("hex").replace(/(..)(?!$)/g, "$1 "));
    expect(text).not.toContain(part.toString("base64"));
    expect(text).not.toContain(part.toString("latin1"));
    expect(numbers).not.toContain([...part].join(","));
  }
}

/** All the text that an error can give: its message, its stack, its causes, its properties. */
export function textOf(error: unknown): string {
  return [
    String(error),
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error),
  ].join();
}
