// SPDX-License-Identifier: GPL-3.0-or-later

// S4, S5: 10,000 message 1 a second, for a few virtual seconds; FLOOD_SECONDS=10 for as many.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCookieReply } from "../../../../server/src/channel/wire/cookie-reply.js";
import {
  mac1Of,
  responderKeys,
  writeMac1,
  writeMac2,
} from "../../../../server/src/channel/wire/message1.js";
import { writeU32 } from "../../../../server/src/core/index.js";
import type { LabSource } from "../../../support/channel-lab.js";
import { createHandmadeInitiator } from "../../../support/handmade-handshake.js";
import { createScene, first, heard, LAYERS, type Scene, strangerAt, text } from "./scene.js";

const ASKED = process.env["FLOOD_SECONDS"];
const PER_MS = 10;
const MIB = 1024 * 1024;

let collect: () => void;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as () => void;
});
afterAll(() => setFlagsFromString("--no-expose-gc"));
function memoryBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** One who floods: message 1 after message 1, each of another handshake. */
interface Flooder {
  /** Message 1 of a handshake of its own. Valid until the next one. */
  knock(cookie?: Uint8Array): Uint8Array;
}

function createFlooder({ lab, bobSigner, mallory }: Scene): Flooder {
  const { message1 } = createHandmadeInitiator(lab, {
    responder: bobSigner.address,
    initiator: mallory.bytes,
  });
  const { mac1 } = responderKeys(lab.crypto, bobSigner.address);
  let count = 0;
  return {
    knock(cookie) {
      count += 1;
      writeU32(message1, 4, count);
      writeMac1(lab.crypto, mac1, message1);
      if (cookie === undefined) message1.fill(0, message1.length - 16);
      else writeMac2(lab.crypto, cookie, message1);
      return message1;
    },
  };
}

/** The cookies of these sources, which each asks for. */
function cookiesOf(scene: Scene, sources: readonly LabSource[]): Uint8Array[] {
  const { lab, bob, bobSigner } = scene;
  const { cookie: key } = responderKeys(lab.crypto, bobSigner.address);
  return sources.map((source) => {
    lab.sent.length = 0;
    lab.run(1);
    const asking = createHandmadeInitiator(lab, {
      responder: bobSigner.address,
      initiator: source.bytes,
      flags: 1,
    });
    bob.receive(asking.message1, source);
    const reply = first(lab.sent).bytes;
    const cookie = openCookieReply(lab.crypto, key, mac1Of(asking.message1), reply);
    if (cookie === undefined) throw new Error("expected a cookie reply that opens");
    return cookie;
  });
}

describe.each(LAYERS)("a flood in the %s layer", (layer) => {
  it.each([
    ["one source", 1, false, 2],
    ["many spoofed sources", 50_000, false, 5],
    ["many proven sources", 1_000, true, 3],
  ] as const)("flood-memory-bound: %s", (_name, count, proven, usual) => {
    const scene = createScene({ layer });
    const seconds = Number(ASKED ?? usual);
    const { lab, alice, bob, mallory } = scene;
    const isAlices = (name: string) => name === "alice" || name === "bob";
    // Alice's knocks come at no better moment than others: no token waits for them.
    const late = (type = 0) => (type === 0x51 ? lab.random.below(100) / 100 : 0);
    lab.fate = ({ to, bytes }) => (isAlices(to.name) ? [{ delayMs: 10 + late(bytes[0]) }] : []);
    const sources =
      count === 1
        ? [mallory]
        : Array.from({ length: count }, (_, i) => strangerAt(lab, `flooder ${i}`));
    const flooder = createFlooder(scene);
    const cookies = proven ? cookiesOf(scene, sources) : [];
    const before = memoryBytes();
    const most = { halfOpen: 0, indices: 0, fragmentBytes: 0 };
    let at = 0;
    const flood = (ms: number): void => {
      for (let i = 0; i < ms; i++) {
        for (let j = 0; j < PER_MS; j++) {
          at = (at + 1) % sources.length;
          const source = sources[at] ?? mallory;
          bob.receive(flooder.knock(cookies[at]), source);
          lab.run(1 / PER_MS);
        }
        lab.sent.length = 0;
        most.halfOpen = Math.max(most.halfOpen, bob.endpoint.halfOpen());
        most.indices = Math.max(most.indices, bob.endpoint.indices());
        most.fragmentBytes = Math.max(most.fragmentBytes, bob.endpoint.fragmentBytes());
      }
    };
    flood(seconds * 300);
    alice.send(bob, text("through the flood"));
    let waitedMs = 0;
    for (; heard(bob).length === 0 && waitedMs < 10_000; waitedMs += 50) flood(50);
    flood(Math.max(0, seconds * 700 - waitedMs));
    const grownBytes = memoryBytes() - before;
    expect(heard(bob)).toEqual(["through the flood"]);
    expect(waitedMs).toBeLessThanOrEqual(3_000);
    expect(most.halfOpen).toBeLessThanOrEqual(lab.rules.halfOpen);
    expect(most.indices).toBeLessThanOrEqual(lab.rules.halfOpen + 2);
    expect(most.fragmentBytes).toBe(0);
    expect(grownBytes).toBeLessThan(8 * MIB + most.halfOpen * 8 * 1024);
    // And what the flood left is gone in time.
    lab.run(11_000);
    expect(bob.endpoint.halfOpen()).toBe(0);
    expect(bob.endpoint.indices()).toBe(1);
  });
});
