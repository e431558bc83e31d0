// SPDX-License-Identifier: GPL-3.0-or-later

// Reading the vector files, and damaging their cases to see that the tests notice.

import { readFileSync } from "node:fs";
import { expect } from "vitest";

export { ADAPTERS } from "../unit/crypto/adapters.js";

/** The content of a vector file beside this one; the caller names its shape. */
export function readVectors<File>(name: string): File {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
}

export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function hex(value: Uint8Array): string {
  return Buffer.from(value).toString("hex");
}

/** The case with one bit of a hexadecimal field turned over; the middle byte, or the one named. */
export function damaged<Case>(
  vector: Case,
  field: keyof Case & string,
  at?: (size: number) => number,
): Case {
  const value = vector[field];
  if (typeof value !== "string" || value === "") throw new Error(`${field} has no byte to turn`);
  const turned = bytes(value);
  const index = at === undefined ? turned.length >> 1 : at(turned.length);
  turned[index] = (turned[index] ?? 0) ^ 0x10;
  return { ...vector, [field]: hex(turned) };
}

/**
 * That a check passes for the case as it is and fails once any of these fields is damaged: without
 * this, a check that compares nothing would go unseen. Fields that are empty are left out.
 */
export function expectToNotice<Case>(
  check: (vector: Case) => void,
  vector: Case,
  fields: readonly (keyof Case & string)[],
): void {
  check(vector);
  for (const field of fields) {
    if (vector[field] === "") continue;
    expect(() => check(damaged(vector, field)), `${field} damaged`).toThrow();
  }
}
