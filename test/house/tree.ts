// SPDX-License-Identifier: GPL-3.0-or-later

/** The tree as it lies there: sources by folder, and what a folder holds. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Source } from "./source.js";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const NOT_OURS = new Set(["node_modules", "dist", "coverage", "__pycache__"]);
const SOURCE = /\.(?:[cm]?[jt]s|py|pyi|go|proto)$/;

/** Every source below a folder; what was built, fetched or is hidden is left out. */
export function sourcesOf(folder: string): readonly Source[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || NOT_OURS.has(entry.name)) return [];
    if (entry.isDirectory()) return sourcesOf(path);
    if (!SOURCE.test(entry.name)) return [];
    return [{ path, text: readFileSync(join(ROOT, path), "utf8") }];
  });
}

/** A file's text. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
