// SPDX-License-Identifier: GPL-3.0-or-later

// The list of nodes that operators see: who is open, how often, and what waits.

import { expect, it } from "vitest";
import { addressOf, createHouse, createMemory, drain, send } from "./local-nodes.js";

it("lists the nodes that are open, without the daemon's own", () => {
  const { nodes, open } = createHouse();
  const seen = () =>
    new Map(nodes.list().map(({ address, openings }) => [`${address}`, openings] as const));
  expect(seen()).toEqual(new Map());
  const [first, second] = [open(1), open(1)];
  open(2);
  expect(seen()).toEqual(
    new Map([
      [`${addressOf(1)}`, 2],
      [`${addressOf(2)}`, 1],
    ]),
  );
  first.close();
  nodes.drop(addressOf(2));
  expect(seen()).toEqual(new Map([[`${addressOf(1)}`, 1]]));
  second.close();
  expect(seen()).toEqual(new Map());
});

it("lists what waits to be read, until it is", () => {
  const { nodes, open, budget } = createHouse();
  const [from, to] = [open(1), open(2)];
  const waiting = (): readonly number[] => {
    const node = nodes.list().find(({ address }) => address.equals(addressOf(2)));
    return [node?.queuedMessages ?? -1, node?.queuedBytes ?? -1];
  };
  expect(waiting()).toEqual([0, 0]);
  for (const text of ["one", "two", "three"]) send(from, addressOf(2), text);
  const [messages, bytes] = waiting();
  expect(messages).toBe(3);
  expect(bytes).toBeGreaterThan("onetwothree".length);
  // The budget is lent in portions.
  expect(bytes).toBeLessThanOrEqual(budget.used());
  to.drain(createMemory(1).reader);
  expect(waiting()[0]).toBe(2);
  drain(to);
  expect(waiting()).toEqual([0, 0]);
});
