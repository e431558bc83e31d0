// SPDX-License-Identifier: GPL-3.0-or-later

import { Address, generateKey, type Node } from "@inet256/client";
import { expect, it } from "vitest";
import type { Harness } from "./contract.js";
import { bytes, rejects } from "./support.js";

/** Finding addresses and keys. */
export function lookupCases(harness: Harness): void {
  const pair = async (): Promise<{ readonly a: Node; readonly b: Node }> => {
    const { service, elsewhere } = harness();
    return { a: await service.open(generateKey()), b: await elsewhere.open(generateKey()) };
  };
  /** The address with its bit `place` turned over. */
  const flipped = ({ bytes: original }: Address, place: number): Uint8Array => {
    const copy = Uint8Array.from(original);
    copy[place >> 3] = (copy[place >> 3] ?? 0) ^ (0x80 >> (place & 7));
    return copy;
  };

  it.each([24, 25, 31, 32, 100, 128, 255, 256])(
    "finds an address by its first %i bits",
    async (nbits) => {
      const { a, b } = await pair();
      const whole = Math.ceil(nbits / 8);
      const found = await a.findAddress(b.address.bytes.subarray(0, whole), nbits);
      expect(found.equals(b.address)).toBe(true);
    },
  );

  it("finds some address by no bits at all", async () => {
    const { a, b } = await pair();
    const found = await a.findAddress(new Uint8Array(0), 0);
    const known = [a.address, b.address, harness().daemonAddress];
    expect(known.some((address) => address.equals(found))).toBe(true);
  });

  it("ignores what is longer than the bits asked for, be it wrong or endless", async () => {
    const { a, b } = await pair();
    const wrongBehind = flipped(b.address, 40);
    expect((await a.findAddress(wrongBehind, 40)).equals(b.address)).toBe(true);
    const long = Buffer.concat([b.address.bytes, Buffer.alloc(100, 0xff)]);
    expect((await a.findAddress(long, 256)).equals(b.address)).toBe(true);
  });

  it("finds nothing where one bit differs: NO_SUCH_ADDRESS, as a send would say", async () => {
    const { a, b } = await pair();
    for (const place of [30, 127, 255]) {
      const wrong = flipped(b.address, place);
      await rejects(a.findAddress(wrong, place + 1), "NO_SUCH_ADDRESS");
      await rejects(a.send(Address.fromBytes(wrong), bytes("hello?")), "NO_SUCH_ADDRESS");
      await rejects(a.lookupPublicKey(Address.fromBytes(wrong)), "NO_SUCH_ADDRESS");
    }
  });

  it("refuses a prefix that is shorter than its bits, and bits beyond 256", async () => {
    const { a } = await pair();
    for (const [length, nbits] of [
      [0, 1],
      [1, 9],
      [31, 249],
      [31, 256],
      [33, 257],
      [32, -1],
      [32, 1.5],
      [32, Number.NaN],
    ] as const) {
      await rejects(a.findAddress(new Uint8Array(length), nbits), "BAD_REQUEST");
    }
  });

  it("finds itself and the daemon, and forgets who has gone", async () => {
    const { a, b } = await pair();
    const { daemonAddress } = harness();
    for (const address of [a.address, daemonAddress]) {
      expect((await a.findAddress(address.bytes, 256)).equals(address)).toBe(true);
    }
    await b.close();
    await rejects(a.findAddress(b.address.bytes, 256), "NO_SUCH_ADDRESS");
    await rejects(a.lookupPublicKey(b.address), "NO_SUCH_ADDRESS");
  });

  it("finds the public key of an address", async () => {
    const { a, b } = await pair();
    const { daemonAddress, daemonKey } = harness();
    expect((await a.lookupPublicKey(b.address)).equals(b.publicKey)).toBe(true);
    expect((await a.lookupPublicKey(a.address)).equals(a.publicKey)).toBe(true);
    expect((await a.lookupPublicKey(daemonAddress)).equals(daemonKey.publicKey)).toBe(true);
    await rejects(a.lookupPublicKey(Address.EVERYONE), "NO_SUCH_ADDRESS");
  });

  it("with a signal that has aborted rejects with its reason", async () => {
    const { a, b } = await pair();
    const signal = AbortSignal.abort("never mind");
    await expect(a.findAddress(b.address.bytes, 256, { signal })).rejects.toBe("never mind");
    await expect(a.lookupPublicKey(b.address, { signal })).rejects.toBe("never mind");
  });
}
