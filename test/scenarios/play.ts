// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Plays a scenario: its steps one after the other, and after each what was observed. Invariant: the
 * same text gives the same text, and nothing waits for real time.
 */
import { ScenarioError, wrong } from "./language/scenario-error.js";
import { type Line, parseScript, renderScript } from "./language/script.js";
import { showAll } from "./stage/accounts.js";
import { createObserving, type Observing } from "./stage/observing.js";
import { createStage, type Stage } from "./stage/stage.js";
import { VERBS } from "./verbs/index.js";

/** A scenario that was played. */
export interface Played {
  /** The whole file, with what was observed this time, as far as it came. */
  readonly text: string;
  /** What was not as it must be; undefined: all was well. */
  readonly failure: Error | undefined;
}

/** Plays a scenario; `file` is its name for errors. Throws ScenarioError if it cannot be read. */
export async function playScenario(file: string, text: string): Promise<Played> {
  const lines = parseScript(file, text, VERBS);
  const steps = lines.filter(({ act }) => act !== undefined);
  const [first, last] = [steps[0], steps.at(-1)];
  const [, algorithm, seed] = /^network (\S+) seed (\d+)$/.exec(first?.text ?? "") ?? [];
  if (algorithm === undefined) throw wrong(file, 1, "there is no step");
  const stage = createStage(algorithm, Number(seed));
  const observing = createObserving(stage);
  const played: { readonly text: string; readonly observed: readonly string[] }[] = [];
  let failure: Error | undefined;
  for (const line of lines) {
    if (failure !== undefined) break;
    failure = await play(file, line, stage, observing);
    if (line === last) stage.note(showAll(stage.talk.report()));
    played.push({ text: line.text, observed: observed(stage) });
  }
  return { text: renderScript(played), failure };
}

/** One line; what was wrong with it, if anything was. */
async function play(
  file: string,
  { act, number }: Line,
  stage: Stage,
  observing: Observing,
): Promise<ScenarioError | undefined> {
  let failure: ScenarioError | undefined;
  try {
    await act?.(stage);
  } catch (error) {
    failure = asScenarioError(file, number, error);
  }
  try {
    const wrongly = observing.look();
    if (wrongly !== undefined) failure ??= wrong(file, number, `came wrongly: ${wrongly}`);
  } catch (error) {
    failure ??= asScenarioError(file, number, error);
  }
  return failure;
}

function asScenarioError(file: string, line: number, error: unknown): ScenarioError {
  if (error instanceof ScenarioError) return error;
  return wrong(file, line, error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** The notes of a step, the first one with the time. */
function observed(stage: Stage): readonly string[] {
  const time = `${(stage.nowMs / 1_000).toFixed(2)} s`;
  return stage.takeNotes().map((note, i) => `${i === 0 ? time : " ".repeat(time.length)}  ${note}`);
}
