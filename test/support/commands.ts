// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs commands of apps/ inside the test's process, with streams that can be read and fed. */
import { setMaxListeners } from "node:events";
import { PassThrough } from "node:stream";
import type { Client } from "@inet256/client";
import { Interrupted } from "../../apps/src/failures.js";
import { run } from "../../apps/src/program.js";
import type { Terminal, World } from "../../apps/src/world.js";
import { type Captured, createCaptured } from "./captured.js";

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
    onHangUp() {},
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
