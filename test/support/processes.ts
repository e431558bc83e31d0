// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Real processes of the built command, in a world of their own: a temporary folder holds their
 * home, their keys, their socket and what they write. Nothing outlives `end`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Captured, createCaptured } from "./captured.js";

const COMMAND = fileURLToPath(new URL("../../apps/bin/inet256.js", import.meta.url));
const BUILT = fileURLToPath(new URL("../../apps/dist/main.js", import.meta.url));
const DEADLINE_MS = 20_000;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that was started. */
export interface StartedProcess {
  readonly pid: number;
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** Writes to stdin. */
  write(bytes: string | Uint8Array): void;
  endInput(): void;
  kill(signal: NodeJS.Signals): void;
  /** How it ended, once all it wrote has been read; rejects at a deadline. */
  readonly ended: Promise<Ending>;
}

/** Where else a process reads from and writes to. */
export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A file, its path taken from the folder, that stdin is read from. */
  readonly from?: string;
  /** A file, its path taken from the folder, that stdout is written to. */
  readonly to?: string;
}

/** A folder with processes in it. */
export interface Workshop {
  readonly folder: string;
  /** The path of a file in the folder. */
  path(name: string): string;
  /** The endpoint that the processes know from their environment. */
  readonly endpoint: string;
  /** Starts `inet256 WORDS`. */
  start(words: readonly string[], options?: ProcessOptions): StartedProcess;
  /** Runs it to its end. */
  run(
    words: readonly string[],
    options?: ProcessOptions,
  ): Promise<Ending & { readonly stdout: string; readonly stderr: string }>;
  /** Starts a script for bash, in the folder, with `inet256` in its path. */
  shell(script: string): StartedProcess;
  /** Starts a daemon and waits until it can be called. */
  startDaemon(words?: readonly string[], options?: ProcessOptions): Promise<StartedProcess>;
  /** Kills what still runs and removes the folder. */
  end(): Promise<void>;
}

/** An empty folder without processes. `command` is another file of the command than the built one. */
export function createWorkshop(command: string = COMMAND): Workshop {
  if (command === COMMAND && !existsSync(BUILT))
    throw new Error(`${BUILT} is missing: build it with npm run build`);
  const folder = mkdtempSync(join(tmpdir(), "inet256-e2e-"));
  const path = (name: string): string => join(folder, name);
  for (const name of ["run", "bin"]) mkdirSync(path(name), { mode: 0o700 });
  const shim = `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`;
  writeFileSync(path("bin/inet256"), shim);
  chmodSync(path("bin/inet256"), 0o755);
  const endpoint = `unix://${path("run/inet256.sock")}`;
  const env = {
    PATH: `${path("bin")}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    TMPDIR: folder,
    XDG_STATE_HOME: path("state"),
    XDG_RUNTIME_DIR: path("run"),
    INET256_API: endpoint,
  };
  const running = new Set<StartedProcess>();

  const begin = (file: string, args: readonly string[], options: ProcessOptions = {}) => {
    const { from, to } = options;
    const input = from === undefined ? "pipe" : openSync(resolve(folder, from), "r");
    const output = to === undefined ? "pipe" : openSync(resolve(folder, to), "w");
    const child = spawn(file, args, {
      cwd: folder,
      env: { ...env, ...options.env },
      stdio: [input, output, "pipe"],
    });
    // The process has its own by now.
    for (const opened of [input, output]) if (typeof opened === "number") closeSync(opened);
    const started = watch(child);
    running.add(started);
    // Not by `ended`, which has a deadline: a process that outlives it has to be killed all the same.
    child.once("close", () => running.delete(started));
    return started;
  };
  const start: Workshop["start"] = (words, options) =>
    begin(process.execPath, [command, ...words], options);

  return {
    folder,
    path,
    endpoint,
    start,
    async run(words, options) {
      const started = start(words, options);
      started.endInput();
      const ending = await started.ended;
      return { ...ending, stdout: started.stdout.text, stderr: started.stderr.text };
    },
    shell: (script) => begin("bash", ["-c", script]),
    async startDaemon(words = [], options = {}) {
      const daemon = start(["daemon", ...words], options);
      await daemon.stdout.waitFor(/endpoint/);
      return daemon;
    },
    async end() {
      const endings = [...running].map((started) => {
        started.kill("SIGCONT");
        started.kill("SIGKILL");
        return started.ended;
      });
      await Promise.all(endings);
      rmSync(folder, { recursive: true });
    },
  };
}

function watch(child: ChildProcess): StartedProcess {
  const stdout = createCaptured();
  const stderr = createCaptured();
  child.stdout?.pipe(stdout);
  child.stderr?.pipe(stderr);
  // A process may end without having read all it was given.
  child.stdin?.on("error", () => {});
  const { pid } = child;
  if (pid === undefined) throw new Error("the process could not be started");
  const closed = new Promise<Ending>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return {
    pid,
    stdout,
    stderr,
    write: (bytes) => void child.stdin?.write(bytes),
    endInput: () => void child.stdin?.end(),
    kill: (signal) => void child.kill(signal),
    get ended() {
      return withDeadline(closed, () => `process ${pid} has not ended; stderr: ${stderr.text}`);
    },
  };
}

async function withDeadline<T>(promise: Promise<T>, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
