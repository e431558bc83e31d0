// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Freezes a value all the way down, but for bytes, which cannot be frozen. What is frozen already
 * is taken to be so below too, which also ends circles.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
