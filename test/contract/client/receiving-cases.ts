// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, type Node } from "@inet256/client";
import { expect, it } from "vitest";
import type { Harness } from "./contract.js";
import { bytes, DEADLINE_MS, next, nextOf, rejects, sendAll, words } from "./support.js";

/** Receiving messages. */
export function receivingCases(harness: Harness): void {
  const pair = async (): Promise<{ readonly a: Node; readonly b: Node }> => {
    const { service, elsewhere } = harness();
    return { a: await service.open(generateKey()), b: await elsewhere.open(generateKey()) };
  };
  const textsOf = async (node: Node, count: number): Promise<readonly string[]> => {
    const texts: string[] = [];
    for await (const batch of node.batches({ signal: AbortSignal.timeout(DEADLINE_MS) })) {
      expect(batch.length).toBeGreaterThan(0);
      for (const { payload } of batch) texts.push(Buffer.from(payload).toString());
      if (texts.length >= count) break;
    }
    return texts;
  };

  it("keeps what arrives before anyone asks", async () => {
    const { a, b } = await pair();
    await sendAll(a, b.address, words("early", 100));
    expect(await nextOf(b, 100)).toEqual(words("early", 100));
  });

  it("waits for what arrives after", async () => {
    const { a, b } = await pair();
    const received = next(b);
    await a.send(b.address, bytes("late"));
    expect(await received).toBe("late");
  });

  it("gives competing receivers different messages, each message to one", async () => {
    const { a, b } = await pair();
    const receiving = Array.from({ length: 20 }, () => next(b));
    await sendAll(a, b.address, words("contested", 20));
    expect([...(await Promise.all(receiving))].sort()).toEqual([...words("contested", 20)].sort());
  });

  it("is given up with the signal's reason, and the message goes to the next", async () => {
    const { a, b } = await pair();
    await expect(b.receive({ signal: AbortSignal.abort("early") })).rejects.toBe("early");
    const controller = new AbortController();
    const given = b.receive({ signal: controller.signal });
    controller.abort("late");
    await expect(given).rejects.toBe("late");
    await a.send(b.address, bytes("for whoever stays"));
    expect(await next(b)).toBe("for whoever stays");
  });

  it("by batches gives every message in order", async () => {
    const { a, b } = await pair();
    await sendAll(a, b.address, words("batched", 500));
    expect(await textsOf(b, 500)).toEqual(words("batched", 500));
  });

  it("by batches reads by index what it reads by iteration", async () => {
    const { a, b } = await pair();
    await sendAll(a, b.address, ["one"]);
    for await (const batch of b.batches()) {
      const [first] = batch;
      expect(Buffer.from(batch.payload(0)).toString()).toBe("one");
      expect(batch.source(0).equals(a.address)).toBe(true);
      expect(Buffer.compare(first?.payload ?? bytes(""), batch.payload(0))).toBe(0);
      expect(() => batch.payload(batch.length)).toThrow(RangeError);
      expect(() => batch.source(-1)).toThrow(RangeError);
      break;
    }
  });

  it("by batches may be left and taken up again, also one by one", async () => {
    const { a, b } = await pair();
    const texts = words("mixed", 60);
    await sendAll(a, b.address, texts);
    const seen: string[] = [];
    while (seen.length < 60)
      seen.push(...(await textsOf(b, 1)), ...(await oneMore(b, seen.length)));
    expect(seen).toEqual(texts);
  });

  it("by batches is given up with the signal's reason", async () => {
    const { b } = await pair();
    const controller = new AbortController();
    const waiting = b.batches({ signal: controller.signal })[Symbol.asyncIterator]().next();
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
  });

  it("by batches ends when the node is closed, and throws when it is dropped", async () => {
    const { a, b } = await pair();
    const ended = (async () => {
      for await (const _ of a.batches()) throw new Error("nothing was sent");
      return "ended";
    })();
    await a.close();
    expect(await ended).toBe("ended");
    const thrown = (async () => {
      for await (const _ of b.batches()) throw new Error("nothing was sent");
    })();
    const rejected = rejects(thrown, "NODE_DROPPED");
    await b.drop();
    await rejected;
  });

  it("gives bytes that belong to the receiver", async () => {
    const { a, b } = await pair();
    await sendAll(a, b.address, ["first", "second"]);
    const first = await b.receive();
    const second = await b.receive();
    first.payload.fill(0);
    expect(Buffer.from(second.payload).toString()).toBe("second");
  });
}

// One message by receive, unless the batch before held the last one.
async function oneMore(node: Node, soFar: number): Promise<readonly string[]> {
  return soFar < 50 ? [await next(node)] : [];
}
