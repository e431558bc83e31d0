// SPDX-License-Identifier: GPL-3.0-or-later

// Packs the four npm packages and installs them where nothing of this repository is; then runs the
// command and, word for word, the examples of the two READMEs. Needs the npm registry.
//   node packaging/test-packages.mjs

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { ROOT, succeed } from "../test/languages/command.mjs";
import { createReport } from "../test/languages/report.mjs";

const PACKAGES = ["gen", "clients/ts", "server", "apps"];
const DEADLINE_MS = 20_000;

const folder = await mkdtemp(join(tmpdir(), "inet256-packages-"));
const elsewhere = join(folder, "elsewhere");
const env = {
  XDG_RUNTIME_DIR: join(folder, "run"),
  XDG_STATE_HOME: join(folder, "state"),
  INET256_API: `unix://${join(folder, "run/inet256.sock")}`,
};
const running = new Set();

/** Packs one, and has publint look at what came of it. Answers the path. */
async function pack(name) {
  const pkgDir = join(ROOT, name);
  const words = ["pack", "--json", "--pack-destination", folder];
  const { stdout } = await succeed("npm", words, { cwd: pkgDir });
  const packed = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))))[0];
  const files = packed.files.map(({ path }) => path);
  for (const needed of ["LICENSE", "package.json"]) assert.ok(files.includes(needed), needed);
  assert.deepEqual(
    files.filter((path) => /tsbuildinfo|\.test\.|node_modules|\.pem$/.test(path)),
    [],
  );
  const path = join(folder, packed.filename);
  const { buffer } = new Uint8Array(await readFile(path));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
  return path;
}

async function install(tarballs) {
  await mkdir(elsewhere);
  await mkdir(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  await writeFile(join(elsewhere, "package.json"), '{ "private": true, "type": "module" }\n');
  await succeed("npm", ["install", "--no-audit", "--no-fund", ...tarballs], { cwd: elsewhere });
  const own = await readdir(join(elsewhere, "node_modules/@inet256"), { withFileTypes: true });
  assert.deepEqual(own.map((entry) => [entry.name, entry.isSymbolicLink()]).sort(), [
    ["cli", false],
    ["client", false],
    ["mesh256", false],
    ["proto", false],
  ]);
}

const inet256 = (...words) => succeed("npx", ["inet256", ...words], { cwd: elsewhere, env });

/** Starts a program there; `line` resolves to the first line of its output that fits. */
function start(command, words) {
  const child = spawn(command, words, {
    cwd: elsewhere,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const ended = once(child, "exit");
  const lines = [];
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  }
  const line = (pattern) =>
    new Promise((resolve, reject) => {
      const give = (why) => reject(new Error(`${why}: no line ${pattern}\n${lines.join("\n")}`));
      const timer = setTimeout(() => give("not in time"), DEADLINE_MS);
      const look = () => {
        const found = lines.find((candidate) => pattern.test(candidate));
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      };
      ended.then(() => give("ended"), reject);
      waiting.add(look);
      look();
    });
  const stop = async (signal) => {
    child.kill(signal);
    const [code] = await ended;
    return code;
  };
  return { line, stop };
}

const COMMAND = "node_modules/@inet256/cli/bin/inet256.js";

async function checkCommand() {
  const { version } = JSON.parse(await readFile(join(ROOT, "apps/package.json"), "utf8"));
  assert.equal((await inet256("--version")).stdout, `${version}\n`);
  assert.match((await inet256("keygen")).stdout, /^-----BEGIN PRIVATE KEY-----\n/);
  const echo = start(process.execPath, [COMMAND, "echo", "--quiet"]);
  const address = await echo.line(/^\S{43}$/);
  assert.match((await inet256("ping", "-c", "2", address)).stdout, /2 received/);
  assert.equal(await echo.stop("SIGTERM"), 0);
}

/** The blocks of a README that are JavaScript. */
async function examplesOf(readme) {
  const text = await readFile(join(ROOT, readme), "utf8");
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
}

async function checkClientReadme() {
  for (const code of await examplesOf("clients/ts/README.md")) {
    const [, name] = /^\/\/ (\S+\.mjs)\n/.exec(code) ?? [];
    if (name !== undefined) await writeFile(join(elsewhere, name), code);
  }
  const answer = start(process.execPath, ["answer.mjs"]);
  const address = await answer.line(/^\S{43}$/);
  const { stdout } = await succeed(process.execPath, ["ask.mjs", address], { cwd: elsewhere, env });
  assert.equal(stdout, "you said hello\n");
  await answer.line(/^\S{43} says hello$/);
  await answer.stop("SIGKILL");
}

async function checkReadme() {
  const [code] = await examplesOf("README.md");
  await writeFile(join(elsewhere, "short.mjs"), code);
  const echo = start(process.execPath, [COMMAND, "echo", "--quiet"]);
  const short = start(process.execPath, ["short.mjs", await echo.line(/^\S{43}$/)]);
  await short.line(/^I am \S{43}$/);
  await short.line(/^\S{43} says hello$/);
  await short.stop("SIGKILL");
  await echo.stop("SIGTERM");
}

const report = createReport();
try {
  const tarballs = [];
  for (const name of PACKAGES) {
    await report.check(`${name} packs, and publint finds nothing`, async () => {
      tarballs.push(await pack(name));
    });
  }
  if (await report.check("they install elsewhere", () => install(tarballs))) {
    const daemon = start(process.execPath, [COMMAND, "daemon"]);
    await report.check("a daemon runs from there", async () => {
      await daemon.line(/^endpoint/);
    });
    await report.check("the command works from there", checkCommand);
    await report.check("clients/ts/README.md, word for word", checkClientReadme);
    await report.check("README.md, word for word", checkReadme);
    await report.check("the daemon ends", async () =>
      assert.equal(await daemon.stop("SIGTERM"), 0),
    );
  }
} finally {
  for (const child of running) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
}
process.exit(report.finish());
