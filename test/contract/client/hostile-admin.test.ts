// SPDX-License-Identifier: GPL-3.0-or-later

// The operator's side of the gRPC client against daemons that answer wrongly, for ever, or never.

import { type Admin, generateKey, NodeError } from "@inet256/client";
import { statusOfError } from "@inet256/client/grpc";
import { describe, expect, it } from "vitest";
import type { Behaviour } from "../../support/fake-daemon.js";
import { until } from "../../support/until.js";
import { createFakeWorld } from "./fake-world.js";
import { bytes, rejects } from "./support.js";

const world = createFakeWorld();
const ADDRESS = generateKey().address;

const adminOf = async (admin: NonNullable<Behaviour["admin"]>): Promise<Admin> =>
  (await world.connectTo({ admin })).admin;
const first = async <T>(items: AsyncIterable<T>): Promise<T | undefined> => {
  for await (const item of items) return item;
  return undefined;
};

describe("what is answered wrongly is a fault of the daemon", () => {
  const short = { address: bytes("short") };
  it("everywhere", async () => {
    const admin = await adminOf({
      listPeers: (_, done) => done(null, { peers: [short] }),
      watchStatus(call) {
        call.write({});
        call.end();
      },
      listNodes(call) {
        call.write({ nodes: [short] });
        call.end();
      },
      trace(call) {
        call.write(short);
        call.end();
      },
    });
    await rejects(admin.peers(), "INTERNAL");
    await rejects(first(admin.watch()), "INTERNAL");
    await rejects(first(admin.nodes()), "INTERNAL");
    await rejects(first(admin.trace(ADDRESS)), "INTERNAL");
  });

  it("but what a newer daemon says is not", async () => {
    const admin = await adminOf({
      trace(call) {
        call.write({ role: 99 as never, address: ADDRESS.bytes });
        call.end();
      },
    });
    expect(await first(admin.trace(ADDRESS))).toMatchObject({ role: "unknown", hops: 0 });
  });
});

describe("a stream of answers", () => {
  /** A daemon that answers without end, or not at all, and hears when it is over. */
  async function endless(answers: boolean) {
    let [asked, over] = [0, 0];
    const admin = await adminOf({
      ping(call) {
        asked += 1;
        call.on("cancelled", () => {
          over += 1;
        });
        if (answers) call.write({ number: 1 });
      },
    });
    return { admin, asked: () => asked, over: () => over };
  }

  it("ends when the loop is left, and the daemon hears of it", async () => {
    const { admin, over } = await endless(true);
    expect(await first(admin.ping(ADDRESS))).toEqual({ number: 1, rttMicros: undefined });
    await until("the daemon has heard", () => over() === 1);
  });

  it("is given up with the signal's reason, before and while it is asked for", async () => {
    const { admin, asked, over } = await endless(false);
    const controller = new AbortController();
    const answer = first(admin.ping(ADDRESS, { signal: controller.signal }));
    await until("the daemon was asked", () => asked() === 1);
    controller.abort("enough");
    await expect(answer).rejects.toBe("enough");
    await until("the daemon has heard", () => over() === 1);
    await expect(first(admin.ping(ADDRESS, { signal: controller.signal }))).rejects.toBe("enough");
    expect(asked()).toBe(1);
  });

  it("ends with the client", async () => {
    let asked = 0;
    const client = await world.connectTo({
      admin: {
        ping: () => {
          asked += 1;
        },
      },
    });
    const answer = first(client.admin.ping(ADDRESS));
    await until("the daemon was asked", () => asked === 1);
    await Promise.all([rejects(answer, "NODE_CLOSED"), client.close()]);
    await rejects(first(client.admin.ping(ADDRESS)), "NODE_CLOSED");
  });

  it("says why the daemon ended it", async () => {
    const admin = await adminOf({
      ping(call) {
        call.write({ number: 1 });
        call.emit("error", statusOfError(new NodeError("UNREACHABLE", "gone")));
      },
    });
    const seen: number[] = [];
    const all = (async () => {
      for await (const { number } of admin.ping(ADDRESS)) seen.push(number);
    })();
    await rejects(all, "UNREACHABLE");
    expect(seen).toEqual([1]);
  });
});

describe("what is no address", () => {
  it("is not asked for", async () => {
    const admin = await adminOf({});
    const wrong = "an address" as never;
    await rejects(admin.addPeer(wrong, []), "BAD_ADDRESS");
    await rejects(admin.removePeer(wrong), "BAD_ADDRESS");
    await rejects(first(admin.ping(wrong)), "BAD_ADDRESS");
    await rejects(first(admin.trace(wrong)), "BAD_ADDRESS");
  });
});
