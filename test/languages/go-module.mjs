// SPDX-License-Identifier: GPL-3.0-or-later

// The Go module as somebody gets it: put into a proxy of files, fetched from there into an empty
// folder, and the example of its README built and run, word for word.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { ROOT, succeed } from "./command.mjs";
import { MODULE } from "./go-programs.mjs";
import { greet } from "./hello.mjs";

const PATH = "github.com/mesh256/mesh256/clients/go";
const VERSION = "v0.1.0";

/** Fetches, builds and runs the example at a daemon. */
export async function checkGoModule(endpoint) {
  const folder = await mkdtemp(join(tmpdir(), "inet256-module-"));
  // What was fetched before need not be fetched again, but goes into a cache of its own.
  const { stdout } = await succeed("go", ["env", "GOMODCACHE", "GOPROXY"]);
  const [cache, proxy] = stdout.trim().split("\n");
  const env = {
    GOPROXY: `file://${join(folder, "proxy")},file://${join(cache, "cache/download")},${proxy}`,
    GONOSUMDB: PATH,
    GOFLAGS: "-mod=mod -modcacherw",
    GOMODCACHE: join(folder, "cache"),
  };
  try {
    await makeProxy(join(folder, "proxy", PATH, "@v"));
    const empty = join(folder, "hello");
    await mkdir(empty);
    await writeFile(join(empty, "main.go"), await readExample());
    const settings = { cwd: empty, env };
    await succeed("go", ["mod", "init", "example.org/hello"], settings);
    await succeed("go", ["get", `${PATH}@${VERSION}`], settings);
    await succeed("go", ["build", "-o", "hello", "."], settings);
    const program = { command: join(empty, "hello"), args: [] };
    await greet(program, program, endpoint);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program in the README, which is the one in examples/ without its first comments. */
async function readExample() {
  const readme = await readFile(join(MODULE, "README.md"), "utf8");
  const example = await readFile(join(MODULE, "examples/hello/main.go"), "utf8");
  const shown = /^```go\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
  if (shown !== example.slice(example.indexOf("package main"))) {
    throw new Error("the README shows another program than examples/hello");
  }
  return shown;
}

async function makeProxy(folder) {
  await mkdir(folder, { recursive: true });
  const info = { Version: VERSION, Time: "2026-01-01T00:00:00Z" };
  await writeFile(join(folder, "list"), `${VERSION}\n`);
  await writeFile(join(folder, `${VERSION}.info`), JSON.stringify(info));
  await copyFile(join(MODULE, "go.mod"), join(folder, `${VERSION}.mod`));
  await writeFile(join(folder, `${VERSION}.zip`), zip(await readModule()));
}

/** What belongs to the module: what git knows of its folder, and will know. */
async function readModule() {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--", "clients/go"];
  const { stdout } = await succeed("git", args, { cwd: ROOT });
  const paths = stdout.split("\n").filter((path) => path !== "");
  return Promise.all(
    paths.map(async (path) => ({
      name: `${PATH}@${VERSION}/${path.slice("clients/go/".length)}`,
      content: await readFile(join(dirname(dirname(MODULE)), path)),
    })),
  );
}

/** A zip archive of these files, not compressed. */
function zip(files) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const { name, content } of files) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x21, 8);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), fields, place, Buffer.from(name));
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), content]);
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}
