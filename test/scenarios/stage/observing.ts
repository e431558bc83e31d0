// SPDX-License-Identifier: GPL-3.0-or-later

// What is looked at after each step without being asked for: streams, warnings of daemons, counters
// that moved, what hostile ones did, and whether anything came that must not.

import type { Engine } from "../../../server/src/daemon/index.js";
import { showStream } from "./accounts.js";
import type { Stage } from "./stage.js";
import { carriedNow, carriersSince } from "./ways.js";

/** Looks after each step. */
export interface Observing {
  /** Notes what there is to say since the last call; what came wrongly, if anything did. */
  look(): string | undefined;
}

const WRONGS = ["altered", "twice", "misattributed"] as const;

/** Begins now. */
export function createObserving(stage: Stage): Observing {
  const parts = [streams(stage), warnings(stage), counters(stage), misdeeds(stage)];
  let wrongBefore = "";
  return {
    look() {
      for (const part of parts) part();
      const report = stage.talk.report();
      const wrong = WRONGS.map((name) => `${report[name]} ${name}`).join(", ");
      const isNews = WRONGS.some((name) => report[name] > 0) && wrong !== wrongBefore;
      wrongBefore = wrong;
      return isNews ? wrong : undefined;
    },
  };
}

function streams(stage: Stage): () => void {
  let carried = carriedNow(stage);
  return () => {
    for (const stream of stage.talk.streams) {
      const { sent, arrived } = stream.look();
      // The step that began it.
      if (arrived === 0 && sent <= 1) continue;
      stage.note(showStream(stream.conversation, stream.lastSilenceMs, sent, arrived));
      const carriers = carriersSince(stage, carried, Math.max(1, arrived));
      if (stage.talk.streams.length === 1 && carriers !== undefined) {
        stage.note(carriers);
      }
    }
    carried = carriedNow(stage);
  };
}

function warnings(stage: Stage): () => void {
  const seen = new Map<string, number>();
  return () => {
    for (const { name, lines } of stage.daemons.values()) {
      for (const line of lines.slice(seen.get(name) ?? 0)) {
        stage.note(`${name} says: ${inNames(stage, line.replace(/^\w+ /, ""))}`);
      }
      seen.set(name, lines.length);
    }
  };
}

/** Addresses by their names, fields without their JSON. */
function inNames(stage: Stage, line: string): string {
  const known = [
    ...[...stage.daemons.values()].map(({ name, address }) => [address.toString(), name] as const),
    ...stage.people.all.map(({ name, key }) => [key.address.toString(), name] as const),
  ];
  const named = known.reduce((text, [address, name]) => text.replaceAll(address, name), line);
  return named
    .replace(/ \{\}$/, "")
    .replace(/ \{(.*)\}$/, " ($1)")
    .replace(/"(\w+)":"?([^",]*)"?/g, "$1 $2")
    .replaceAll(",", ", ");
}

function counters(stage: Stage): () => void {
  const known = new WeakMap<Engine, Readonly<Record<string, number>>>();
  return () => {
    const moved = new Map<string, string[]>();
    for (const { name, engine } of stage.running) {
      const now = engine.service.status().counters;
      const before = known.get(engine) ?? {};
      known.set(engine, now);
      for (const counter of stage.watched) {
        const value = now[counter];
        if (value === undefined) throw new Error(`unknown counter ${counter}`);
        const by = value - (before[counter] ?? 0);
        if (by > 0) moved.set(counter, [...(moved.get(counter) ?? []), `${name} +${by}`]);
      }
    }
    for (const [counter, who] of moved) stage.note(`${counter}: ${who.join(", ")}`);
  };
}

function misdeeds(stage: Stage): () => void {
  const known = new Map<string, Readonly<Record<string, number>>>();
  return () => {
    for (const [name, { misdeeds: now }] of stage.corrupt) {
      const before = known.get(name) ?? {};
      const parts = Object.entries(now)
        .map(([what, count]) => [what, count - (before[what] ?? 0)] as const)
        .filter(([, count]) => count > 0)
        .map(([what, count]) => `${count} ${what}`);
      known.set(name, { ...now });
      if (parts.length > 0) stage.note(`${name} did: ${parts.join(", ")}`);
    }
  };
}
