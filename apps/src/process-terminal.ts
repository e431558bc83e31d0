// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The process as a terminal: its streams, its environment, its signals. Guards a clean end: the
 * first Ctrl-C asks, a second one that is meant ends at once; a reader that goes away ends quietly
 * what was written for it; no fault shows a stack trace; no signal opens Node's inspector.
 */
import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import { describeFailure, Interrupted } from "./failures.js";
import type { Terminal } from "./world.js";

/**
 * Milliseconds within which a second signal is taken for the first one, told twice: npm passes on
 * the Ctrl-C that the terminal has given to everybody already.
 */
const ECHO_MS = 500;
const END_SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** The exit code of a program that SIGPIPE ended, as shells know it. */
const BROKEN_PIPE = 128 + constants.signals.SIGPIPE;

/** The terminal of this process. To be made once, first of all. */
export function createProcessTerminal(): Terminal {
  // Without a listener Node opens its inspector, and with it every key in memory (rule P3).
  process.on("SIGUSR1", () => process.stderr.write("SIGUSR1 ignored: nothing listens for it\n"));
  process.on("uncaughtException", endBadly);
  process.on("unhandledRejection", endBadly);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(BROKEN_PIPE);
    endBadly(error);
  });
  process.stderr.on("error", () => {});
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    interrupted: createInterruption(),
    onHangUp: (hear) => void process.on("SIGHUP", hear),
  };
}

function createInterruption(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let first = 0;
  for (const name of END_SIGNALS) {
    process.on(name, () => {
      const interrupted = new Interrupted(constants.signals[name]);
      if (!controller.signal.aborted) {
        first = performance.now();
        controller.abort(interrupted);
      } else if (performance.now() - first > ECHO_MS) {
        process.exit(interrupted.exitCode);
      }
    });
  }
  return controller.signal;
}

function endBadly(fault: unknown): void {
  process.stderr.write(`inet256: ${describeFailure(fault) ?? "interrupted"}\n`);
  process.exit(1);
}

/** Ends the process once all that was printed has been written. */
export async function endProcess(exitCode: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      stream.write("", () => resolve());
    });
  }
  process.exit(exitCode);
}
