// SPDX-License-Identifier: GPL-3.0-or-later

// The receiving half of a node: bounded, in order, and every message to one receiver at most.

import { getEventListeners } from "node:events";
import {
  batchOfOne,
  createInbox,
  type DatagramBatch,
  type Inbox,
  NodeError,
} from "@inet256/client";
import { describe, expect, it } from "vitest";
import { turn } from "../../support/until.js";
import { batch, idOf, message, SOURCE } from "./inbox-batches.js";

const closed = new NodeError("NODE_CLOSED", "made up");
const dropped = new NodeError("NODE_DROPPED", "made up");

/** Receives once and notes the number, or the error's reason, in `seen`. */
function receiveInto(seen: unknown[], inbox: Inbox, signal?: AbortSignal): Promise<void> {
  return inbox.receive(signal === undefined ? {} : { signal }).then(
    (datagram) => void seen.push(idOf(datagram)),
    (error: unknown) => void seen.push(error instanceof NodeError ? error.reason : error),
  );
}

describe("receive", () => {
  it("takes what came before it, in order, one by one", async () => {
    const inbox = createInbox(1_000);
    inbox.push(batch(1, 2), 10);
    inbox.push(batch(3), 10);
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++) await receiveInto(seen, inbox);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("waits for what comes after it", async () => {
    const inbox = createInbox(1_000);
    const seen: unknown[] = [];
    const received = receiveInto(seen, inbox);
    await turn();
    expect(seen).toEqual([]);
    inbox.push(batch(1), 10);
    await received;
    expect(seen).toEqual([1]);
  });

  it("gives competing receivers different messages, in the order they asked", async () => {
    const inbox = createInbox(1_000);
    const seen: unknown[][] = [[], [], []];
    const all = seen.map((own) => receiveInto(own, inbox));
    inbox.push(batch(1), 10);
    inbox.push(batch(2, 3, 4), 10);
    await Promise.all(all);
    expect(seen).toEqual([[1], [2], [3]]);
    const rest: unknown[] = [];
    await receiveInto(rest, inbox);
    expect(rest).toEqual([4]);
  });

  it("rejects with the signal's reason, before and while waiting", async () => {
    const inbox = createInbox(1_000);
    await expect(inbox.receive({ signal: AbortSignal.abort("early") })).rejects.toBe("early");
    const controller = new AbortController();
    const waiting = inbox.receive({ signal: controller.signal });
    controller.abort("late");
    await expect(waiting).rejects.toBe("late");
  });

  it("with a signal that has aborted leaves what waits to others", async () => {
    const inbox = createInbox(1_000);
    inbox.push(batch(1), 10);
    await expect(inbox.receive({ signal: AbortSignal.abort("early") })).rejects.toBe("early");
    const seen: unknown[] = [];
    await receiveInto(seen, inbox);
    expect(seen).toEqual([1]);
  });

  it("has what came before it gave up, and then nothing of others", async () => {
    const inbox = createInbox(1_000);
    const controller = new AbortController();
    const seen: unknown[][] = [[], [], []];
    const [first, second, third] = seen.map((own, i) =>
      receiveInto(own, inbox, i < 2 ? controller.signal : undefined),
    );
    inbox.push(batch(1), 10);
    controller.abort("late");
    inbox.push(batch(2), 10);
    await Promise.all([first, second, third]);
    expect(seen).toEqual([[1], ["late"], [2]]);
  });

  it("leaves nothing on its signal", async () => {
    const inbox = createInbox(1_000);
    const { signal } = new AbortController();
    const received = inbox.receive({ signal });
    inbox.push(batch(1), 10);
    await received;
    const ending = inbox.receive({ signal }).catch(() => {});
    inbox.end(closed);
    await ending;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("rejects with the error of the end, waiting or not, whatever was unread", async () => {
    const inbox = createInbox(1_000);
    const seen: unknown[] = [];
    const both = [receiveInto(seen, inbox), receiveInto(seen, inbox)];
    inbox.end(dropped);
    await Promise.all(both);
    inbox.push(batch(1), 10);
    await receiveInto(seen, inbox);
    inbox.end(closed);
    await receiveInto(seen, inbox);
    expect(seen).toEqual(new Array(4).fill("NODE_DROPPED"));

    const unread = createInbox(1_000);
    unread.push(batch(1), 10);
    unread.end(closed);
    await expect(unread.receive()).rejects.toBe(closed);
  });
});

describe("batches", () => {
  it("hands over whole batches, and the rest of one that was begun", async () => {
    const inbox = createInbox(1_000);
    inbox.push(batch(1, 2, 3), 10);
    inbox.push(batch(4, 5), 10);
    await inbox.receive();
    const iterator = inbox.batches()[Symbol.asyncIterator]();
    const first = (await iterator.next()).value as DatagramBatch;
    expect([...first].map(idOf)).toEqual([2, 3]);
    expect([first.length, first.payload(1)[1], first.source(0)]).toEqual([2, 3, SOURCE]);
    for (const wrong of [-1, 2, 3]) {
      expect(() => first.payload(wrong)).toThrow(RangeError);
      expect(() => first.source(wrong)).toThrow(RangeError);
    }
    const second = (await iterator.next()).value as DatagramBatch;
    expect([...second].map(idOf)).toEqual([4, 5]);
  });

  it("ends when the node is closed", async () => {
    const inbox = createInbox(1_000);
    inbox.push(batch(1), 10);
    const seen: number[] = [];
    for await (const some of inbox.batches()) {
      seen.push(...[...some].map(idOf));
      inbox.end(closed);
    }
    expect(seen).toEqual([1]);
    const waiting = createInbox(1_000);
    const over = waiting.batches()[Symbol.asyncIterator]().next();
    waiting.end(closed);
    await expect(over).resolves.toEqual({ done: true, value: undefined });
  });

  it("throws when the node ends otherwise, and when the signal aborts", async () => {
    const inbox = createInbox(1_000);
    const next = inbox.batches()[Symbol.asyncIterator]().next();
    inbox.end(dropped);
    await expect(next).rejects.toBe(dropped);
    const other = createInbox(1_000);
    const controller = new AbortController();
    const waiting = other.batches({ signal: controller.signal })[Symbol.asyncIterator]().next();
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
  });

  it("that are left leave the rest to others", async () => {
    const inbox = createInbox(1_000);
    inbox.push(batch(1), 10);
    inbox.push(batch(2), 10);
    for await (const some of inbox.batches()) {
      expect([...some].map(idOf)).toEqual([1]);
      break;
    }
    expect(idOf(await inbox.receive())).toBe(2);
  });
});

describe("batchOfOne", () => {
  it("is a batch with one message", () => {
    const one = batchOfOne(message(5));
    expect([one.length, idOf({ source: one.source(0), payload: one.payload(0) })]).toEqual([1, 5]);
    expect([...one].map(idOf)).toEqual([5]);
    for (const wrong of [-1, 1, 0.5, Number.NaN]) {
      expect(() => one.source(wrong)).toThrow(RangeError);
      expect(() => one.payload(wrong)).toThrow(RangeError);
    }
  });
});
