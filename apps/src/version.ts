// SPDX-License-Identifier: GPL-3.0-or-later

import { readFileSync } from "node:fs";

/** The version of this package, as its package.json has it. */
export function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const content: unknown = JSON.parse(text);
  if (typeof content === "object" && content !== null && "version" in content) {
    return String(content.version);
  }
  throw new TypeError("package.json has no version");
}
