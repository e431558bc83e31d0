// SPDX-License-Identifier: GPL-3.0-or-later

import { afterEach, beforeEach, expect, it, vi } from "vitest";

// What this machine is said to be.
const machine = vi.hoisted(() => ({ platform: "linux", arch: "x64", koffi: {} as unknown }));
vi.mock("node:os", async (original) => ({
  ...(await original<typeof import("node:os")>()),
  platform: () => machine.platform,
  arch: () => machine.arch,
}));
vi.mock("../../../server/src/sys/koffi.js", () => ({ loadKoffi: () => machine.koffi }));

import { createSystemTurns, silentLogger, systemClock } from "../../../server/src/core/index.js";
import { loadSys } from "../../../server/src/sys/index.js";
import { createUdpTransport } from "../../../server/src/transport/index.js";

const library = { func: () => () => 0 };

beforeEach(() => {
  Object.assign(machine, { platform: "linux", arch: "x64", koffi: { load: () => library } });
});
afterEach(() => {
  vi.restoreAllMocks();
});

it.each(["x64", "arm64", "riscv64"])("has everything on Linux %s with koffi", (arch) => {
  Object.assign(machine, { arch });
  expect(loadSys()).toMatchObject({ absent: undefined, openUdpSocket: expect.any(Function) });
});

it.each([
  ["another system", { platform: "darwin" }, /Linux/],
  ["another machine", { arch: "ia32" }, /ia32/],
  ["no koffi", { koffi: undefined }, /koffi/],
  [
    "a C library that lacks a function",
    {
      koffi: {
        load: () => ({
          func: () => {
            throw new Error("not found");
          },
        }),
      },
    },
    /C library/,
  ],
])("says what is missing: %s; and UDP goes the plain way", async (_what, change, reason) => {
  Object.assign(machine, change);
  const sys = loadSys();
  expect(sys.openUdpSocket).toBeUndefined();
  expect(sys.absent).toMatch(reason);
  const ignore = (): void => {};
  const transport = await createUdpTransport({
    bind: ["127.0.0.1:0"],
    sink: {
      received: ignore,
      receivedAll: ignore,
      unreachable: ignore,
      failed: ignore,
      writable: ignore,
    },
    clock: systemClock,
    turns: createSystemTurns(),
    logger: silentLogger,
    sys,
  });
  expect(transport.path).toBe("plain");
  expect(transport.dontFragment).toBe(false);
  await transport.close();
});
