// SPDX-License-Identifier: GPL-3.0-or-later

// What becomes of each message: accepted, refused, given up, or of unknown outcome (rule O5).

import { getEventListeners, setMaxListeners } from "node:events";
import { encodedDatagramBytes } from "@inet256/client/grpc";
import { describe, expect, it } from "vitest";
import { UNWRITTEN_BYTES } from "../../../clients/ts/src/constants.js";
import { turn } from "../../support/until.js";
import { createHarness, DESTINATION, errorOf, perMessage, SMALL } from "./outbox-harness.js";

const LARGE = 65_535;
/** So many large messages are taken before others wait in line. */
const TAKEN = Math.floor(UNWRITTEN_BYTES / encodedDatagramBytes(LARGE));

/** A signal that may be given to many sends at once without a warning of Node's. */
function manySignal(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

describe("acceptance", () => {
  it("resolves the sends it covers and no others", async () => {
    const harness = createHarness();
    harness.connect();
    for (const id of [1, 2, 3]) harness.send(id);
    await turn();
    for (const id of [4, 5]) harness.send(id);
    await turn();
    const outcomes = () => [1, 2, 3, 4, 5].map(harness.outcome);
    harness.outbox.accepted(2);
    await turn();
    expect(outcomes()).toEqual(["accepted", "accepted", "pending", "pending", "pending"]);
    harness.outbox.accepted(4);
    await turn();
    expect(outcomes()).toEqual(["accepted", "accepted", "accepted", "accepted", "pending"]);
    harness.outbox.accepted(5);
    await turn();
    expect(outcomes()).toEqual(new Array(5).fill("accepted"));
  });

  it("covers what comes before it in the stream, whoever sent it", async () => {
    const harness = createHarness();
    harness.connect();
    harness.trySend(1);
    harness.send(2);
    harness.trySend(3);
    await turn();
    harness.outbox.accepted(1);
    await turn();
    expect(harness.outcome(2)).toBe("pending");
    harness.outbox.accepted(2);
    await turn();
    expect(harness.outcome(2)).toBe("accepted");
  });

  it("may be said again, or of messages that were never sent, without harm", async () => {
    const harness = createHarness();
    harness.connect();
    harness.outbox.accepted(0);
    harness.outbox.accepted(1);
    harness.send(1);
    await turn();
    harness.outbox.accepted(2 ** 53 - 1);
    harness.outbox.accepted(1);
    harness.send(2);
    await turn();
    expect([1, 2].map(harness.outcome)).toEqual(["accepted", "pending"]);
    harness.outbox.accepted(2);
    await turn();
    expect(harness.outcome(2)).toBe("accepted");
  });
});

describe("a refusal", () => {
  it("rejects the send of that number and leaves its neighbours alone", async () => {
    const harness = createHarness();
    harness.connect();
    for (const id of [1, 2, 3]) harness.send(id);
    await turn();
    harness.outbox.failed(2, "NO_SUCH_ADDRESS");
    harness.outbox.accepted(3);
    await turn();
    expect([1, 2, 3].map(harness.outcome)).toEqual(["accepted", "NO_SUCH_ADDRESS", "accepted"]);
    expect(harness.refused).toEqual([]);
  });

  it("of a trySend, or of a number that does not exist, is told to the listener", async () => {
    const harness = createHarness();
    harness.connect();
    harness.trySend(1);
    harness.send(2);
    await turn();
    harness.outbox.failed(1, "UNREACHABLE");
    harness.outbox.failed(3, "LIMIT_BYTES");
    harness.outbox.failed(0, "INTERNAL");
    expect(harness.refused).toEqual(["UNREACHABLE", "LIMIT_BYTES", "INTERNAL"]);
    expect(harness.outcome(2)).toBe("pending");
  });

  it("of a message in the second batch finds it there", async () => {
    const harness = createHarness();
    harness.connect();
    const each = perMessage(1_400);
    for (let id = 1; id <= each + 3; id++) harness.send(id, 1_400);
    await turn();
    harness.outbox.failed(each + 2, "NO_SUCH_ADDRESS");
    harness.outbox.accepted(each + 3);
    await turn();
    expect([each + 1, each + 2, each + 3].map(harness.outcome)).toEqual([
      "accepted",
      "NO_SUCH_ADDRESS",
      "accepted",
    ]);
  });
});

describe("giving up", () => {
  it("before the call rejects at once and sends nothing", async () => {
    const harness = createHarness();
    const stream = harness.connect();
    harness.send(1, SMALL, AbortSignal.abort());
    await turn();
    expect(harness.outcome(1)).toBe("aborted");
    expect(stream.messages).toEqual([]);
  });

  it("in the waiting line takes the message out of it", async () => {
    const harness = createHarness();
    const controller = new AbortController();
    for (let id = 0; id < TAKEN; id++) harness.trySend(id, LARGE);
    harness.send(100, LARGE);
    harness.send(101, LARGE, controller.signal);
    harness.send(102, LARGE);
    controller.abort();
    harness.connect();
    harness.outbox.accepted(TAKEN);
    await turn();
    expect(harness.written().slice(TAKEN)).toEqual([100, 102]);
    harness.outbox.accepted(TAKEN + 2);
    await turn();
    expect([100, 101, 102].map(harness.outcome)).toEqual(["accepted", "aborted", "accepted"]);
  });

  it("after the message was handed over rejects, and does not call it back", async () => {
    const harness = createHarness();
    const controller = new AbortController();
    harness.send(1, SMALL, controller.signal);
    controller.abort();
    const stream = harness.connect();
    await turn();
    expect(harness.outcome(1)).toBe("aborted");
    expect(stream.messages).toEqual([[1]]);
    harness.outbox.accepted(1);
    await turn();
    expect(harness.outcome(1)).toBe("aborted");
  });

  it("rejects with the signal's own reason wherever the message is", async () => {
    const harness = createHarness();
    const reasonOf = (signal: AbortSignal): Promise<unknown> =>
      harness.outbox.send(DESTINATION, new Uint8Array(LARGE), signal).then(
        () => "accepted",
        (error: unknown) => error,
      );
    for (let round = 0; round < TAKEN + 2; round++) {
      const controller = new AbortController();
      const given = reasonOf(controller.signal);
      controller.abort({ round });
      expect(await given).toEqual({ round });
    }
  });

  it("leaves nothing on a signal that outlives the send", async () => {
    const harness = createHarness();
    const signal = manySignal();
    for (let id = 0; id < TAKEN + 4; id++) harness.send(id, LARGE, signal);
    const room = harness.outbox.room(signal);
    expect(getEventListeners(signal, "abort").length).toBe(TAKEN + 5);
    harness.connect();
    for (let through = 1; through <= TAKEN + 4; through++) harness.outbox.accepted(through);
    await room;
    await turn();
    expect(harness.outcome(TAKEN + 3)).toBe("accepted");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("leaves nothing on a signal when the node ends", async () => {
    const harness = createHarness();
    const signal = manySignal();
    for (let id = 0; id < TAKEN + 2; id++) harness.send(id, LARGE, signal);
    const room = harness.outbox.room(signal).catch(() => {});
    harness.outbox.end(errorOf("NODE_DROPPED"));
    await room;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
