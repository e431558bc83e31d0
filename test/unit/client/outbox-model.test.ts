// SPDX-License-Identifier: GPL-3.0-or-later

// An outbox against its slow twin under random programs and daemons: every message ends in exactly
// one outcome, is written at most once and in order, and the bounds hold (rule O5).

import fc from "fast-check";
import { expect, it } from "vitest";
import { turn } from "../../support/until.js";
import { errorOf, type Outcome } from "./outbox-harness.js";
import { createLedger, type Ledger } from "./outbox-ledger.js";
import { createReal, microtasks, type Real } from "./outbox-real.js";

type Command = fc.AsyncCommand<Ledger, Real>;

function command(
  name: string,
  possible: (ledger: Ledger) => boolean,
  act: (ledger: Ledger, real: Real) => void | Promise<void>,
): Command {
  return {
    check: possible,
    async run(ledger, real) {
      await act(ledger, real);
      await microtasks();
      ledger.check((id) => real.outcomes.get(id));
    },
    toString: () => name,
  };
}

const always = (): boolean => true;
const length = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 4, max: 400 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1_000, max: 16_384 }) },
  { weight: 3, arbitrary: fc.constant(65_535) },
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const times = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 13, max: 40 }) },
);

async function repeat(count: number, act: () => void | Promise<void>): Promise<void> {
  for (let i = 0; i < count; i++) await act();
}

function acceptShare(ledger: Ledger, real: Real, part: number): void {
  const through = ledger.acceptedThrough() + Math.ceil(part * ledger.unaccepted());
  real.readThrough(through);
  ledger.accepted(through);
  real.outbox.accepted(through);
}

const commands: fc.Arbitrary<Command>[] = [
  fc
    .tuple(times, length)
    .map(([count, bytes]) =>
      command(`trySend ${count} of ${bytes}`, always, (_, real) =>
        repeat(count, () => real.trySend(bytes)),
      ),
    ),
  fc
    .tuple(times, length, fc.boolean())
    .map(([count, bytes, abortable]) =>
      command(`send ${count} of ${bytes}${abortable ? ", abortable" : ""}`, always, (_, real) =>
        repeat(count, () => real.send(bytes, abortable)),
      ),
    ),
  share.map((which) =>
    command(`abort ${which}`, always, (ledger, { aborts }) => {
      const [id, controller] = [...aborts][Math.floor(which * aborts.size)] ?? [];
      if (id === undefined) return;
      ledger.aborted(id);
      controller?.abort();
      aborts.delete(id);
    }),
  ),
  fc.constant(command("turn", always, () => turn())),
  share.map((part) =>
    command(
      `accept ${part}`,
      (ledger) => ledger.unaccepted() > 0,
      (ledger, real) => acceptShare(ledger, real, part),
    ),
  ),
  share.map((part) =>
    command(
      `refuse ${part}`,
      (ledger) => ledger.unaccepted() > 0,
      (ledger, { outbox }) => {
        const number = ledger.acceptedThrough() + 1 + Math.floor(part * (ledger.unaccepted() - 1));
        ledger.refused(number, "NO_SUCH_ADDRESS");
        outbox.failed(number, "NO_SUCH_ADDRESS");
      },
    ),
  ),
  fc.constant(
    command(
      "connect",
      (ledger) => !ledger.connected() && ledger.refuses() !== "NODE_DROPPED",
      connect,
    ),
  ),
  fc.constant(
    command(
      "disconnect",
      (ledger) => ledger.connected(),
      (ledger, { outbox }) => {
        ledger.disconnect();
        outbox.disconnected();
      },
    ),
  ),
  fc.constant(
    command(
      "give up",
      (ledger) => !ledger.connected() && ledger.refuses() === undefined,
      (ledger, { outbox }) => {
        ledger.giveUp("UNAVAILABLE");
        outbox.giveUp(errorOf("UNAVAILABLE"));
      },
    ),
  ),
];
const lastCommands: fc.Arbitrary<Command>[] = [
  fc.constant(
    command("finish", always, (ledger, { outbox }) => {
      if (ledger.refuses() === "NODE_DROPPED") return;
      ledger.finish("NODE_CLOSED");
      void outbox.finish(errorOf("NODE_CLOSED"));
    }),
  ),
  fc.constant(
    command("end", always, (ledger, { outbox }) => {
      ledger.end("NODE_DROPPED");
      outbox.end(errorOf("NODE_DROPPED"));
    }),
  ),
];

function connect(ledger: Ledger, real: Real): void {
  ledger.connect();
  real.connect();
}

// A daemon that comes back and accepts everything: then nothing may be left.
async function settleAll(ledger: Ledger, real: Real): Promise<void> {
  if (ledger.refuses() !== "NODE_DROPPED") {
    if (!ledger.connected()) connect(ledger, real);
    await turn();
    for (let round = 0; ledger.unaccepted() > 0; round++) {
      expect(round).toBeLessThan(1_000);
      acceptShare(ledger, real, 1);
      await turn();
    }
  }
  await microtasks();
  ledger.check((id) => real.outcomes.get(id));
  for (const { id, awaited, place, outcome } of ledger.entries) {
    expect([id, place === "unwritten" && outcome !== "aborted"]).toEqual([id, false]);
    if (awaited) expect([id, outcome]).not.toEqual([id, "pending"]);
  }
}

it("agrees with its ledger whatever the program and the daemon do", async () => {
  const seen = new Set<Outcome>();
  const usual = fc.commands(commands, { maxCommands: 60, size: "max" });
  const closing = fc.commands([...commands, ...lastCommands], { maxCommands: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(fc.oneof(usual, closing), async (script) => {
      const ledger = createLedger();
      const real = createReal(ledger);
      await fc.asyncModelRun(() => ({ model: ledger, real }), script);
      await settleAll(ledger, real);
      for (const { outcome } of ledger.entries) seen.add(outcome);
    }),
    { numRuns: 150 },
  );
  // Not vacuous: the scripts reach every end that a message can come to.
  for (const outcome of [
    "accepted",
    "aborted",
    "NO_SUCH_ADDRESS",
    "NODE_CLOSED",
    "NODE_DROPPED",
    "OUTCOME_UNKNOWN",
    "UNAVAILABLE",
  ] as const) {
    expect(seen).toContain(outcome);
  }
});
