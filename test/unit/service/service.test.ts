// SPDX-License-Identifier: GPL-3.0-or-later

// The use cases of a daemon: what they do, and with which reason they refuse.

import { type Address, NodeError, type NodeErrorReason, type OpenOptions } from "@inet256/client";
import { describe, expect, it, vi } from "vitest";
import { refusalError } from "../../../server/src/service/index.js";
import { expectNothingOf, textOf } from "../client/identity/leaks.js";
import { addressOf, keyOf, OWN, send, serializedKeyOf } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";

/** What a call that must fail failed with. */
async function errorOf(call: () => unknown): Promise<NodeError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof NodeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function expectReason(call: () => unknown, reason: NodeErrorReason, text: string) {
  const error = await errorOf(call);
  expect(error.reason).toBe(reason);
  expect(error.message).toContain(text);
}

const wish = { inboxBytes: undefined };

describe("openSerialized", () => {
  it("opens the node of a serialized key, copied: the caller may wipe its own", () => {
    const { nodes, service } = createServiceHouse();
    const serialized = serializedKeyOf(1);
    const opening = service.openSerialized(serialized, wish);
    serialized.fill(0);
    expect(opening.address.equals(addressOf(1))).toBe(true);
    expect(nodes.size()).toBe(1);
  });

  it("refuses what is no private key with BAD_KEY, and repeats nothing of it", async () => {
    const { nodes, service } = createServiceHouse();
    const good = serializedKeyOf(1);
    const swapped = Uint8Array.from(good);
    swapped.set(serializedKeyOf(2).subarray(-32), swapped.length - 32);
    const bad = [
      new Uint8Array(0),
      good.subarray(0, good.length - 1),
      Buffer.concat([good, Buffer.of(0)]),
      swapped,
      keyOf(1).publicKey.serialize(),
      Buffer.from("\x08\x00unknown!and some bytes that may be secret"),
    ];
    for (const bytes of bad) {
      const error = await errorOf(() => service.openSerialized(bytes, wish));
      expect(error.reason).toBe("BAD_KEY");
      expectNothingOf(good.subarray(17, 49), textOf(error));
    }
    expect(nodes.size()).toBe(0);
  });

  it("refuses the daemon's own key, too many nodes, and too large an inbox", async () => {
    const { nodes, service } = createServiceHouse({ limit: 1, inboxBytes: 1_000 });
    const open = (n: number, inboxBytes?: number) =>
      service.openSerialized(serializedKeyOf(n), { inboxBytes });
    await expectReason(() => open(OWN), "KEY_IN_USE_BY_DAEMON", "own key");
    await expectReason(() => open(1, 2_001), "UNSUPPORTED_OPTION", "at most 2000");
    expect(nodes.size()).toBe(0);
    open(1, 2_000);
    await expectReason(() => open(2), "LIMIT_NODES", "limit");
  });
});

describe("dropSerialized", () => {
  it("drops a node whoever opened it, and succeeds when it is not open", async () => {
    const { nodes, open, service } = createServiceHouse();
    const opening = open(1);
    service.dropSerialized(serializedKeyOf(1));
    expect([opening.ended(), nodes.size()]).toEqual(["NODE_DROPPED", 0]);
    service.dropSerialized(serializedKeyOf(1));
    await expectReason(
      () => service.dropSerialized(serializedKeyOf(OWN)),
      "KEY_IN_USE_BY_DAEMON",
      "own key",
    );
    await expectReason(() => service.dropSerialized(Buffer.from("x")), "BAD_KEY", "");
  });
});

describe("generateKey", () => {
  it("makes Ed25519 keys, each another, and no key of an algorithm it does not know", () => {
    const { service } = createServiceHouse();
    const made = ["", "ed25519", "ed25519"].map((name) => service.generateKey(name));
    expect(new Set(made.map((key) => key?.address.toString())).size).toBe(3);
    for (const key of made) expect(key?.publicKey.algorithm).toBe("ed25519");
    for (const name of ["ED25519", "ed25519 ", "rsa", "__proto__"]) {
      expect(service.generateKey(name)).toBeUndefined();
    }
  });
});

describe("findAddress and lookupPublicKey", () => {
  it("find what is open, and the daemon itself", async () => {
    const { open, service } = createServiceHouse();
    open(1);
    for (const n of [OWN, 1]) {
      const { bytes } = addressOf(n);
      expect((await service.findAddress(bytes, 256)).equals(addressOf(n))).toBe(true);
      expect((await service.findAddress(Buffer.concat([bytes, bytes]), 256)).equals(addressOf(n)));
      const key = await service.lookupPublicKey(addressOf(n));
      expect(key.address.equals(addressOf(n))).toBe(true);
    }
  });

  it("say why not", async () => {
    const { service } = createServiceHouse();
    const { bytes } = addressOf(1);
    await expectReason(() => service.findAddress(bytes, 256), "NO_SUCH_ADDRESS", "256 bits");
    await expectReason(() => service.lookupPublicKey(addressOf(1)), "NO_SUCH_ADDRESS", "no such");
    await expectReason(() => service.findAddress(bytes.subarray(0, 1), 9), "BAD_REQUEST", "9 bits");
    for (const nbits of [-1, 257, 1.5, Number.NaN]) {
      await expectReason(() => service.findAddress(bytes, nbits), "BAD_REQUEST", "nbits");
    }
    const notOne = "text" as unknown as Address;
    await expectReason(() => service.lookupPublicKey(notOne), "BAD_ADDRESS", "expected an Address");
  });

  it("reject with the caller's own reason when it gave up before", async () => {
    const { service } = createServiceHouse();
    const signal = AbortSignal.abort(new Error("enough"));
    const { bytes } = addressOf(OWN);
    await expect(service.findAddress(bytes, 256, { signal })).rejects.toThrow("enough");
    await expect(service.lookupPublicKey(addressOf(OWN), { signal })).rejects.toThrow("enough");
  });
});

describe("status", () => {
  it("counts nodes, bytes, messages and time", () => {
    const { open, service, time } = createServiceHouse({ inboxBytes: 200 });
    const sender = open(1);
    open(2);
    for (let i = 0; i < 5; i++) send(sender, addressOf(2), "x".repeat(64));
    send(sender, addressOf(9), "x");
    send(sender, addressOf(2), "x".repeat(65_536));
    send(sender, addressOf(OWN), "no ping");
    time.advance(90_061_234.5);
    const status = service.status();
    expect(status.address.equals(addressOf(OWN))).toBe(true);
    expect(status.publicKey.equals(keyOf(OWN).publicKey)).toBe(true);
    expect(status).toMatchObject({ uptimeMs: 90_061_234.5, nodes: 2, queuedBytes: 200 });
    const counted = Object.entries(status.counters).filter(([, count]) => count !== 0);
    expect(Object.fromEntries(counted)).toEqual({
      datagrams_delivered: 5,
      datagrams_lost_inbox_full: 3,
      datagrams_refused_no_such_address: 1,
      datagrams_refused_too_large: 1,
      datagrams_to_daemon_not_ping: 1,
    });
  });
});

describe("open, in the process", () => {
  it("leaves the caller's key to the caller", async () => {
    const { nodes, service } = createServiceHouse();
    const key = keyOf(1);
    const node = await service.open(key);
    await node.close();
    expect(nodes.size()).toBe(0);
    expect(() => key.serialize()).not.toThrow();
    await service.drop(key);
    expect(() => key.serialize()).not.toThrow();
  });

  it("wipes the serialized form that it made on the way", async () => {
    const { service } = createServiceHouse();
    const key = keyOf(1);
    const made = vi.spyOn(key, "serialize");
    await service.open(key);
    await service.drop(key);
    await expect(service.drop(keyOf(OWN))).rejects.toThrow("own key");
    expect(made.mock.results.length).toBeGreaterThanOrEqual(2);
    for (const { value } of made.mock.results) expect(value).toEqual(new Uint8Array(81));
  });

  it("checks what plain JavaScript may hand it", async () => {
    const { nodes, service } = createServiceHouse({ inboxBytes: 1_000 });
    const no = { fast: true } as OpenOptions;
    await expectReason(() => service.open(keyOf(1), no), "UNSUPPORTED_OPTION", "options.fast");
    for (const inboxBytes of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
      const call = () => service.open(keyOf(1), { inboxBytes });
      await expectReason(call, "UNSUPPORTED_OPTION", "options.inboxBytes");
    }
    await expectReason(
      () => service.open(keyOf(1), { inboxBytes: 2_001 }),
      "UNSUPPORTED_OPTION",
      "2000",
    );
    const notOne = new Uint8Array(81) as unknown as ReturnType<typeof keyOf>;
    await expectReason(() => service.open(notOne), "BAD_KEY", "expected a PrivateKey");
    await expectReason(() => service.drop(notOne), "BAD_KEY", "expected a PrivateKey");
    const wiped = keyOf(1);
    wiped.wipe();
    await expect(service.open(wiped)).rejects.toThrow("wiped");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(service.open(keyOf(1), { signal })).rejects.toThrow("enough");
    expect(nodes.size()).toBe(0);
  });
});

describe("refusalError", () => {
  it("has words for each, and the same reason", () => {
    const reasons = [
      "MESSAGE_TOO_LARGE",
      "NO_SUCH_ADDRESS",
      "DISPLACED",
      "NODE_CLOSED",
      "NODE_DROPPED",
      "KEY_IN_USE_BY_DAEMON",
      "LIMIT_NODES",
      "UNSUPPORTED_OPTION",
    ] as const;
    const words = reasons.map((reason) => {
      const error = refusalError(reason);
      expect(error.reason).toBe(reason);
      return error.message;
    });
    expect(new Set(words).size).toBe(reasons.length);
  });
});
