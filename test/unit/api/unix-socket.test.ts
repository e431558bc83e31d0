// SPDX-License-Identifier: GPL-3.0-or-later

// Listening on a unix socket: whose it is, what was there before, and who can reach it when.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../../../server/src/api/errors.js";
import { listenOnUnixSocket, type RemoveSocket } from "../../../server/src/api/unix-socket.js";

let folder = "";
const servers = new Set<Server>();
const usualMask = process.umask();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-socket-"));
  // The least protective mask: what is 0600 now is so by its own doing.
  process.umask(0);
});

afterEach(() => {
  process.umask(usualMask);
  for (const server of servers) server.close();
  servers.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** Listens as a daemon does, and answers with a word. */
async function listen(path: string, word = "hello"): Promise<RemoveSocket> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(word);
  });
  servers.add(server);
  return listenOnUnixSocket(server, path);
}

/** What somebody at this path answers; undefined when nobody does. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(path);
    socket.on("data", (chunk) => {
      answer += chunk.toString();
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", () => resolve(undefined));
  });
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("it listens");
}

/** Leaves behind what a daemon leaves that was killed: a socket nobody listens on. */
function leaveStale(path: string): void {
  const script = `require("node:net").createServer()
    .listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  const { signal } = spawnSync(process.execPath, ["-e", script]);
  expect(signal).toBe("SIGKILL");
  expect(lstatSync(path).isSocket()).toBe(true);
}

describe("a free path", () => {
  it("becomes a socket of mode 0600 that answers, with nothing beside it", async () => {
    const path = join(folder, "socket");
    const remove = await listen(path);
    expect(lstatSync(path).isSocket()).toBe(true);
    expect((lstatSync(path).mode & 0o777).toString(8)).toBe("600");
    expect(readdirSync(folder)).toEqual(["socket"]);
    expect(await ask(path)).toBe("hello");
    remove();
    expect(readdirSync(folder)).toEqual([]);
    remove();
  });

  it("can be as long as the kernel allows, and no longer", async () => {
    const path = join(folder, "s".repeat(107 - folder.length - 1));
    expect(path.length).toBe(107);
    await listen(path);
    expect(await ask(path)).toBe("hello");
    const error = await errorOf(listen(`${path}s`));
    expect(error.code).toBe("SOCKET_UNUSABLE");
    expect(error.message).toContain("108 bytes are too long");
    // Bytes, not characters.
    const wide = join(folder, "é".repeat(50));
    expect((await errorOf(listen(wide))).message).toContain("too long");
  });

  it("is refused where its folder leaves no room for the first name, with nothing bound", async () => {
    for (const bytes of [96, 97, 99, 100]) {
      const deep = join(folder, "d".repeat(bytes - folder.length - 1));
      mkdirSync(deep);
      const path = join(deep, "s");
      if (bytes === 96) {
        await listen(path);
        expect(await ask(path)).toBe("hello");
        continue;
      }
      const error = await errorOf(listen(path));
      expect(error.code).toBe("SOCKET_UNUSABLE");
      expect(error.message).toContain(`${bytes} bytes are too long for a socket's folder`);
      expect(readdirSync(deep)).toEqual([]);
    }
  });

  it("is refused in a folder that is not there, or where nothing can be made", async () => {
    for (const path of [join(folder, "nowhere", "socket"), "/proc/self/socket"]) {
      const error = await errorOf(listen(path));
      expect(error.code).toBe("SOCKET_UNUSABLE");
      expect(error.message).toContain(`${path}: cannot listen there`);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)(
    "is refused in a folder that is not writable (root may write anywhere)",
    async () => {
      chmodSync(folder, 0o500);
      const error = await errorOf(listen(join(folder, "socket")));
      chmodSync(folder, 0o700);
      expect(error.code).toBe("SOCKET_UNUSABLE");
      expect(error.message).toContain("EACCES");
    },
  );
});

describe("a path that is taken", () => {
  it("is taken over from a daemon that was killed", async () => {
    const path = join(folder, "socket");
    leaveStale(path);
    expect(await ask(path)).toBeUndefined();
    await listen(path);
    expect(await ask(path)).toBe("hello");
    expect((lstatSync(path).mode & 0o777).toString(8)).toBe("600");
    expect(readdirSync(folder)).toEqual(["socket"]);
  });

  it("is left to a daemon that lives", async () => {
    const path = join(folder, "socket");
    await listen(path, "I was here first");
    const before = lstatSync(path).ino;
    const error = await errorOf(listen(path));
    expect(error.code).toBe("SOCKET_IN_USE");
    expect(error.message).toContain(`${path}: another daemon is listening there`);
    expect(await ask(path)).toBe("I was here first");
    expect([lstatSync(path).ino, readdirSync(folder)]).toEqual([before, ["socket"]]);
  });

  it("is left to a file, a folder, or a link, untouched", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "precious");
    const directory = join(folder, "directory");
    mkdirSync(directory);
    const target = join(folder, "socket");
    await listen(target);
    const link = join(folder, "link");
    symlinkSync(target, link);
    const dangling = join(folder, "dangling");
    symlinkSync(join(folder, "nowhere"), dangling);
    for (const path of [file, directory, link, dangling]) {
      const error = await errorOf(listen(path));
      expect(error.code, path).toBe("SOCKET_UNUSABLE");
      expect(error.message).toContain("a file that is no socket");
    }
    expect(readFileSync(file, "utf8")).toBe("precious");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await ask(target)).toBe("hello");
  });

  it("goes to exactly one of several daemons that start at once", async () => {
    for (const stale of [false, true]) {
      const path = join(folder, stale ? "stale" : "fresh");
      if (stale) leaveStale(path);
      const words = ["a", "b", "c", "d"];
      const all = await Promise.allSettled(words.map((word) => listen(path, word)));
      const won = words.filter((_, i) => all[i]?.status === "fulfilled");
      expect(won.length, path).toBe(1);
      expect(await ask(path)).toBe(won[0]);
      for (const result of all) {
        if (result.status === "fulfilled") continue;
        expect(result.reason).toMatchObject({ name: "ApiError", code: "SOCKET_IN_USE" });
      }
      rmSync(path);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it("is not taken from a daemon that came while nobody answered, whatever its inode", async () => {
    for (let round = 0; round < 5; round++) {
      const path = join(folder, `socket${round}`);
      leaveStale(path);
      // Looks at the stale socket now, and again after a turn: in between another one takes over.
      // Most file systems give the new socket the number that the old one had.
      const late = errorOf(listen(path, "late"));
      rmSync(path);
      const server = createServer((socket) => socket.end("quick"));
      servers.add(server);
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const error = await late;
      expect(error.code).toBe("SOCKET_IN_USE");
      expect(await ask(path)).toBe("quick");
    }
  });
});

describe("removing it", () => {
  it("removes only its own socket", async () => {
    const path = join(folder, "socket");
    const remove = await listen(path);
    renameSync(path, join(folder, "moved"));
    remove();
    expect(existsSync(join(folder, "moved"))).toBe(true);
    writeFileSync(path, "somebody else's");
    remove();
    expect(readFileSync(path, "utf8")).toBe("somebody else's");
    rmSync(path);
    await listen(path, "the next daemon");
    remove();
    expect(await ask(path)).toBe("the next daemon");
  });

  it("leaves those who are connected alone", async () => {
    const path = join(folder, "socket");
    const server = createServer((socket) => socket.on("data", (chunk) => socket.end(chunk)));
    servers.add(server);
    const remove = await listenOnUnixSocket(server, path);
    const socket = connect(path);
    await new Promise((resolve) => socket.once("connect", resolve));
    remove();
    socket.write("still there?");
    const answer = await new Promise((resolve) => socket.once("data", resolve));
    expect(String(answer)).toBe("still there?");
  });
});
