// SPDX-License-Identifier: GPL-3.0-or-later

// Makes dist/inet256.mjs: the whole command in one file, for any machine with Node 20.19 or newer.
// Native code for cryptography and UDP is not in it: where the packages sodium-native and koffi lie
// in a folder node_modules beside the file, they are used, and elsewhere the portable code is.
// `--native` puts those of this machine there. Guards that the file needs nothing else at all.

import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";
import { copyPackages } from "./native.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NATIVE = ["sodium-native", "koffi"];

const { values } = parseArgs({
  options: {
    native: { type: "boolean", default: false },
    out: { type: "string", default: join(ROOT, "dist") },
  },
});
const out = resolve(values.out);
const file = join(out, "inet256.mjs");

/** The version stands in package.json, which is not beside the one file. */
const version = {
  name: "version",
  async setup({ onLoad }) {
    const manifest = JSON.parse(await readFile(join(ROOT, "apps/package.json"), "utf8"));
    onLoad({ filter: /apps[\\/]src[\\/]version\.ts$/ }, () => ({
      contents: `export const readVersion = () => ${JSON.stringify(manifest.version)};`,
      loader: "ts",
    }));
  },
};

// Packages of the older kind ask for Node's modules by a `require` that an ES module has not.
const HEAD = `#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ["apps/src/main.ts"],
  outfile: file,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  conditions: ["@inet256/source"],
  plugins: [version],
  banner: { js: HEAD },
  // Names stay, for whoever reads a fault that was reported.
  minifySyntax: true,
  minifyWhitespace: true,
  // They go into a file of their own, whole.
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
await chmod(file, 0o755);
await writeFile(join(out, "LICENSES.txt"), await licencesOf(ROOT, Object.keys(metafile.inputs)));
const [{ bytes }] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint);
console.log(`${file}: ${(bytes / 1e6).toFixed(1)} MB`);

const beside = join(out, "node_modules");
await rm(beside, { recursive: true, force: true });
if (values.native) {
  const copied = await copyPackages(NATIVE, join(ROOT, "server/package.json"), beside);
  console.log(`${beside}: ${copied.join(", ") || "no native code for this machine is installed"}`);
}
