// SPDX-License-Identifier: GPL-3.0-or-later

import { type Address, generateKey, NodeError, type NodeErrorReason } from "@inet256/client";
import { expect, it } from "vitest";
import type { Harness } from "./contract.js";
import { bytes, next, rejects } from "./support.js";

/** What TypeScript forbids and plain JavaScript does. `never` fits every parameter. */
function wrong(value: unknown): never {
  return value as never;
}

function thrown(call: () => unknown): NodeErrorReason | "nothing" {
  try {
    call();
  } catch (error) {
    if (error instanceof NodeError) return error.reason;
    throw error;
  }
  return "nothing";
}

/** Wrong arguments: clear errors by rejection, and nothing else happens. */
export function misuseCases(harness: Harness): void {
  it("refuses keys that are none", async () => {
    const { service } = harness();
    const key = generateKey();
    for (const value of [undefined, null, 5, "key", key.serialize(), key.publicKey, {}]) {
      await rejects(service.open(wrong(value)), "BAD_KEY");
      await rejects(service.drop(wrong(value)), "BAD_KEY");
    }
    key.wipe();
    await rejects(service.open(key), "BAD_KEY");
    await rejects(service.drop(key), "BAD_KEY");
  });

  it("refuses options that are none", async () => {
    const { service } = harness();
    for (const value of [null, 5, "inboxBytes"]) {
      await rejects(service.open(generateKey(), wrong(value)), "BAD_REQUEST");
    }
  });

  it("refuses destinations and payloads that are none, by rejection", async () => {
    const node = await harness().service.open(generateKey());
    const to: Address = node.address;
    for (const value of [undefined, null, 5, to.toString(), to.bytes, {}]) {
      await rejects(node.send(wrong(value), bytes("x")), "BAD_ADDRESS");
      expect(thrown(() => node.trySend(wrong(value), bytes("x")))).toBe("BAD_ADDRESS");
      expect(thrown(() => node.sendBatch([{ to: wrong(value), payload: bytes("x") }]))).toBe(
        "BAD_ADDRESS",
      );
      await rejects(node.lookupPublicKey(wrong(value)), "BAD_ADDRESS");
    }
    for (const value of [undefined, null, 5, "text", [1, 2], new ArrayBuffer(2), {}]) {
      await rejects(node.send(to, wrong(value)), "BAD_REQUEST");
      expect(thrown(() => node.trySend(to, wrong(value)))).toBe("BAD_REQUEST");
    }
    for (const value of [undefined, null, 5, {}]) {
      expect(thrown(() => node.sendBatch(wrong(value)))).toBe("BAD_REQUEST");
    }
    await node.send(to, bytes("the first to arrive"));
    expect(await next(node)).toBe("the first to arrive");
  });

  it("refuses prefixes and numbers of bits that are none", async () => {
    const node = await harness().service.open(generateKey());
    for (const value of [undefined, null, "ab", [1], 5]) {
      await rejects(node.findAddress(wrong(value), 4), "BAD_REQUEST");
    }
    for (const value of [undefined, null, "4", {}]) {
      await rejects(node.findAddress(bytes("ab"), wrong(value)), "BAD_REQUEST");
    }
  });

  it("takes a Buffer for a payload as it takes any Uint8Array", async () => {
    const node = await harness().service.open(generateKey());
    await node.send(node.address, Buffer.from("a buffer"));
    expect(await next(node)).toBe("a buffer");
    await node.send(node.address, Buffer.from("--part--").subarray(2, 6));
    expect(await next(node)).toBe("part");
  });
}
