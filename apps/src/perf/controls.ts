// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Questions of a measurement to its other end, asked again until answered: messages may be lost.
 */
import type { Address, Node } from "@inet256/client";
import { CommandError } from "../failures.js";
import { createDeferred, type Deferred, within } from "../wait.js";
import { createMessageWriter, HEADER_BYTES, isOfRun, KIND, kindOf, numberOf } from "./messages.js";

/** Milliseconds until a question is asked again. */
const AGAIN_MS = 250;
/** Milliseconds until it is given up. */
const GIVE_UP_MS = 5000;

/** Asks the other end of a run. */
export interface Controls {
  /** Says hello until welcomed. Rejects with CommandError when nobody is there. */
  hello(): Promise<void>;
  /** Asks for the report: the message that holds it. Rejects likewise. */
  finish(): Promise<Uint8Array>;
  /** Looks at a message from the other end. */
  arrived(payload: Uint8Array): void;
}

interface Question {
  readonly number: number;
  readonly answered: typeof KIND.welcome | typeof KIND.report;
  readonly answer: Deferred<Uint8Array>;
}

/** Controls of the run with these 8 random bytes. Aborting the signal ends what waits. */
export function createControls(
  node: Node,
  to: Address,
  run: Uint8Array,
  signal: AbortSignal,
): Controls {
  let asked = 0;
  let open: Question | undefined;

  const ask = async (
    kind: typeof KIND.hello | typeof KIND.finish,
    answered: Question["answered"],
  ): Promise<Uint8Array> => {
    asked += 1;
    const answer = createDeferred<Uint8Array>();
    open = { number: asked, answered, answer };
    const message = createMessageWriter(run, kind, HEADER_BYTES).write(asked);
    const giveUp = performance.now() + GIVE_UP_MS;
    while (performance.now() < giveUp) {
      await node.send(to, message, { signal });
      const found = await within(answer.promise, AGAIN_MS);
      if (found !== undefined) return found;
      signal.throwIfAborted();
    }
    throw new CommandError(
      `nothing measures at ${to}, expected: inet256 perf server, running there`,
    );
  };

  return {
    async hello() {
      await ask(KIND.hello, KIND.welcome);
    },
    finish: () => ask(KIND.finish, KIND.report),
    arrived(payload) {
      if (open === undefined || kindOf(payload) !== open.answered) return;
      if (!isOfRun(payload, run) || numberOf(payload) !== open.number) return;
      open.answer.resolve(payload);
    },
  };
}
