// SPDX-License-Identifier: GPL-3.0-or-later

// Programs of the Go client that tests and measurements of several languages run: built once, into
// the cache.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, succeed } from "./command.mjs";

/** The folder of the Go module. */
export const MODULE = join(ROOT, "clients/go");
/** Where what is built is kept. */
export const CACHE = join(ROOT, "node_modules/.cache/inet256-go");

/** Builds a program of the module, for example ./internal/pump; answers its path. */
export async function buildProgram(folder) {
  await mkdir(CACHE, { recursive: true });
  const program = join(CACHE, folder.split("/").at(-1));
  await succeed("go", ["build", "-o", program, folder], { cwd: MODULE });
  return program;
}
