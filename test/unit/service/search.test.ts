// SPDX-License-Identifier: GPL-3.0-or-later

// Searching beyond the daemon: how a search ends, and that nothing of it is left then.

import { describe, expect, it } from "vitest";
import { addressOf, keyOf } from "../node/local-nodes.js";
import { createScene, FAR, found, outcomeOf } from "./searches.js";

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

  it("ends with the daemon, as every later one does, and nothing is opened any more", async () => {
    const { find, lookup, service, left, nodes, remote } = createScene();
    const searches = [find(), lookup()].map(outcomeOf);
    service.stop();
    expect(left()).toEqual([0, 0]);
    expect(await Promise.all(searches)).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
    for (const ask of [find, lookup, () => service.open(keyOf(1))]) {
      expect(await outcomeOf(ask())).toBe("UNAVAILABLE");
    }
    expect([left(), remote.asked.length, nodes.size()]).toEqual([[0, 0], 2, 0]);
  });

  it("is forgotten once it has ended: the end of the daemon does not end it again", async () => {
    const { find, remote, service, time } = createScene();
    let ended = 0;
    const { find: inner } = remote.network;
    Object.assign(remote.network, {
      find(...asked: Parameters<typeof inner>) {
        const end = inner(...asked);
        return () => {
          ended += 1;
          end();
        };
      },
    });
    const answered = find();
    remote.answer(found);
    await answered;
    const late = outcomeOf(find());
    time.advance(10_000);
    await late;
    const before = ended;
    service.stop();
    expect([before > 0, ended]).toEqual([true, before]);
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
