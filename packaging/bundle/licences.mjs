// SPDX-License-Identifier: GPL-3.0-or-later

// The licences of what went into a bundle: most of them ask to go where the code goes.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)\b/i;

/** One text with every package that is among the inputs, which are paths from the root. */
export async function licencesOf(root, inputs) {
  const folders = new Set(inputs.map((input) => PACKAGE.exec(input)?.[1]).filter(Boolean));
  const parts = [];
  for (const folder of [...folders].sort()) parts.push(await licenceOf(join(root, folder)));
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

async function licenceOf(folder) {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const names = (await readdir(folder)).filter((name) => LICENCE_FILE.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return [`${manifest.name} ${manifest.version}: ${manifest.license}\n`, ...texts].join("\n");
}
