// SPDX-License-Identifier: GPL-3.0-or-later

/** The half of nc that sends: stdin as messages, a line each, at the pace of the daemon. */
import type { Address, Node } from "@inet256/client";
import { within } from "../wait.js";
import type { Input } from "../world.js";
import { createLineCutter } from "./line-cutter.js";
import { createPacedSender } from "./paced-sender.js";

/** What goes out. */
export interface Outgoing {
  /**
   * Sends stdin to its end. Once `partnerEnded` has resolved, a terminal is not read any
   * further, and a pipe that has given nothing so far only for `patienceMs` more.
   */
  run(to: Address, partnerEnded: Promise<void>): Promise<void>;
  /** Bytes that stdin has given. */
  readonly bytes: number;
}

/** Sends what `stdin` gives. */
export function createOutgoing(node: Node, stdin: Input, patienceMs: number): Outgoing {
  let bytes = 0;

  async function* chunks(partnerEnded: Promise<void>): AsyncGenerator<Uint8Array> {
    const iterator: AsyncIterator<Buffer> = stdin[Symbol.asyncIterator]();
    let hasPartnerEnded = false;
    const onEnd = partnerEnded.then(() => {
      hasPartnerEnded = true;
    });
    for (;;) {
      const next = iterator.next().then(({ done, value }) => (done === true ? undefined : value));
      await Promise.race([next, onEnd]);
      const patience = stdin.isTTY === true ? 0 : bytes === 0 ? patienceMs : undefined;
      const limited = hasPartnerEnded && patience !== undefined;
      const chunk = limited ? await within(next, patience) : await next;
      if (chunk === undefined) {
        // The read that nobody waits for any more ends with the stream.
        next.catch(() => {});
        return;
      }
      bytes += chunk.length;
      yield chunk;
    }
  }

  return {
    async run(to, partnerEnded) {
      const cutter = createLineCutter(node.mtu);
      const sender = createPacedSender(node, to);
      for await (const chunk of chunks(partnerEnded)) {
        for (const message of cutter.cut(chunk)) await sender.send(message);
      }
      const rest = cutter.rest();
      if (rest !== undefined) await sender.send(rest);
      await sender.settled();
    },
    get bytes() {
      return bytes;
    },
  };
}
