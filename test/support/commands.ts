// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs commands of apps/ inside the test's process, with streams that can be read and fed. */
import { setMaxListeners } from "node:events";
import { PassThrough, Writable } from "node:stream";
import type { Client } from "@inet256/client";
import { Interrupted } from "../../apps/src/failures.js";
import { run } from "../../apps/src/program.js";
import type { Terminal, World } from "../../apps/src/world.js";

const DEADLINE_MS = 15_000;

/** A stream that keeps what is written to it. */
export interface Captured extends Writable {
  isTTY: boolean;
  columns: number;
  readonly bytes: Buffer;
  readonly text: string;
  /** The lines so far, without the piece behind the last newline. */
  readonly lines: readonly string[];
  /** Resolves with the match once the text has one; rejects at a deadline. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A stream that keeps what is written to it. */
export function createCaptured(): Captured {
  const chunks: Buffer[] = [];
  const waiters = new Set<() => void>();
  const text = (): string => Buffer.concat(chunks).toString("utf8");
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      for (const look of waiters) look();
      done();
    },
  });
  const waitFor = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text());
        if (match === null) return;
        clearTimeout(timer);
        waiters.delete(look);
        resolve(match);
      };
      const timer = setTimeout(() => {
        waiters.delete(look);
        reject(new Error(`nothing matches ${pattern} in: ${text()}`));
      }, DEADLINE_MS);
      waiters.add(look);
      look();
    });
  const kept = Object.assign(stream, { isTTY: false, columns: 100, waitFor });
  return Object.defineProperties(kept, {
    bytes: { get: () => Buffer.concat(chunks) },
    text: { get: text },
    lines: { get: () => text().split("\n").slice(0, -1) },
  }) as typeof kept & Pick<Captured, "bytes" | "text" | "lines">;
}

/** A terminal of the test's own. */
export interface TestTerminal extends Terminal {
  readonly stdin: PassThrough & { isTTY: boolean };
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** As Ctrl-C does. */
  interrupt(): void;
}

/** A terminal on which nothing has happened. */
export function createTestTerminal(
  env: Readonly<Record<string, string | undefined>> = {},
): TestTerminal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return {
    stdin: Object.assign(new PassThrough(), { isTTY: false }),
    stdout: createCaptured(),
    stderr: createCaptured(),
    env,
    interrupted: controller.signal,
    interrupt: () => controller.abort(new Interrupted(2)),
  };
}

/** How to run a command. */
export interface CommandOptions {
  readonly service?: Client;
  /** All of stdin; undefined: it stays open. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether stdin is a terminal. */
  readonly isTTY?: boolean;
}

/** A command that has been started. */
export interface StartedCommand {
  readonly terminal: TestTerminal;
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** The exit code. */
  readonly done: Promise<number>;
}

/** Starts a command against a service in memory. */
export function startCommand(
  words: readonly string[],
  options: CommandOptions = {},
): StartedCommand {
  const terminal = createTestTerminal(options.env);
  terminal.stdin.isTTY = options.isTTY === true;
  // A copy: commands wipe what may be a key.
  if (options.stdin !== undefined) terminal.stdin.end(Buffer.from(options.stdin));
  const world: World = {
    terminal,
    version: "1.2.3",
    async connect() {
      const { service } = options;
      if (service === undefined) throw new Error("this test has no daemon");
      // Every command has a connection of its own, whose end is not that of the service.
      return closingOwnNodes(service);
    },
  };
  const done = run(words, world);
  return { terminal, stdout: terminal.stdout, stderr: terminal.stderr, done };
}

/** Runs a command to its end. */
export async function runCommand(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { done, stdout, stderr } = startCommand(words, { stdin: "", ...options });
  return { exitCode: await done, stdout: stdout.text, stderr: stderr.text };
}

function closingOwnNodes(service: Client): Client {
  const nodes: { close(): Promise<void> }[] = [];
  return {
    ...service,
    async open(key, openOptions) {
      const node = await service.open(key, openOptions);
      nodes.push(node);
      return node;
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}
