// SPDX-License-Identifier: GPL-3.0-or-later

// What an outbox writes, when, and how much it takes before it says no.

import {
  encodedDatagramBytes,
  MAX_STREAM_MESSAGE_BYTES,
  MAX_UNACCEPTED_BYTES,
} from "@inet256/client/grpc";
import { describe, expect, it } from "vitest";
import { UNWRITTEN_BYTES, WAITING_BYTES } from "../../../clients/ts/src/constants.js";
import { turn } from "../../support/until.js";
import {
  createHarness,
  DESTINATION,
  errorOf,
  type Harness,
  payloadOf,
  perMessage,
} from "./outbox-harness.js";

const LARGE = 65_535;

/** Numbers from `from` on, `count` of them. */
function numbers(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** Takes messages until it is full; returns how many those were. */
function fill({ trySend }: Harness, length: number): number {
  let taken = 0;
  while (trySend(taken, length)) taken += 1;
  return taken;
}

describe("an outbox", () => {
  it("gathers what is sent in one turn into one message", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    for (const id of [1, 2, 3]) expect(harness.trySend(id)).toBe(true);
    harness.send(4);
    expect(stream.messages).toEqual([]);
    await turn();
    harness.send(5);
    await turn();
    expect(stream.messages).toEqual([[1, 2, 3, 4], [5]]);
  });

  it("asks what is accepted behind messages that somebody waits for, and only then", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    harness.trySend(1);
    await turn();
    expect(stream.asked).toEqual([]);
    harness.send(2);
    harness.trySend(3);
    await turn();
    expect(stream.messages).toEqual([[1], [2, 3]]);
    expect(stream.asked).toEqual([2]);
    harness.trySend(4);
    await turn();
    expect(stream.asked).toEqual([2]);
  });

  it("copies a payload before the call returns", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    const [tried, sent] = [payloadOf(1), payloadOf(2)];
    harness.outbox.trySend(DESTINATION, tried);
    void harness.outbox.send(DESTINATION, sent, undefined);
    tried.fill(0);
    sent.fill(0);
    await turn();
    expect(stream.messages).toEqual([[1, 2]]);
  });

  it("copies a payload that waits in line", async () => {
    const harness = createHarness();
    const taken = fill(harness, LARGE);
    const sent = payloadOf(1000, LARGE);
    void harness.outbox.send(DESTINATION, sent, undefined);
    sent.fill(0);
    harness.connect();
    harness.outbox.accepted(taken);
    expect(harness.written()).toContain(1000);
  });

  it("fills a message to 256 KiB and no further", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    const each = perMessage(1_400);
    for (const id of numbers(0, 2 * each + 1)) harness.trySend(id, 1_400);
    await turn();
    expect(stream.messages.map((ids) => ids.length)).toEqual([each, each, 1]);
    expect(Math.max(...stream.sizes)).toBeLessThanOrEqual(MAX_STREAM_MESSAGE_BYTES);
    expect(each * encodedDatagramBytes(1_400)).toBe(stream.sizes[0]);
  });

  it("fills a message with the smallest messages to the last byte", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    const empty = new Uint8Array(0);
    const most = Math.floor(MAX_STREAM_MESSAGE_BYTES / encodedDatagramBytes(0));
    for (let i = 0; i < most; i++) harness.outbox.trySend(DESTINATION, empty);
    harness.trySend(9);
    await turn();
    expect(stream.messages.map((ids) => ids.length)).toEqual([most, 1]);
    expect(stream.sizes[0]).toBe(most * encodedDatagramBytes(0));
  });

  it("has at most 1 MiB on its way that was not accepted", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    const [each, onTheirWay] = [perMessage(1_400), 4 * perMessage(1_400)];
    const sum = (): number => stream.sizes.reduce((total, size) => total + size, 0);
    let id = 0;
    for (let i = 0; i < 6; i++) {
      for (let n = 0; n < each; n++) harness.trySend(id++, 1_400);
      await turn();
    }
    expect(sum()).toBeLessThanOrEqual(MAX_UNACCEPTED_BYTES);
    expect(harness.written()).toEqual(numbers(0, onTheirWay));
    harness.outbox.accepted(each - 1);
    expect(stream.messages.length).toBe(4);
    harness.outbox.accepted(each);
    expect(stream.messages.length).toBe(5);
    harness.outbox.accepted(5 * each);
    expect(harness.written()).toEqual(numbers(0, id));
  });

  it("answers false when 1 MiB is unwritten, and true again once there is room", async () => {
    const harness = createHarness();
    const taken = fill(harness, LARGE);
    expect(taken).toBe(Math.floor(UNWRITTEN_BYTES / encodedDatagramBytes(LARGE)));
    // A smaller one may still fit; then nothing does.
    let small = 0;
    while (harness.trySend(1_000 + small, 100)) small += 1;
    const bytes = taken * encodedDatagramBytes(LARGE) + small * encodedDatagramBytes(100);
    expect(bytes).toBeLessThanOrEqual(UNWRITTEN_BYTES);
    expect(bytes + encodedDatagramBytes(100)).toBeGreaterThan(UNWRITTEN_BYTES);
    const stream = harness.connect();
    expect(stream.messages.flat().length).toBe(taken + small);
    expect(harness.trySend(5_000, LARGE)).toBe(true);
  });

  it("keeps the order of trySend and send, waiting ones included", async () => {
    const harness = createHarness();
    const taken = fill(harness, LARGE);
    for (const id of numbers(100, 20)) harness.send(id, LARGE);
    // Whoever tries now would overtake those in line.
    expect(harness.trySend(999, 0)).toBe(false);
    harness.connect();
    const all = [...numbers(0, taken), ...numbers(100, 20)];
    for (let through = 1; through <= all.length; through++) harness.outbox.accepted(through);
    await turn();
    expect(harness.written()).toEqual(all);
    expect(numbers(100, 20).map(harness.outcome)).toEqual(new Array(20).fill("accepted"));
  });

  it("lets 16 MiB wait in line and refuses more with LIMIT_BYTES", async () => {
    const harness = createHarness();
    fill(harness, LARGE);
    const most = Math.floor(WAITING_BYTES / encodedDatagramBytes(LARGE));
    for (const id of numbers(1_000, most)) harness.send(id, LARGE);
    harness.send(9_999, LARGE);
    await turn();
    expect(harness.outcome(9_999)).toBe("LIMIT_BYTES");
    expect(numbers(1_000, most).every((id) => harness.outcome(id) === "pending")).toBe(true);
  });

  it("lets another wait in the place of one that gave up", async () => {
    const harness = createHarness();
    fill(harness, LARGE);
    const most = Math.floor(WAITING_BYTES / encodedDatagramBytes(LARGE));
    const controller = new AbortController();
    harness.send(1_000, LARGE, controller.signal);
    for (const id of numbers(1_001, most - 1)) harness.send(id, LARGE);
    controller.abort();
    for (const id of [9_001, 9_002]) harness.send(id, LARGE);
    await turn();
    expect([1_000, 9_001, 9_002].map(harness.outcome)).toEqual([
      "aborted",
      "pending",
      "LIMIT_BYTES",
    ]);
  });

  it("writes a line of 16 MiB as the daemon accepts, never more than 1 MiB ahead", async () => {
    const harness = createHarness();
    const count = fill(harness, LARGE) + 240;
    for (const id of numbers(count - 240, 240)) harness.send(id, LARGE);
    const stream = harness.connect();
    let accepted = 0;
    while (accepted < count) {
      const on = stream.messages.flat().length;
      const bytes = (on - accepted) * encodedDatagramBytes(LARGE);
      expect(bytes).toBeLessThanOrEqual(MAX_UNACCEPTED_BYTES);
      expect(on).toBeGreaterThan(accepted);
      accepted += 1;
      harness.outbox.accepted(accepted);
    }
    await turn();
    expect(harness.written()).toEqual(numbers(0, count));
    expect(harness.outcome(count - 1)).toBe("accepted");
  });
});

describe("room", () => {
  it("resolves at once while there is room", async () => {
    await expect(createHarness().outbox.room(undefined)).resolves.toBeUndefined();
  });

  it("resolves when half of what was unwritten is written", async () => {
    const harness = createHarness();
    fill(harness, LARGE);
    let room = 0;
    for (let i = 0; i < 3; i++) void harness.outbox.room(undefined).then(() => (room += 1));
    await turn();
    expect(room).toBe(0);
    harness.connect();
    await turn();
    expect(room).toBe(3);
    expect(harness.trySend(1)).toBe(true);
  });

  it("rejects with the signal's reason, and is then forgotten", async () => {
    const harness = createHarness();
    fill(harness, LARGE);
    const controller = new AbortController();
    const given = expect(harness.outbox.room(controller.signal)).rejects.toBe("enough");
    controller.abort("enough");
    await given;
    await expect(harness.outbox.room(controller.signal)).rejects.toBe("enough");
  });

  it("rejects when the outage has lasted too long, and when the node ends", async () => {
    for (const act of ["giveUp", "end", "finish"] as const) {
      const harness = createHarness();
      fill(harness, LARGE);
      const before = expect(harness.outbox.room(undefined)).rejects.toMatchObject({
        reason: "UNAVAILABLE",
      });
      void harness.outbox[act](errorOf("UNAVAILABLE"));
      await before;
      await expect(harness.outbox.room(undefined)).rejects.toMatchObject({ reason: "UNAVAILABLE" });
    }
  });
});
