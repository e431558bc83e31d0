// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How a command says that something did not work: one line for people, an exit code for scripts.
 * Guards that nobody ever gets a stack trace, and that a failure is never an exit code of 0.
 */
import { explainDenial } from "./denial.js";

/** The command was called wrongly; exit code 2. The message never repeats a value. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something did not work, in a sentence that says what, where and what was expected. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** What is wrong has been printed already; only the exit code, 1, is left to give. */
export class ReportedFailure extends Error {
  override readonly name = "ReportedFailure";
}

/** Ctrl-C or a signal to end; the exit code is the one that shells know. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  /** `signal` is 2 for SIGINT, 15 for SIGTERM. */
  constructor(signal: number) {
    super("interrupted");
    this.exitCode = 128 + signal;
  }
}

/** The exit code of a command that ended with this. */
export function exitCodeOf(failure: unknown): number {
  if (failure instanceof Interrupted) return failure.exitCode;
  return failure instanceof UsageError ? 2 : 1;
}

/** The line for people, without a line break; undefined when there is nothing to say. */
export function describeFailure(failure: unknown): string | undefined {
  if (failure instanceof Interrupted || failure instanceof ReportedFailure) return undefined;
  if (!(failure instanceof Error)) return "an unexpected fault";
  const text = (systemSentence(failure) ?? failure.message).replace(/\s*[\r\n]+\s*/g, " ");
  return reasonOf(failure) === "UNAVAILABLE" ? unavailableSentence(text) : text;
}

const NO_CONNECTION = / \(No connection established\..*? connect (E[A-Z]+).*\)$/;
const CONNECT_SENTENCES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no socket"],
  ["ECONNREFUSED", "nobody listens"],
  ["EACCES", "you may not connect"],
]);

// What gRPC says of a connection that failed is long, and holds one word that helps.
function unavailableSentence(text: string): string {
  const short = text.replace(
    NO_CONNECTION,
    (_, code: string) => `: ${CONNECT_SENTENCES.get(code) ?? code}`,
  );
  if (NOT_TRUSTED.test(short)) return `${short}; whom to trust says $INET256_API_CA_FILE`;
  return `${short}; start one with: inet256 daemon`;
}

/** What TLS says when somebody answers who may be anybody. */
const NOT_TRUSTED = /certificate|altnames/i;

/** The reason of a NodeError, known by its shape so that nothing loads gRPC only to fail. */
export function reasonOf(failure: unknown): string | undefined {
  if (!(failure instanceof Error) || failure.name !== "NodeError") return undefined;
  return "reason" in failure && typeof failure.reason === "string" ? failure.reason : undefined;
}

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file"],
  ["EACCES", "permission denied"],
  ["EPERM", "not permitted"],
  ["EISDIR", "a folder, expected a file"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EEXIST", "exists already, and is never overwritten"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "no space left"],
]);

/** The code of a system's error, such as ENOENT. */
export function systemCode(failure: unknown): string | undefined {
  if (!(failure instanceof Error) || !("code" in failure)) return undefined;
  return "syscall" in failure && typeof failure.code === "string" ? failure.code : undefined;
}

/** Runs what reads or writes a file; what the system says then names the file in any case. */
export function atPath<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const sentence = SENTENCES.get(systemCode(error) ?? "");
    if (sentence === undefined) throw error;
    const more = systemCode(error) === "EACCES" ? explainDenial(path) : "";
    throw new CommandError(`${path}: ${sentence}${more}`, { cause: error });
  }
}

function systemSentence(failure: Error): string | undefined {
  const sentence = SENTENCES.get(systemCode(failure) ?? "");
  if (sentence === undefined) return undefined;
  const path = "path" in failure && typeof failure.path === "string" ? `${failure.path}: ` : "";
  return `${path}${sentence}`;
}
