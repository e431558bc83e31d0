// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { addressText, type Harness } from "./harness.js";

/** Texts that are no address of any transport. */
const NO_ADDRESSES = [
  "",
  " ",
  "\0",
  ":",
  "::",
  "[]",
  "[]:1",
  "127.0.0.1",
  "127.0.0.1:",
  "127.0.0.1:0",
  "127.0.0.1:65536",
  "127.0.0.1:-1",
  "127.0.0.1:1x",
  "127.0.0.1:+80",
  "127.0.0.1: 80",
  "127.0.0.1:80 ",
  "127.0.0.1:1e3",
  "127.0.0.1:0x50",
  "127.0.0:80",
  "127.0.0.256:80",
  "127.0.0.1.1:80",
  "0127.0.0.1:80",
  "[::1]",
  "[::1]:0",
  "[::1]:65536",
  "[::g]:80",
  "[1::2::3]:80",
  "[127.0.0.1]:80",
  "::1:80",
  "localhost:80",
  "example.org:80",
  "http://127.0.0.1:80",
  "memory:",
  "memory:UPPER",
  "memory:a b",
  "udp:127.0.0.1:80",
  `${"9".repeat(5_000)}:80`,
  `127.0.0.1:${"0".repeat(5_000)}80`,
  "127.0.0.1:80\n",
  "１２７.0.0.1:80",
];

export function addressCases(harness: Harness): void {
  it("has one address for one text, and writes it always the same way", async () => {
    const { world, bind } = harness();
    const { transport } = await bind();
    for (const [text, written] of world.texts) {
      const address = transport.address(text);
      expect(address?.text, text).toBe(written);
      expect(transport.address(written)?.text).toBe(written);
      expect(transport.address(text)?.bytes).toEqual(address?.bytes);
      expect(address?.transport).toBe(transport);
    }
  });

  it("tells addresses apart by their bytes", async () => {
    const { world, bind } = harness();
    const { transport } = await bind();
    const written = new Set(world.texts.map(([, text]) => text));
    expect(written.size).toBeGreaterThan(1);
    const bytes = [...written].map((text) => transport.address(text)?.bytes ?? new Uint8Array(0));
    expect(new Set(bytes.map(String)).size).toBe(written.size);
  });

  it("says what an address takes", async () => {
    const { world, bind } = harness();
    const { transport } = await bind();
    for (const [text] of world.texts) {
      const address = transport.address(text);
      expect(address?.baseMtu).toBe(1_200);
      expect(address?.largestMtu).toBeGreaterThanOrEqual(world.largestBytes);
      expect(address?.group).not.toBe("");
    }
  });

  it("knows its own address, and gives it like any other", async () => {
    const { bind } = harness();
    const { transport } = await bind();
    expect(transport.localAddresses).toHaveLength(1);
    const text = addressText(transport);
    expect(transport.address(text)?.text).toBe(text);
    expect(transport.localAddresses[0]?.transport).toBe(transport);
  });

  it("takes no text that is no address", async () => {
    const { world, bind } = harness();
    const { transport } = await bind();
    for (const text of [...NO_ADDRESSES, ...world.badTexts]) {
      expect(transport.address(text), JSON.stringify(text.slice(0, 40))).toBeUndefined();
    }
  });
}
