// SPDX-License-Identifier: GPL-3.0-or-later

import { afterEach, describe, expect, it, vi } from "vitest";
import { CryptoError, createNativeCrypto, selectCrypto } from "../../../server/src/crypto/index.js";

const machine = vi.hoisted(() => ({ hasSodium: true }));

vi.mock("node:module", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:module")>();
  return {
    ...original,
    createRequire: (url: string) => (name: string) => {
      if (machine.hasSodium) return original.createRequire(url)(name);
      throw new Error("Cannot find addon");
    },
  };
});

afterEach(() => {
  machine.hasSodium = true;
});

describe("selectCrypto", () => {
  it("prefers the native adapter, and gives what was asked for", () => {
    expect(selectCrypto().name).toBe("native");
    expect(selectCrypto("native").name).toBe("native");
    expect(selectCrypto("portable").name).toBe("portable");
  });

  it("falls back to the portable adapter where sodium-native cannot be loaded", () => {
    machine.hasSodium = false;
    expect(createNativeCrypto()).toBeUndefined();
    expect(selectCrypto().name).toBe("portable");
    expect(selectCrypto("portable").name).toBe("portable");
  });

  it("says why when the native adapter was asked for and cannot be had", () => {
    machine.hasSodium = false;
    const select = () => selectCrypto("native");
    expect(select).toThrow(CryptoError);
    expect(select).toThrow(
      expect.objectContaining({
        code: "NATIVE_UNAVAILABLE",
        cause: expect.objectContaining({ message: "Cannot find addon" }),
      }),
    );
  });
});
