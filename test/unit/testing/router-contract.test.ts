// SPDX-License-Identifier: GPL-3.0-or-later

// That the router contract can fail: routers that break one promise each, and the cases that say
// so. And what it asks of a test runner.

import { AssertionError } from "node:assert/strict";
import { routerContract } from "@inet256/mesh256/testing";
import { describe, expect, it } from "vitest";
import type { ConfiguredAlgorithm, Router } from "../../../server/src/network/index.js";
import { onehop } from "../../../server/src/network/onehop/index.js";

type Break = (router: Router) => Partial<Router>;

const NOTHING = (): void => {};

function broken(how: Break): ConfiguredAlgorithm {
  const whole = onehop.configure({});
  return {
    ...whole,
    createRouter(environment) {
      const router = whole.createRouter(environment);
      return { ...router, ...how(router) };
    },
  };
}

/** The cases, by the names of the suites that they are in and their own. */
function casesOf(algorithm: ConfiguredAlgorithm): Map<string, () => void> {
  const cases = new Map<string, () => void>();
  const names: string[] = [];
  routerContract(algorithm, {
    describe(name, define) {
      names.push(name);
      define();
      names.pop();
    },
    it: (name, run) => void cases.set([...names.slice(1), name].join(": "), run),
  });
  return cases;
}

function failureOf(algorithm: ConfiguredAlgorithm, name: string): unknown {
  const run = casesOf(algorithm).get(name);
  if (run === undefined) throw new RangeError(`no case ${name}`);
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A claimed source that is believed: the router asks for it. */
const asksForSources: Break = (router) => ({
  forward(buffer, at, length, headerBytes, from, nowMs) {
    if (from >= 0) router.resolve(99, buffer.subarray(at + 38, at + 70), 256, nowMs);
    return router.forward(buffer, at, length, headerBytes, from, nowMs);
  },
});

const BROKEN: readonly (readonly [string, Break, string])[] = [
  [
    "never finds anything",
    () => ({ resolve: NOTHING }),
    "finding: finds a node by its whole address, with its public key",
  ],
  [
    "takes a prefix for an address",
    (router) => ({
      resolve: (query, prefix, _nbits, nowMs) => router.resolve(query, prefix, 256, nowMs),
    }),
    "finding: finds a node by each of its prefixes",
  ],
  [
    "answers what was cancelled",
    () => ({ cancel: NOTHING }),
    "finding: does not answer what was cancelled",
  ],
  [
    "does not wake",
    () => ({ wake: NOTHING }),
    "finding: ends a question that a neighbour does not answer",
  ],
  ["explains nothing", () => ({ explain: () => ({ ready: false, why: "" }) }), "finding: explains"],
  [
    "drops what is for its nodes",
    () => ({ forward: () => -2 }),
    "carrying: carries packets to a node that was found",
  ],
  [
    "does not introduce",
    (router) => ({
      prepare: (source, destination, _introduce, buffer, at, nowMs) =>
        router.prepare(source, destination, false, buffer, at, nowMs),
    }),
    "carrying: an introduction makes its source reached, without a question (M1)",
  ],
  [
    "keeps what is not used",
    () => ({ reaches: () => true }),
    "carrying: lets go of what is not used",
  ],
  [
    "tells nobody that a node has gone",
    () => ({ detach: NOTHING }),
    "nodes that come and go: who was told where a node is learns that it has gone",
  ],
  [
    "does not notice that a neighbour is down",
    () => ({ neighbourDown: NOTHING }),
    "nodes that come and go: reaches nothing through a neighbour that is down, and asks again when it is up",
  ],
  [
    "throws at what it does not know",
    (router) => ({
      control(neighbour, buffer, at, length, nowMs) {
        if (length === 0 || (buffer[at] ?? 0) > 6) throw new TypeError("unknown message");
        router.control(neighbour, buffer, at, length, nowMs);
      },
    }),
    "hostile neighbours: garbage is dropped, and the next question is answered",
  ],
  [
    "believes a claimed source",
    asksForSources,
    "hostile neighbours: a claimed source causes no traffic (M1)",
  ],
];

describe("the router contract", () => {
  it.each(BROKEN)("finds the router that %s", (_, how, name) => {
    expect(failureOf(onehop.configure({}), name)).toBeUndefined();
    expect(failureOf(broken(how), name)).toBeInstanceOf(Error);
  });

  it("fails by an AssertionError that says what was expected", () => {
    const failure = failureOf(
      broken(() => ({ resolve: NOTHING, reaches: () => true })),
      NOBODY,
    );
    expect(failure).toBeInstanceOf(Error);
    const wrong = failureOf(
      broken(() => ({ reaches: () => true })),
      NOBODY,
    );
    expect(wrong).toBeInstanceOf(AssertionError);
    expect(wrong).toMatchObject({ actual: true, expected: false });
  });

  it("hands its cases to the runner without an argument, whatever that gives them", () => {
    const lengths: number[] = [];
    routerContract(onehop.configure({}), {
      describe: (_, define) => define(),
      it: (_, run) => void lengths.push(run.length),
    });
    expect(lengths).toEqual(Array.from({ length: 25 }, () => 0));
  });
});

const NOBODY = "finding: says no when nobody has it, and never reaches it";
