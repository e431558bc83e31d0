// SPDX-License-Identifier: GPL-3.0-or-later

// When a node is known beyond its daemon: exactly while it is open here, and until the last farewell
// with a key that still signs.

import { describe, expect, it } from "vitest";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createIdentities, PURPOSES, PublicKey } from "../../../server/src/identity/index.js";
import type { Attachment } from "../../../server/src/network/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { addressOf, createHouse, keyOf, OWN } from "./local-nodes.js";

const { keys } = createIdentities(selectCrypto(), createSeededRandom(7));
const nameOf = (number: number): string => Buffer.from(addressOf(number).bytes).toString("hex");
const each = (verbs: readonly string[], number: number): string[] =>
  verbs.map((verb) => `${verb} ${nameOf(number)}`);
const COMES = ["join", "attach"];
const GOES = ["leave", "detach"];
const wish = { inboxBytes: undefined };

/** Whether it signs in its own name, under a reserved purpose. */
function signs(node: Attachment | undefined): boolean {
  if (node === undefined) throw new Error("nobody has joined");
  const message = Buffer.from("to be signed");
  try {
    const signature = node.sign(PURPOSES.noiseStatic, message);
    const publicKey = PublicKey.parse(node.publicKey);
    expect(publicKey.address.equals(node.address)).toBe(true);
    expect(keys.verify(publicKey, PURPOSES.noiseStatic, message, signature)).toBe(true);
    return true;
  } catch (error) {
    expect(String(error)).toContain("wiped");
    return false;
  }
}

describe("a node is joined and attached", () => {
  it("once, with its first opening, and not any more after the last one", () => {
    const { open, remote } = createHouse();
    remote.calls.length = 0;
    const [first, second] = [open(1), open(1)];
    expect(remote.calls).toEqual(each(COMES, 1));
    first.close();
    expect(remote.calls).toEqual(each(COMES, 1));
    second.close();
    second.close();
    expect(remote.calls).toEqual([...each(COMES, 1), ...each(GOES, 1)]);
    open(1);
    expect(remote.calls.slice(4)).toEqual(each(COMES, 1));
  });

  it("until it is dropped, whoever has it open", () => {
    const { nodes, open, remote } = createHouse();
    const openings = [open(1), open(1)];
    remote.calls.length = 0;
    nodes.drop(addressOf(1));
    nodes.drop(addressOf(1));
    for (const opening of openings) opening.close();
    expect(remote.calls).toEqual(each(GOES, 1));
  });

  it("not when it is refused", () => {
    const { nodes, open, remote } = createHouse({ limit: 1 });
    open(1);
    remote.calls.length = 0;
    nodes.open(keyOf(OWN), wish);
    nodes.open(keyOf(2), wish);
    expect(remote.calls).toEqual([]);
  });

  it("and the daemon's own at once, and until the stop, after all others", () => {
    const { nodes, open, remote } = createHouse();
    expect(remote.calls).toEqual(each(COMES, OWN));
    for (const number of [1, 2]) open(number);
    remote.calls.length = 0;
    nodes.stop();
    const pairs = [1, 2, OWN].map((number) => each(GOES, number));
    const inPairs = [0, 2, 4].map((at) => remote.calls.slice(at, at + 2));
    expect(new Set(inPairs.map(String))).toEqual(new Set(pairs.map(String)));
    expect(inPairs.at(-1)).toEqual(pairs.at(-1));
  });

  it("when whoever opened it hears of nothing yet, and no more when they hear of the end", () => {
    const { nodes, open, remote } = createHouse();
    const heard: number[] = [];
    open(1).onEnd(() => heard.push(remote.calls.length));
    nodes.drop(addressOf(1));
    expect(heard).toEqual([6]);
  });
});

describe("its key", () => {
  it("signs for it until its last farewell, and not afterwards", () => {
    for (const end of ["close", "drop", "stop"] as const) {
      const { nodes, open, remote } = createHouse();
      const seen: string[] = [];
      let node: Attachment | undefined;
      remote.onCall = (verb, of) => {
        if (of?.address.equals(addressOf(1)) !== true) return;
        node = of;
        seen.push(`${verb} ${signs(of)}`);
      };
      const opening = open(1);
      if (end === "close") opening.close();
      else if (end === "drop") nodes.drop(addressOf(1));
      else nodes.stop();
      expect(seen, end).toEqual(["join true", "attach true", "leave true", "detach true"]);
      expect(signs(node), `${end}: afterwards`).toBe(false);
    }
  });

  it("of the daemon's own node is the caller's: it signs at the farewell, and is not wiped", () => {
    const { nodes, remote } = createHouse();
    const seen: boolean[] = [];
    let node: Attachment | undefined;
    remote.onCall = (_verb, of) => {
      node = of;
      seen.push(signs(of));
    };
    nodes.stop();
    expect(seen).toEqual([true, true]);
    expect(node?.address.equals(addressOf(OWN))).toBe(true);
    expect(signs(node)).toBe(true);
  });
});
