// SPDX-License-Identifier: GPL-3.0-or-later

// Who sends in rows is told when to wait, and when there is no more reason to: for the way to remote
// identities, and for readers here at the same time.

import { describe, expect, it } from "vitest";
import type { SendOutcome } from "../../../server/src/session/index.js";
import { addressOf, createHouse, createMemory, send } from "./local-nodes.js";

const FAR = 77;

function createScene() {
  const house = createHouse();
  const { nodes, open, remote } = house;
  remote.outcome = "accepted";
  return {
    ...house,
    sender: open(1),
    /** The sessions say that node 1 is not crowded any more. */
    relieve: (number = 1) => nodes.sessionsSink.relieved(addressOf(number).bytes.slice(), 1_000),
    /** Sends far, with this outcome. */
    far(from: ReturnType<typeof open>, outcome: SendOutcome) {
      remote.outcome = outcome;
      return send(from, addressOf(FAR), "x");
    },
  };
}

function createEar() {
  const ear = {
    heard: 0,
    hear: () => {
      ear.heard += 1;
    },
  };
  return ear;
}

describe("the way to a remote identity", () => {
  it("is crowded from the message that says so, which is accepted, until it is relieved", () => {
    const { far, relieve, sender, remote } = createScene();
    expect(far(sender, "accepted")).toBeUndefined();
    expect(sender.crowding()).toBe(false);
    expect(far(sender, "crowded")).toBeUndefined();
    expect(sender.crowding()).toBe(true);
    expect(far(sender, "accepted")).toBeUndefined();
    expect([sender.crowding(), remote.sent.length]).toEqual([true, 3]);
    relieve();
    expect(sender.crowding()).toBe(false);
  });

  it("is crowded for every opening of the node, and for no other node", () => {
    const { far, open, relieve, sender } = createScene();
    const [shared, other] = [open(1), open(2)];
    far(sender, "crowded");
    expect([sender, shared, other].map(({ crowding }) => crowding())).toEqual([true, true, false]);
    const ears = [sender, shared].map((opening) => {
      const ear = createEar();
      opening.onRelief(ear.hear);
      return ear;
    });
    relieve(2);
    expect(sender.crowding()).toBe(true);
    relieve();
    relieve();
    expect([sender, shared].map(({ crowding }) => crowding())).toEqual([false, false]);
    expect(ears.map(({ heard }) => heard)).toEqual([1, 1]);
  });

  it("may be crowded again by whoever hears that it is not", () => {
    const { far, relieve, sender } = createScene();
    far(sender, "crowded");
    let heard = 0;
    const hear = (): void => {
      heard += 1;
      far(sender, "crowded");
      if (heard < 10) sender.onRelief(hear);
    };
    sender.onRelief(hear);
    relieve();
    expect([heard, sender.crowding()]).toEqual([1, true]);
    relieve();
    expect(heard).toBe(2);
  });

  it("tells nobody who took it back", () => {
    const { far, open, relieve, sender } = createScene();
    const shared = open(1);
    far(sender, "crowded");
    const [gone, there] = [createEar(), createEar()];
    sender.onRelief(gone.hear);
    shared.onRelief(there.hear);
    sender.forgetRelief(gone.hear);
    relieve();
    expect([gone.heard, there.heard]).toEqual([0, 1]);
  });

  it("is told of a node that has gone, or never was, without harm", () => {
    const { far, relieve, sender, open } = createScene();
    far(sender, "crowded");
    sender.close();
    relieve();
    relieve(55);
    const again = open(1);
    expect(again.crowding()).toBe(false);
  });
});

describe("the way out and a reader here", () => {
  function createBoth() {
    const scene = createScene();
    const { far, open, sender } = scene;
    const memory = createMemory(0);
    const receiver = open(2);
    receiver.read(memory.reader);
    send(sender, addressOf(2), "waits");
    far(sender, "crowded");
    const read = (): void => {
      memory.room = 100;
      receiver.ready();
    };
    return { ...scene, read, receiver };
  }

  it("crowd each by itself: there is no reason to wait only when neither does", () => {
    for (const order of [
      ["read", "relieve"],
      ["relieve", "read"],
    ] as const) {
      const scene = createBoth();
      const ear = createEar();
      scene.sender.onRelief(ear.hear);
      scene[order[0]]();
      expect(scene.sender.crowding(), order.join()).toBe(true);
      expect(ear.heard).toBe(1);
      scene[order[1]]();
      expect(scene.sender.crowding(), order.join()).toBe(false);
      expect(ear.heard).toBeGreaterThan(1);
    }
  });

  it("tell nobody who took it back", () => {
    const { read, relieve, sender } = createBoth();
    const ear = createEar();
    sender.onRelief(ear.hear);
    sender.forgetRelief(ear.hear);
    read();
    relieve();
    expect([ear.heard, sender.crowding()]).toEqual([0, false]);
  });

  it("tell whoever waits for one what waits for the other", () => {
    const { read, relieve, sender } = createBoth();
    relieve();
    expect(sender.crowding()).toBe(true);
    const ear = createEar();
    sender.onRelief(ear.hear);
    relieve();
    expect(ear.heard).toBe(0);
    read();
    expect([ear.heard, sender.crowding()]).toEqual([1, false]);
  });
});
