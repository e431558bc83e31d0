// SPDX-License-Identifier: GPL-3.0-or-later

// The DER inside a PKCS#8 file: one form of each structure, and every way of not quite having it.

import { createKeys, portableEd25519 } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";

const keys = createKeys(portableEd25519);

/** The key of RFC 8410 section 10.3. */
const seedHex = "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842";
const publicHex = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
const key = keys.fromSeed(Buffer.from(seedHex, "hex"));

describe("a PKCS#8 structure that", () => {
  const octets = `04220420${seedHex}`;
  const head = `020100300506032b6570${octets}`;
  const head1 = head.replace("020100", "020101");
  const structures: readonly (readonly [string, string])[] = [
    ["bytes after it", `302e${head}00`],
    ["a length beyond its end", `302f${head}`],
    ["a length that is longer than it needs to be", `30812e${head}`],
    ["a length of two bytes that needs none", `3082002e${head}`],
    ["a length of three bytes", `308300002e${head}`],
    ["an indefinite length", `3080${head}0000`],
    ["an indefinite length of attributes", `3081b0${head}a080${"00".repeat(128)}`],
    ["a padded length of attributes", `30820133${head}a083000100${"00".repeat(256)}`],
    ["another outer tag", `312e${head}`],
    ["a tag of several bytes", `3f2e${head}`],
    ["a version of two bytes", `302f02020000${head.slice(6)}`],
    ["a version that is no INTEGER", `302e0a0100${head.slice(6)}`],
    ["an algorithm that is no SEQUENCE", `302e${head.replace("300506", "310506")}`],
    ["an algorithm that is no identifier", `302e${head.replace("0506032b", "0504032b")}`],
    ["a key that is no OCTET STRING", `302e${head.replace("04220420", "03220420")}`],
    ["a seed that is no OCTET STRING", `302e${head.replace("04220420", "04220320")}`],
    ["bytes after its seed", `302f${head.replace("04220420", "04230420")}00`],
    ["version 1 without a public key", `302e${head1}`],
    ["version 2", `302e${head.replace("020100", "020102")}`],
    ["version 0 with a public key", `3051${head}812100${publicHex}`],
    ["a public key with unused bits", `3051${head1}812101${publicHex}`],
    ["a public key of 33 bytes", `3052${head1}812200${publicHex}00`],
    ["a public key of 31 bytes", `3050${head1}812000${publicHex.slice(0, -2)}`],
    ["a public key under another tag", `3051${head1}832100${publicHex}`],
    ["two public keys", `3074${head1}${`812100${publicHex}`.repeat(2)}`],
    ["attributes after its public key", `3053${head1}812100${publicHex}a000`],
    ["nothing in it", "3000"],
    ["one byte", "30"],
  ];
  const read = (der: string) => {
    const base64 = Buffer.from(der, "hex").toString("base64");
    const file = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
    return keys.decodeKeyFile(Buffer.from(file));
  };

  it.each(structures)("has %s", (_, der) => {
    expect(() => read(der)).toThrow("the PKCS#8 private key is damaged or cut short");
  });

  it("is right is read", () => {
    expect(read(`302e${head}`).publicKey.equals(key.publicKey)).toBe(true);
    expect(read(`3051${head1}812100${publicHex}`).address.equals(key.address)).toBe(true);
    expect(read(`3053${head1}a000812100${publicHex}`).address.equals(key.address)).toBe(true);
    const attributes = `a07f${"00".repeat(127)}`;
    expect(read(`3081af${head}${attributes}`).address.equals(key.address)).toBe(true);
    const long = `a0820100${"00".repeat(256)}`;
    expect(read(`30820132${head}${long}`).address.equals(key.address)).toBe(true);
  });
});
