// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a command has to do with the world: a terminal, and a way to a daemon. Everything else a
 * command needs is an argument, so that tests run whole commands without a process.
 */
import type { Readable, Writable } from "node:stream";
import type { Client, ConnectOptions } from "@inet256/client";

/** Where results and everything else go. */
export interface Output extends Writable {
  /** Whether people are looking. */
  readonly isTTY?: boolean;
  /** Characters in a line, on a terminal. */
  readonly columns?: number;
  /** Lines on a terminal. */
  readonly rows?: number;
}

/** Where input comes from. */
export interface Input extends Readable {
  readonly isTTY?: boolean;
}

/** The streams, variables and signals of a process. */
export interface Terminal {
  readonly stdin: Input;
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Everything that is not a result. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C or SIGTERM; its reason is an Interrupted. */
  readonly interrupted: AbortSignal;
  /** Calls at every SIGHUP from now on, which ends a program that does not ask for it. */
  onHangUp(hear: () => void): void;
}

/** What a command is given. */
export interface World {
  readonly terminal: Terminal;
  /** The version of this command. */
  readonly version: string;
  /** A connection to the daemon at that endpoint; undefined: the one that is meant by default. */
  connect(endpoint: string | undefined, options: ConnectOptions): Promise<Client>;
}

/** Characters in a line; `otherwise` where there is no terminal, or it does not know. */
export function columnsOf({ columns }: Output, otherwise: number): number {
  return columns === undefined || columns < 1 ? otherwise : columns;
}

/** Prints one line of a result. */
export function print(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`);
}

/** Prints one result as a line of JSON. */
export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, JSON.stringify(value));
}

/** Tells people something that is not a result. */
export function note(terminal: Terminal, line: string): void {
  terminal.stderr.write(`${line}\n`);
}
