// SPDX-License-Identifier: GPL-3.0-or-later

import { Address, generateKey, type Node, type OutgoingDatagram } from "@inet256/client";
import { expect, it } from "vitest";
import { pattern } from "../../support/datagrams.js";
import { turn } from "../../support/until.js";
import type { Harness } from "./contract.js";
import { bytes, DEADLINE_MS, next, nextOf, rejects, sendAll, words } from "./support.js";

/** Sending messages. */
export function sendingCases(harness: Harness): void {
  const pair = async (): Promise<{ readonly a: Node; readonly b: Node }> => {
    const { service, elsewhere } = harness();
    return { a: await service.open(generateKey()), b: await elsewhere.open(generateKey()) };
  };

  it.each([0, 1, 2, 127, 128, 1_400, 16_384, 32_768, 65_534, 65_535])(
    "delivers %i bytes intact, from exactly who sent them",
    async (length) => {
      const { a, b } = await pair();
      const sent = pattern(length, length + 1);
      await a.send(b.address, sent);
      const { source, payload } = await b.receive({ signal: AbortSignal.timeout(DEADLINE_MS) });
      expect(source.equals(a.address)).toBe(true);
      expect(payload).toBeInstanceOf(Uint8Array);
      expect(Buffer.compare(payload, sent)).toBe(0);
    },
  );

  it("refuses 65,536 bytes with MESSAGE_TOO_LARGE, whichever way", async () => {
    const { a, b } = await pair();
    const tooLarge = new Uint8Array(65_536);
    await rejects(a.send(b.address, tooLarge), "MESSAGE_TOO_LARGE");
    const refusal = expect.objectContaining({ name: "NodeError", reason: "MESSAGE_TOO_LARGE" });
    expect(() => a.trySend(b.address, tooLarge)).toThrow(refusal);
    const batch = [
      { to: b.address, payload: bytes("fine") },
      { to: b.address, payload: tooLarge },
    ];
    expect(() => a.sendBatch(batch)).toThrow(refusal);
    await a.send(b.address, bytes("the first to arrive"));
    expect(await next(b)).toBe("the first to arrive");
  });

  it("keeps the order between two nodes, whichever way messages are sent", async () => {
    const { a, b } = await pair();
    const texts = words("message", 300);
    for (const [i, text] of texts.entries()) {
      if (i % 3 === 0) await a.send(b.address, bytes(text));
      else if (i % 3 === 1) expect(a.trySend(b.address, bytes(text))).toBe(true);
      else void a.send(b.address, bytes(text));
    }
    expect(await nextOf(b, texts.length)).toEqual(texts);
  });

  it("delivers to itself", async () => {
    const { a } = await pair();
    await sendAll(a, a.address, words("to myself", 3));
    expect(await nextOf(a, 3)).toEqual(words("to myself", 3));
  });

  it("takes a payload as it is during the call", async () => {
    const { a, b } = await pair();
    const payload = bytes("as it was");
    const sent = a.send(b.address, payload);
    payload.fill(0);
    await sent;
    payload.set(bytes("as it is!"));
    a.trySend(b.address, payload);
    payload.fill(0);
    a.sendBatch([{ to: b.address, payload: bytes("in batch") }]);
    expect(await nextOf(b, 3)).toEqual(["as it was", "as it is!", "in batch"]);
  });

  it("sends a batch and says how many it took", async () => {
    const { a, b } = await pair();
    const texts = words("of a batch", 200);
    const batch = texts.map((text): OutgoingDatagram => ({ to: b.address, payload: bytes(text) }));
    expect(a.sendBatch([])).toBe(0);
    expect(a.sendBatch(batch)).toBe(200);
    expect(await nextOf(b, 200)).toEqual(texts);
  });

  it("to nobody is NO_SUCH_ADDRESS; trySend makes no promise", async () => {
    const { a, b } = await pair();
    const nobody = generateKey().address;
    for (const to of [nobody, Address.EVERYONE, Address.NO_ONE]) {
      await rejects(a.send(to, bytes("hello?")), "NO_SUCH_ADDRESS");
    }
    expect(a.trySend(nobody, bytes("hello?"))).toBe(true);
    await a.send(b.address, bytes("still fine"));
    expect(await next(b)).toBe("still fine");
  });

  it("refuses the right message among many", async () => {
    const { a, b } = await pair();
    const nobody = generateKey().address;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        a.send(i % 10 === 3 ? nobody : b.address, bytes(`${i}`)),
      ),
    );
    const rejected = outcomes.flatMap(({ status }, i) => (status === "rejected" ? [i] : []));
    expect(rejected).toEqual([3, 13, 23, 33, 43]);
    expect((await nextOf(b, 45)).includes("13")).toBe(false);
  });

  it("stops when a node is closed: what was sent before it arrives, later messages do not", async () => {
    const { a, b } = await pair();
    await sendAll(a, b.address, ["before"]);
    await b.close();
    await rejects(a.send(b.address, bytes("after")), "NO_SUCH_ADDRESS");
  });

  it("with a signal that has aborted rejects with its reason and sends nothing", async () => {
    const { a, b } = await pair();
    const signal = AbortSignal.abort("never mind");
    await expect(a.send(b.address, bytes("not sent"), { signal })).rejects.toBe("never mind");
    await expect(a.room({ signal })).rejects.toBe("never mind");
    await a.send(b.address, bytes("sent"));
    expect(await next(b)).toBe("sent");
  });

  it("carries more than any bound holds, when the sender waits for acceptance", async () => {
    const { a, b } = await pair();
    const [groups, group, length] = [50, 8, 65_535];
    const receiving = (async () => {
      let received = 0;
      for await (const batch of b.batches({ signal: AbortSignal.timeout(DEADLINE_MS) })) {
        for (const { payload } of batch) {
          expect([payload.length, payload[0]]).toEqual([length, received & 0xff]);
          received += 1;
        }
        if (received === groups * group) break;
      }
    })();
    for (let i = 0; i < groups; i++) {
      const payloads = Array.from({ length: group }, (_, j) =>
        new Uint8Array(length).fill(i * group + j),
      );
      await Promise.all(payloads.map((payload) => a.send(b.address, payload)));
      // Both ends are in this process: acceptance leaves the receiver no turn of its own.
      await turn();
    }
    await receiving;
  });

  it("waits for room as long as there is any to come", async () => {
    const { a, b } = await pair();
    const payload = new Uint8Array(65_535);
    let taken = 0;
    for (let i = 0; i < 40; i++) {
      if (a.trySend(b.address, payload)) taken += 1;
      else await a.room({ signal: AbortSignal.timeout(DEADLINE_MS) });
    }
    expect(taken).toBeGreaterThan(20);
    await a.room();
    expect(a.trySend(b.address, payload)).toBe(true);
  });

  it("pings the daemon: what begins with inet256p comes back, nothing else does", async () => {
    const { a } = await pair();
    const { daemonAddress } = harness();
    for (const text of ["hello", "inet256", "Inet256p", "", " inet256p"]) {
      await a.send(daemonAddress, bytes(text));
    }
    for (const text of ["inet256p", "inet256p and more", `inet256p${"x".repeat(65_527)}`]) {
      await a.send(daemonAddress, bytes(text));
      const { source, payload } = await a.receive({ signal: AbortSignal.timeout(DEADLINE_MS) });
      expect(source.equals(daemonAddress)).toBe(true);
      expect(Buffer.from(payload).toString()).toBe(text);
    }
  });
}
