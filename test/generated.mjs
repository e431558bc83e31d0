// SPDX-License-Identifier: GPL-3.0-or-later

// Fails if a committed stub differs from what `npm run generate` would write, naming the files; and
// if the definitions in proto/ break their style or what was released (proto/released.binpb, which
// a release renews with `npx buf build -o proto/released.binpb --exclude-source-info`). Where Go or
// Python is missing, its stubs are not compared, and that is said; under CI=true it is a failure.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { NoEnvironment, prepareEnvironment } from "../clients/python/tools/environments.mjs";
import { ROOT, succeed } from "./languages/command.mjs";
import { whyNoGo } from "./languages/go.mjs";
import { createReport } from "./languages/report.mjs";

const BUF = join(ROOT, "node_modules/.bin/buf");
const buf = (...args) => succeed(BUF, args);

/** What is generated: by which template, where to, and why that cannot be done here, if so. */
const STUBS = [
  {
    name: "TypeScript stubs",
    template: "buf.gen.yaml",
    folder: "gen/src",
    byHand: ["index.ts"],
  },
  {
    name: "Go stubs",
    template: "clients/go/buf.gen.yaml",
    folder: "clients/go/internal/gen",
    whyNot: whyNoGo,
  },
  {
    name: "Python stubs",
    template: "clients/python/buf.gen.yaml",
    folder: "clients/python/src/inet256/_gen",
    whyNot: whyNoPython,
  },
];

async function whyNoPython() {
  try {
    await prepareEnvironment("oldest");
    return undefined;
  } catch (error) {
    if (error instanceof NoEnvironment) return error.message;
    throw error;
  }
}

async function checkStubs(report, fresh, { name, template, folder, byHand = [], whyNot }) {
  const reason = await whyNot?.();
  if (reason !== undefined) return report.skip(name, reason);
  await report.check(name, async () => {
    await buf("generate", "--template", template, "--output", fresh);
    const differences = await compare(join(fresh, folder), join(ROOT, folder), byHand);
    complain(differences.map((file) => `${folder}/${file}`));
  });
}

async function checkDescriptors(fresh) {
  const file = "gen/descriptors.binpb";
  const made = join(fresh, "descriptors.binpb");
  await buf("build", "--output", made, "--as-file-descriptor-set");
  const [expected, committed] = [await readFile(made), await contentOf(join(ROOT, file))];
  complain(committed?.equals(expected) ? [] : [file]);
}

/** The files, from their folder on, that are not the same in both, or not in both at all. */
async function compare(fresh, committed, byHand) {
  const files = new Set([...(await filesIn(fresh)), ...(await filesIn(committed))]);
  const differences = [];
  for (const file of [...files].filter((file) => !byHand.includes(file)).sort()) {
    const [expected, present] = await Promise.all(
      [fresh, committed].map((folder) => contentOf(join(folder, file))),
    );
    if (expected === undefined || !present?.equals(expected)) differences.push(file);
  }
  return differences;
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function contentOf(file) {
  return readFile(file).catch(() => undefined);
}

function complain(files) {
  if (files.length === 0) return;
  throw new Error(`not what "npm run generate" writes:\n${files.join("\n")}`);
}

const report = createReport();
const fresh = await mkdtemp(join(tmpdir(), "inet256-generated-"));
try {
  await report.check("proto: style", async () => {
    await buf("lint");
  });
  await report.check("proto: format", async () => {
    await buf("format", "--diff", "--exit-code");
  });
  await report.check("proto: nothing released is broken", async () => {
    await buf("breaking", "--against", "proto/released.binpb");
  });
  await report.check("descriptor set", () => checkDescriptors(fresh));
  for (const stubs of STUBS) await checkStubs(report, fresh, stubs);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
process.exitCode = report.finish();
