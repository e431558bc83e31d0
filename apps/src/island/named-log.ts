// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The log of one of several daemons that share a stream: every line says whose it is. It is written
 * as the daemon's logger chooses by `isTTY`: words for a terminal, JSON elsewhere.
 */
import { Writable } from "node:stream";
import type { Output } from "../world.js";

/** A stream of log lines. */
export type NamedLog = Writable & { readonly isTTY: boolean };

/** Lines written to it go to `output`, with the name in front of words and inside of JSON. */
export function createNamedLog(output: Output, name: string): NamedLog {
  const isTTY = output.isTTY === true;
  const mark = isTTY
    ? (text: string): string => `${name} ${text}`
    : (text: string): string => text.replace(/^\{/gm, `{"daemon":${JSON.stringify(name)},`);
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      output.write(mark(chunk.toString()));
      done();
    },
  });
  return Object.assign(stream, { isTTY });
}
