// SPDX-License-Identifier: GPL-3.0-or-later

/** A stream that keeps what is written to it, for tests to read and to wait for. */
import { Writable } from "node:stream";

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
