// SPDX-License-Identifier: GPL-3.0-or-later

// Writes the manual pages into a folder. Needs the command built (npm run build).
//   node packaging/man/make.mjs FOLDER

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createProgram } from "../../apps/dist/program.js";
import { manualPages } from "./pages.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("expected a folder");
const manifest = await readFile(new URL("../../apps/package.json", import.meta.url), "utf8");
const { version } = JSON.parse(manifest);

const terminal = { stdout: new PassThrough(), stderr: new PassThrough() };
await mkdir(folder, { recursive: true });
const pages = manualPages(createProgram({ terminal, version }), version);
for (const [name, content] of pages) await writeFile(join(folder, name), content);
