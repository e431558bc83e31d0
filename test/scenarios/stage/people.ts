// SPDX-License-Identifier: GPL-3.0-or-later

// The nodes of a scenario: whose keys they are, and at which daemons they are open. When a daemon
// is started again, whoever was open there opens again, as a client would.

import type { LabNode, NodeKey } from "../../sim/lab-node.js";
import type { Stage } from "./stage.js";

/** A node, by the name of its key. */
export interface Person {
  readonly name: string;
  readonly key: NodeKey;
  /** The daemon that it was opened at last. */
  readonly home: string;
  /** All daemons that it is open at, or will be when they run. */
  readonly places: readonly string[];
}

/** The nodes. */
export interface People {
  readonly all: readonly Person[];
  person(name: string): Person;
  /** Opens it at a daemon, or as soon as that runs. */
  open(name: string, daemon: string): void;
  close(name: string, daemon: string): void;
  /** A daemon has been started. */
  started(daemon: string): void;
  /** The opening at its home, or at this daemon; undefined while that is down. */
  opening(name: string, daemon?: string): LabNode | undefined;
}

/** Nobody. */
export function createPeople(stage: Stage): People {
  const people = new Map<string, { key: NodeKey; places: string[] }>();
  const openings = new Map<string, LabNode>();
  const entry = (name: string) => {
    const known = people.get(name);
    if (known === undefined) throw new Error(`${name} is no node`);
    return known;
  };
  const openNow = (name: string, daemon: string): void => {
    openings.set(`${name}@${daemon}`, stage.daemon(daemon).open(entry(name).key));
  };
  const isRunning = (daemon: string): boolean => stage.daemons.get(daemon)?.running === true;
  const self: People = {
    get all() {
      return [...people.keys()].map((name) => self.person(name));
    },
    person(name) {
      const { key, places } = entry(name);
      return { name, key, home: places.at(-1) ?? "nowhere", places };
    },
    open(name, daemon) {
      const known = people.get(name);
      if (known === undefined) people.set(name, { key: stage.lab.key(name), places: [daemon] });
      else known.places.push(daemon);
      if (isRunning(daemon)) openNow(name, daemon);
    },
    close(name, daemon) {
      const { places } = entry(name);
      places.splice(places.indexOf(daemon), 1);
      openings.get(`${name}@${daemon}`)?.opening.close();
      openings.delete(`${name}@${daemon}`);
    },
    started(daemon) {
      for (const [name, { places }] of people) {
        if (places.includes(daemon)) openNow(name, daemon);
      }
    },
    opening(name, daemon = self.person(name).home) {
      return isRunning(daemon) ? openings.get(`${name}@${daemon}`) : undefined;
    },
  };
  return self;
}
