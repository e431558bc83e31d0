// SPDX-License-Identifier: GPL-3.0-or-later

// Traces by virtual time: the stops of a way in their order, each with the fastest of its round
// trips, from one node that goes when the caller does.

import {
  type Address,
  type Datagram,
  generateKey,
  type Node,
  NodeError,
  type Service,
} from "@inet256/client";
import { describe, expect, it } from "vitest";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createProbes, type TracedStop } from "../../../server/src/service/probes.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { addressOf } from "../node/local-nodes.js";

const [PEER, ROUTER, NODE] = [addressOf(1), addressOf(2), addressOf(3)];
const WAY = {
  ready: true,
  why: "the best way",
  local: false,
  nextHop: PEER,
  router: ROUTER,
  hops: 3,
  costMicros: 1,
};
const WISH = { count: 3, timeoutMs: 500 };

/** A world in which an address answers its pings after so many milliseconds, or never. */
function createScene(rtts: ReadonlyMap<Address, readonly (number | undefined)[]>) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const sent = new Map<Address, number[]>();
  const lengths = new Set<number>();
  let [opened, closed] = [0, 0];
  const open = async (): Promise<Node> => {
    opened += 1;
    const waiting: Datagram[] = [];
    const node: Pick<Node, "send" | "receive" | "close"> = {
      async send(to, payload) {
        const at = sent.get(to) ?? [];
        sent.set(to, [...at, clock.monotonicMs()]);
        lengths.add(payload.length);
        const afterMs = rtts.get(to)?.[at.length];
        if (afterMs === undefined) return;
        clock.advance(afterMs);
        waiting.push({ source: to, payload: Uint8Array.from(payload) });
      },
      receive: ({ signal } = {}) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
          const next = waiting.shift();
          if (next !== undefined) resolve(next);
        }),
      async close() {
        closed += 1;
      },
    };
    return node as Node;
  };
  const searched: Address[] = [];
  const probes = createProbes({
    clock,
    deadlines,
    random: createSeededRandom(1),
    identities: { generate: generateKey },
    open: open as Service["open"],
    async searchExactly(address) {
      searched.push(address);
      if (address.equals(addressOf(9))) throw new NodeError("NO_SUCH_ADDRESS", "nobody");
    },
    explain: async () => WAY,
  });
  const controller = new AbortController();
  return {
    ...{ clock, deadlines, sent, lengths, controller, searched },
    nodes: () => ({ opened, closed }),
    trace: (to: Address) => probes.trace(to, WISH, controller.signal),
  };
}

/** Lets time pass until the promise is settled. */
async function passing<T>(promise: Promise<T>, advance: (ms: number) => void): Promise<T> {
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  promise.then(done, done);
  for (let turn = 0; turn < 100_000 && !settled; turn++) {
    await Promise.resolve();
    if (turn % 20 === 19) advance(1);
  }
  if (!settled) throw new Error("not settled");
  return promise;
}

const all = async (stops: AsyncIterable<TracedStop>): Promise<readonly TracedStop[]> => {
  const list: TracedStop[] = [];
  for await (const stop of stops) list.push(stop);
  return list;
};

describe("a trace", () => {
  it("tells of each stop the fastest round trip, and none where nothing comes back", async () => {
    const scene = createScene(
      new Map([
        [PEER, [9, 4, 7]],
        [NODE, [undefined, 30, undefined]],
      ]),
    );
    const stops = await passing(all(scene.trace(NODE)), (ms) => scene.clock.advance(ms));
    expect(stops).toEqual([
      { role: "next-hop", address: PEER, hops: 1, rttMicros: 4_000 },
      { role: "router", address: ROUTER, hops: 3, rttMicros: undefined },
      { role: "node", address: NODE, hops: 3, rttMicros: 30_000 },
    ]);
    expect([PEER, ROUTER, NODE].map((address) => scene.sent.get(address)?.length)).toEqual([
      3, 3, 3,
    ]);
    expect(scene.lengths).toEqual(new Set([64]));
    expect(scene.searched).toEqual([NODE]);
    expect(scene.nodes()).toEqual({ opened: 1, closed: 1 });
    expect(scene.deadlines.size()).toBe(0);
  });

  it("pings no faster than every 20 ms, and waits for each as long as it was told", async () => {
    const { trace, clock, sent } = createScene(new Map([[PEER, [1, 1, 1]]]));
    await passing(all(trace(NODE)), (ms) => clock.advance(ms));
    const gaps = (address: Address): readonly number[] =>
      (sent.get(address) ?? []).slice(1).map((at, i) => at - (sent.get(address)?.[i] ?? 0));
    expect(gaps(PEER)).toEqual([20, 20]);
    expect(gaps(ROUTER)).toEqual([500, 500]);
  });

  it("closes its node when the caller leaves, or is gone", async () => {
    const left = createScene(new Map([[PEER, [1, 1, 1]]]));
    const leave = async (): Promise<void> => {
      for await (const _ of left.trace(NODE)) break;
    };
    await passing(leave(), (ms) => left.clock.advance(ms));
    expect(left.nodes()).toEqual({ opened: 1, closed: 1 });

    const gone = createScene(new Map());
    const asking = all(gone.trace(NODE));
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    gone.controller.abort("gone");
    await expect(asking).rejects.toBe("gone");
    expect([gone.nodes(), gone.deadlines.size()]).toEqual([{ opened: 1, closed: 1 }, 0]);
  });

  it("of somebody whom nobody knows opens nothing", async () => {
    const { trace, nodes } = createScene(new Map());
    const reason = { reason: "NO_SUCH_ADDRESS" };
    await expect(all(trace(addressOf(9)))).rejects.toMatchObject(reason);
    expect(nodes()).toEqual({ opened: 0, closed: 0 });
  });
});
