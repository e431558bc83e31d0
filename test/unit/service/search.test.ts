// SPDX-License-Identifier: GPL-3.0-or-later

// Searching beyond the daemon: how a search ends, and that nothing of it is left then.

import { NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import type { Found } from "../../../server/src/network/index.js";
import { addressOf, keyOf, send } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";

/** An identity that is not here. */
const FAR = 77;
const found: Found = {
  address: addressOf(FAR),
  publicKey: keyOf(FAR).publicKey.serialize(),
};

function createScene() {
  const house = createServiceHouse();
  house.remote.found = "later";
  const { service, deadlines, remote } = house;
  const { bytes } = addressOf(FAR);
  return {
    ...house,
    find: (signal?: AbortSignal) => service.findAddress(bytes, 256, signal ? { signal } : {}),
    lookup: (signal?: AbortSignal) =>
      service.lookupPublicKey(addressOf(FAR), signal ? { signal } : {}),
    /** Searches and deadlines that are left. */
    left: () => [remote.searches, deadlines.size],
  };
}

/** What became of it by now: a value, a reason of NodeError, or another error's words. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof NodeError ? error.reason : error;
  }
}

describe("a search", () => {
  it("ends with an answer that comes later", async () => {
    const { find, lookup, remote, left } = createScene();
    const searches = [find(), lookup()] as const;
    expect(left()).toEqual([2, 2]);
    remote.answer(found);
    expect((await searches[0]).equals(addressOf(FAR))).toBe(true);
    expect((await searches[1]).equals(keyOf(FAR).publicKey)).toBe(true);
    expect(left()).toEqual([0, 0]);
  });

  it("ends with one that comes at once, and leaves nothing behind", async () => {
    const { find, remote, left } = createScene();
    remote.found = found;
    expect((await find()).equals(addressOf(FAR))).toBe(true);
    remote.found = undefined;
    expect(await outcomeOf(find())).toBe("NO_SUCH_ADDRESS");
    expect(left()).toEqual([0, 0]);
  });

  it("ends when everybody said no", async () => {
    const { find, lookup, remote, left } = createScene();
    const searches = [find(), lookup()].map(outcomeOf);
    remote.answer(undefined);
    expect(await Promise.all(searches)).toEqual(["NO_SUCH_ADDRESS", "NO_SUCH_ADDRESS"]);
    expect(left()).toEqual([0, 0]);
  });

  it("ends after 10 s without an answer, and not before", async () => {
    const { find, lookup, time, remote, left } = createScene();
    const searches = [find(), lookup()].map(outcomeOf);
    time.advance(9_999);
    expect(left()).toEqual([2, 2]);
    time.advance(1);
    expect(await Promise.all(searches)).toEqual(["UNREACHABLE", "UNREACHABLE"]);
    expect(left()).toEqual([0, 0]);
    remote.answer(found);
    const late = outcomeOf(find());
    time.advance(9_000);
    remote.answer(found);
    expect(await late, "each has 10 s of its own").toEqual(addressOf(FAR));
  });

  it("ends with its caller's own reason when he gives up", async () => {
    const { find, lookup, remote, left } = createScene();
    for (const ask of [find, lookup]) {
      const controller = new AbortController();
      const search = outcomeOf(ask(controller.signal));
      const other = outcomeOf(ask());
      const reason = new Error("enough");
      controller.abort(reason);
      expect(await search).toBe(reason);
      expect(left()).toEqual([1, 1]);
      remote.answer(found);
      await other;
      expect(left()).toEqual([0, 0]);
    }
  });

  it("does not begin when its caller gave up before", async () => {
    const { find, lookup, remote, left } = createScene();
    const signal = AbortSignal.abort("before");
    for (const ask of [find, lookup]) expect(await outcomeOf(ask(signal))).toBe("before");
    expect([remote.asked, left()]).toEqual([[], [0, 0]]);
  });

  it("leaves no listener at a signal that outlives it", async () => {
    const { find, remote, time, left } = createScene();
    const controller = new AbortController();
    const { signal } = controller;
    const listening = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...listener: Parameters<typeof addEventListener>) => {
      listening.add(listener[1]);
      addEventListener.apply(signal, listener);
    };
    signal.removeEventListener = (...listener: Parameters<typeof removeEventListener>) => {
      listening.delete(listener[1]);
      removeEventListener.apply(signal, listener);
    };
    const ended = [find(signal), find(signal)].map(outcomeOf);
    expect(listening.size).toBe(2);
    remote.answer(found);
    await Promise.all(ended);
    const late = outcomeOf(find(signal));
    time.advance(10_000);
    expect(await late).toBe("UNREACHABLE");
    expect([listening.size, left()]).toEqual([0, [0, 0]]);
  });

  it("is one of many: a thousand end each by itself", async () => {
    const { find, remote, time, left } = createScene();
    const controllers = Array.from({ length: 500 }, () => new AbortController());
    const aborted = controllers.map(({ signal }) => outcomeOf(find(signal)));
    const others = Array.from({ length: 500 }, () => outcomeOf(find()));
    expect(left()).toEqual([1_000, 1_000]);
    for (const controller of controllers) controller.abort("enough");
    expect(new Set(await Promise.all(aborted))).toEqual(new Set(["enough"]));
    expect(left()).toEqual([500, 500]);
    time.advance(5_000);
    const younger = outcomeOf(find());
    time.advance(5_000);
    expect(new Set(await Promise.all(others))).toEqual(new Set(["UNREACHABLE"]));
    expect(left()).toEqual([1, 1]);
    remote.answer(found);
    expect(await younger).toEqual(addressOf(FAR));
    expect([left(), time.armedForMs]).toEqual([[0, 0], undefined]);
  });
});

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
    expect([receiver.waiting, remote.asked]).toEqual([1, []]);
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
