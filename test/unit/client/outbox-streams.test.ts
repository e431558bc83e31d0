// SPDX-License-Identifier: GPL-3.0-or-later

// An outbox that outlives its streams: what was written is spent, what was not waits (rule O5).

import { encodedDatagramBytes, MAX_STREAM_MESSAGE_BYTES } from "@inet256/client/grpc";
import { describe, expect, it } from "vitest";
import { turn } from "../../support/until.js";
import { createHarness, errorOf, perMessage } from "./outbox-harness.js";

const LARGE = 65_535;

describe("a stream that breaks", () => {
  it("leaves an unknown outcome to what was written, and the rest to the next stream", async () => {
    const harness = createHarness();
    harness.connect();
    harness.send(1);
    harness.trySend(2);
    harness.send(3);
    await turn();
    harness.outbox.accepted(1);
    harness.send(4);
    harness.outbox.disconnected();
    harness.send(5);
    await turn();
    expect([1, 3, 4, 5].map(harness.outcome)).toEqual([
      "accepted",
      "OUTCOME_UNKNOWN",
      "pending",
      "pending",
    ]);
    const second = harness.connect();
    await turn();
    expect(second.messages.flat()).toEqual([4, 5]);
    expect(harness.written()).toEqual([1, 2, 3, 4, 5]);
  });

  it("leaves an unknown outcome to the rest of a batch that was accepted in part", async () => {
    const harness = createHarness();
    harness.connect();
    for (const id of [1, 2, 3]) harness.send(id);
    await turn();
    harness.outbox.accepted(2);
    harness.outbox.disconnected();
    await turn();
    expect([1, 2, 3].map(harness.outcome)).toEqual(["accepted", "accepted", "OUTCOME_UNKNOWN"]);
    expect(harness.connect().messages).toEqual([]);
  });

  it("keeps a refusal that came before it", async () => {
    const harness = createHarness();
    harness.connect();
    for (const id of [1, 2]) harness.send(id);
    await turn();
    harness.outbox.failed(1, "NO_SUCH_ADDRESS");
    harness.outbox.disconnected();
    await turn();
    expect([1, 2].map(harness.outcome)).toEqual(["NO_SUCH_ADDRESS", "OUTCOME_UNKNOWN"]);
  });

  it("gives the next one numbers from 1 and a window of its own", async () => {
    const harness = createHarness();
    harness.connect();
    const most = 4 * perMessage(LARGE);
    for (let id = 0; id < most; id++) harness.trySend(id, LARGE);
    await turn();
    expect(harness.written().length).toBe(most);
    harness.outbox.disconnected();
    for (let id = 0; id < most; id++) harness.send(100 + id, LARGE);
    const second = harness.connect();
    expect(second.messages.flat().length).toBe(most);
    harness.outbox.accepted(1);
    await turn();
    expect([100, 101].map(harness.outcome)).toEqual(["accepted", "pending"]);
  });

  it("in the same turn as a send does not get that message", async () => {
    const harness = createHarness();
    const first = harness.connect();
    harness.send(1);
    harness.outbox.disconnected();
    await turn();
    expect(first.messages).toEqual([]);
    expect(harness.outcome(1)).toBe("pending");
    const second = harness.connect();
    expect(second.messages).toEqual([[1]]);
  });

  it("lets messages gather for the next in full stream messages", async () => {
    const harness = createHarness();
    for (let id = 0; id < 300; id++) {
      harness.trySend(id, 1_400);
      if (id % 7 === 0) await turn();
    }
    const { messages, sizes } = harness.connect();
    const each = Math.floor(MAX_STREAM_MESSAGE_BYTES / encodedDatagramBytes(1_400));
    expect(messages.map((ids) => ids.length)).toEqual([each, 300 - each]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_STREAM_MESSAGE_BYTES);
  });
});

describe("an outage", () => {
  it("that lasts fails what waits and, at once, what comes; a new stream ends it", async () => {
    const harness = createHarness();
    harness.send(1);
    harness.outbox.giveUp(errorOf("UNAVAILABLE"));
    harness.send(2);
    await turn();
    expect([1, 2].map(harness.outcome)).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
    expect(harness.trySend(3)).toBe(false);
    const stream = harness.connect();
    expect(stream.messages).toEqual([]);
    harness.send(4);
    await turn();
    expect(stream.messages).toEqual([[4]]);
  });

  it("fails those who wait in line too", async () => {
    const harness = createHarness();
    let id = 0;
    while (harness.trySend(id, LARGE)) id += 1;
    harness.send(1_000, LARGE);
    harness.outbox.giveUp(errorOf("UNAVAILABLE"));
    await turn();
    expect(harness.outcome(1_000)).toBe("UNAVAILABLE");
    harness.connect();
    await turn();
    expect(harness.written()).toEqual([]);
  });
});

describe("finish", () => {
  const closed = errorOf("NODE_CLOSED");

  it("takes no more, and resolves when all is written", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    for (let id = 0; id < 20; id++) harness.send(id, LARGE);
    let done = false;
    const finished = harness.outbox.finish(closed).then(() => {
      done = true;
    });
    harness.send(99);
    expect(harness.trySend(98)).toBe(false);
    await turn();
    expect([harness.outcome(99), done]).toEqual(["NODE_CLOSED", false]);
    while (stream.messages.flat().length < 20) {
      harness.outbox.accepted(stream.messages.flat().length);
    }
    await finished;
    expect(harness.outcome(19)).toBe("pending");
    harness.outbox.accepted(20);
    await turn();
    expect(harness.outcome(19)).toBe("accepted");
  });

  it("resolves at once when there is nothing to write", async () => {
    const harness = createHarness();
    harness.connect();
    await expect(harness.outbox.finish(closed)).resolves.toBeUndefined();
    await expect(createHarness().outbox.finish(closed)).resolves.toBeUndefined();
  });

  it("without a stream fails what was never written", async () => {
    const harness = createHarness();
    harness.send(1);
    await harness.outbox.finish(closed);
    await turn();
    expect(harness.outcome(1)).toBe("NODE_CLOSED");
  });

  it("resolves for everybody who asked", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    for (let id = 0; id < 20; id++) harness.send(id, LARGE);
    await turn();
    const all = Promise.all([harness.outbox.finish(closed), harness.outbox.finish(closed)]);
    harness.outbox.accepted(stream.messages.flat().length);
    await expect(all).resolves.toEqual([undefined, undefined]);
  });

  it("goes on when the stream breaks meanwhile, and still takes no more", async () => {
    const harness = createHarness();
    harness.connect();
    for (let id = 0; id < 20; id++) harness.send(id, LARGE);
    await turn();
    const written = harness.written().length;
    const finished = harness.outbox.finish(closed);
    harness.outbox.disconnected();
    const second = harness.connect();
    await finished;
    expect(second.messages.flat()[0]).toBe(written);
    expect(harness.trySend(99)).toBe(false);
    harness.send(98);
    await turn();
    expect(harness.outcome(98)).toBe("NODE_CLOSED");
  });

  it("is over when the outbox ends", async () => {
    const harness = createHarness();
    harness.connect();
    for (let id = 0; id < 20; id++) harness.send(id, LARGE);
    await turn();
    const written = harness.written().length;
    const finished = harness.outbox.finish(closed);
    harness.outbox.end(closed);
    await finished;
    expect(harness.outcome(0)).toBe("OUTCOME_UNKNOWN");
    expect(harness.outcome(written)).toBe("NODE_CLOSED");
  });
});

describe("the end", () => {
  it("is told to everybody, now and later", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    harness.send(1);
    await turn();
    harness.send(2);
    harness.outbox.end(errorOf("NODE_DROPPED"));
    harness.send(3);
    await turn();
    expect([1, 2, 3].map(harness.outcome)).toEqual([
      "OUTCOME_UNKNOWN",
      "NODE_DROPPED",
      "NODE_DROPPED",
    ]);
    expect(harness.trySend(4)).toBe(false);
    expect(stream.messages).toEqual([[1]]);
  });
});
