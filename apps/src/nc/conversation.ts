// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What nc does: two streams through messages. There are no connections, so an empty message says
 * "this side has ended"; a stream never holds one, for every line has its newline.
 *
 * The rules, which end both sides of `nc ADDRESS < file` and `nc -l > copy` by themselves:
 *  1. At the end of stdin a side says so; a listener that had nothing to send waits with it
 *     until the other has ended, for it is there to receive.
 *  2. When both have ended, nc ends.
 *  3. Who has ended waits for the other's end until nothing has come for a while.
 *  4. When the other has ended, outgoing.ts says how long stdin is still read.
 */
import type { Address, Node } from "@inet256/client";
import { CommandError } from "../failures.js";
import { createDeferred, rejectedBy, untilAborted } from "../wait.js";
import type { Terminal } from "../world.js";
import { createIncoming } from "./incoming.js";
import { createOutgoing } from "./outgoing.js";
import { createSilence } from "./silence.js";

/** With whom to talk, and how to end. */
export interface ConversationOptions {
  /** Whom to send to and to hear; undefined when listening: whoever writes first. */
  readonly partner: Address | undefined;
  /** Whether to wait until the partner writes before anything is sent. */
  readonly listen: boolean;
  /** Milliseconds of silence that a side which has ended waits for the other; 0: not at all. */
  readonly patienceMs: number;
  /** Whether the end of stdin is told with an empty message. */
  readonly marksEnd: boolean;
}

/** A conversation, to be run once. */
export interface Conversation {
  /**
   * Resolves when both sides have ended. Rejects with NodeError when a message was refused, with
   * CommandError when the other side did not end in time, and with the signal's reason.
   */
  run(): Promise<void>;
  /** Bytes read from stdin. */
  readonly sentBytes: number;
  /** Bytes printed. */
  readonly receivedBytes: number;
  /** Messages of others. */
  readonly ignored: number;
}

const END = new Uint8Array(0);

/** Talks through `node`. */
export function createConversation(
  node: Node,
  terminal: Terminal,
  options: ConversationOptions,
): Conversation {
  const { listen, patienceMs, marksEnd } = options;
  const { stdin, stdout, interrupted } = terminal;
  const over = new AbortController();
  const signal = AbortSignal.any([interrupted, over.signal]);
  const partner = createDeferred<Address>();
  const partnerEnded = createDeferred<void>();
  let hasPartnerEnded = false;
  let gaveUp = false;

  if (options.partner !== undefined && !listen) partner.resolve(options.partner);
  const incoming = createIncoming(node, stdout, options.partner, {
    metPartner: partner.resolve,
    progressed: () => silence.touch(),
  });
  const outgoing = createOutgoing(node, stdin, patienceMs);
  const silence = createSilence(
    patienceMs,
    () => incoming.isPrinting,
    () => {
      gaveUp = true;
      over.abort();
    },
  );

  const receive = async (): Promise<void> => {
    await incoming.run(signal);
    hasPartnerEnded = true;
    silence.stop();
    partnerEnded.resolve();
  };
  const sayEnd = async (to: Address): Promise<void> => {
    try {
      await node.send(to, END, { signal });
    } catch (error) {
      // Who has ended may be gone already, and misses nothing.
      if (!hasPartnerEnded) throw error;
    }
  };
  const send = async (): Promise<void> => {
    const to = await partner.promise;
    await outgoing.run(to, partnerEnded.promise);
    if (listen && outgoing.bytes === 0) await partnerEnded.promise;
    if (marksEnd) await sayEnd(to);
    if (hasPartnerEnded) return;
    if (patienceMs === 0) over.abort();
    else silence.start();
  };

  return {
    async run() {
      try {
        const both = Promise.all([receive(), send()]);
        await untilAborted(over.signal, async () => {
          await Promise.race([both, rejectedBy(signal)]);
        });
        interrupted.throwIfAborted();
        if (gaveUp) throw noEnd(await partner.promise, patienceMs);
      } finally {
        silence.stop();
        over.abort();
        stdin.destroy();
      }
    },
    get sentBytes() {
      return outgoing.bytes;
    },
    get receivedBytes() {
      return incoming.bytes;
    },
    get ignored() {
      return incoming.ignored;
    },
  };
}

function noEnd(partner: Address, patienceMs: number): CommandError {
  return new CommandError(
    `${partner} did not end its side within ${patienceMs / 1000} s: all was accepted, but may not have arrived (-q 0 does not wait)`,
  );
}
