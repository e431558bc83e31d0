// SPDX-License-Identifier: GPL-3.0-or-later

// Sending one message as soon as its destination is known, as people do with nothing but grpcurl.

import { describe, expect, it } from "vitest";
import { addressOf, send } from "../node/local-nodes.js";
import { createScene, FAR, found, outcomeOf } from "./searches.js";

describe("sendWhenKnown", () => {
  function createSending() {
    const scene = createScene();
    const opening = scene.open(1);
    const controller = new AbortController();
    const { signal } = controller;
    scene.remote.outcome = "accepted";
    const message = Buffer.from("a message");
    return {
      ...scene,
      opening,
      controller,
      sendWhenKnown: (to = addressOf(FAR), payload: Uint8Array = message) =>
        scene.service.sendWhenKnown(opening, to, payload, { signal }),
    };
  }

  it("sends once, when the destination is known and not before", async () => {
    const { sendWhenKnown, remote, left } = createSending();
    const sending = sendWhenKnown();
    expect([remote.sent.length, remote.searches]).toEqual([0, 1]);
    expect(remote.asked.map(({ nbits }) => nbits)).toEqual([256]);
    remote.answer(found);
    await sending;
    expect(remote.sent.map(({ text }) => text)).toEqual(["a message"]);
    expect(left()).toEqual([0, 0]);
  });

  it("sends at once to a node here", async () => {
    const { sendWhenKnown, open, remote } = createSending();
    const receiver = open(2);
    await sendWhenKnown(addressOf(2));
    expect([receiver.waiting(), remote.asked]).toEqual([1, []]);
  });

  it("is done when it is accepted, though it is crowded", async () => {
    const { sendWhenKnown, remote } = createSending();
    remote.found = found;
    remote.outcome = "crowded";
    await sendWhenKnown();
    expect(remote.sent).toHaveLength(1);
  });

  it("says why not, and sends nothing", async () => {
    const { sendWhenKnown, remote, time, controller, left } = createSending();
    const nobody = outcomeOf(sendWhenKnown());
    remote.answer(undefined);
    expect(await nobody).toBe("NO_SUCH_ADDRESS");
    const silence = outcomeOf(sendWhenKnown());
    time.advance(10_000);
    expect(await silence).toBe("UNREACHABLE");
    const given = outcomeOf(sendWhenKnown());
    controller.abort("enough");
    expect(await given).toBe("enough");
    expect([remote.sent, left()]).toEqual([[], [0, 0]]);
  });

  it("does not begin when its caller gave up before", async () => {
    const { sendWhenKnown, remote, controller, left } = createSending();
    controller.abort("before");
    expect(await outcomeOf(sendWhenKnown())).toBe("before");
    expect([remote.asked, remote.sent, left()]).toEqual([[], [], [0, 0]]);
  });

  it("says what sending itself says", async () => {
    const { sendWhenKnown, opening, remote } = createSending();
    remote.found = found;
    for (const [outcome, reason] of [
      ["unknown", "NO_SUCH_ADDRESS"],
      ["displaced", "DISPLACED"],
    ] as const) {
      remote.outcome = outcome;
      expect(await outcomeOf(sendWhenKnown())).toBe(reason);
    }
    expect(await outcomeOf(sendWhenKnown(addressOf(FAR), new Uint8Array(65_536)))).toBe(
      "MESSAGE_TOO_LARGE",
    );
    // It may end while the search is under way.
    remote.found = "later";
    const late = outcomeOf(sendWhenKnown());
    opening.close();
    remote.answer(found);
    expect(await late).toBe("NODE_CLOSED");
  });

  it("sends nothing in the name of the node's next life", async () => {
    const { sendWhenKnown, nodes, open, remote } = createSending();
    const sending = outcomeOf(sendWhenKnown());
    nodes.drop(addressOf(1));
    const again = open(1);
    remote.answer(found);
    expect(await sending).toBe("NODE_DROPPED");
    expect(remote.sent).toEqual([]);
    expect(send(again, addressOf(FAR), "of the next life")).toBeUndefined();
  });
});
