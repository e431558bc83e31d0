// SPDX-License-Identifier: GPL-3.0-or-later

// Copies installed packages with what they depend on: of each only what runs on this machine.

import { cp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, sep } from "node:path";

const KEPT = new Set(["", ".js", ".cjs", ".mjs", ".json", ".node", ".txt"]);
const MACHINE = `${process.platform}-${process.arch}`;

/**
 * Copies packages into a node_modules folder; `from` is the file that would ask for them. Answers
 * the names of those that are installed: the others are left out, and so is the code for others
 * than this machine.
 */
export async function copyPackages(names, from, to) {
  const done = new Set();
  const found = [];
  for (const name of names) if (await copyWithDependencies(name, from, to, done)) found.push(name);
  return found;
}

async function copyWithDependencies(name, from, to, done) {
  const manifest = await findManifest(name, from);
  if (manifest === undefined) return false;
  if (done.has(name)) return true;
  done.add(name);
  await cp(dirname(manifest.path), join(to, name), { recursive: true, filter: isForHere });
  const { dependencies = {}, optionalDependencies = {} } = manifest.content;
  for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) {
    await copyWithDependencies(other, manifest.path, to, done);
  }
  return true;
}

// Not by resolving "name/package.json", which a package may keep to itself.
async function findManifest(name, from) {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    const path = join(folder, name, "package.json");
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return { path, content: JSON.parse(text) };
  }
  return undefined;
}

function isForHere(path) {
  if (basename(dirname(path)) === "prebuilds") return basename(path) === MACHINE;
  const inPackage = path.split(`${sep}node_modules${sep}`).at(-1) ?? path;
  return !inPackage.includes(`${sep}vendor`) && KEPT.has(extname(path));
}
