// SPDX-License-Identifier: GPL-3.0-or-later

// Opening what a configuration names, on loopback: what is done when the machine does not give it.

import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { createSystemTurns, systemClock } from "../../../server/src/core/index.js";
import { createRelaySink } from "../../../server/src/daemon/relay-sink.js";
import { configuredTransports } from "../../../server/src/daemon/transports.js";
import type { Transport } from "../../../server/src/transport/index.js";
import { LOOPBACKS, missing } from "../../support/udp.js";
import { linesLogger } from "./engine-lab.js";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A port of 127.0.0.1 that somebody has. */
function takenPort(): Promise<number> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      closers.push(() => new Promise((closed) => socket.close(() => closed())));
      resolve(socket.address().port);
    });
  });
}

/** Whether a port of 127.0.0.1 can be had now. */
function isFree(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}

async function open(...settings: { readonly bind: readonly string[]; readonly chosen: boolean }[]) {
  const lines: string[] = [];
  const transports = await configuredTransports(
    settings.map((setting) => ({ type: "udp" as const, ...setting })),
  )({
    sink: createRelaySink().sink,
    clock: systemClock,
    turns: createSystemTurns(),
    logger: linesLogger(lines),
  });
  closers.push(...transports.map((transport) => () => transport.close()));
  return { transports, lines };
}

const textsOf = (transports: readonly Transport[]): readonly (readonly string[])[] =>
  transports.map(({ localAddresses }) => localAddresses.map(({ text }) => text));
const portOf = (text: string | undefined): number => Number(text?.split(":").at(-1));

/** No addresses of this machine: as if the family was missing. */
const NO_IPV4 = "192.0.2.1";
const NO_IPV6 = "[2001:db8::1]";

describe("transports of a configuration", () => {
  it("are opened as they are written, and say where they receive", async () => {
    const { transports, lines } = await open({ bind: ["127.0.0.1:0"], chosen: true });
    const [[text] = []] = textsOf(transports);
    expect(text).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(portOf(text)).toBeGreaterThan(0);
    expect(lines.join()).toContain(`"addresses":"${text}"`);
    expect(lines.filter((line) => line.startsWith("info"))).toHaveLength(1);
  });

  it("are none where none are named", async () => {
    expect((await open()).transports).toEqual([]);
  });

  it("take another port when nobody chose the one that is taken", async () => {
    const port = await takenPort();
    const { transports } = await open({ bind: [`127.0.0.1:${port}`], chosen: false });
    const [[text] = []] = textsOf(transports);
    expect(text).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(portOf(text)).not.toBe(port);
  });

  it("fail when somebody chose the port that is taken, and say which", async () => {
    const port = await takenPort();
    const opening = open({ bind: [`127.0.0.1:${port}`], chosen: true });
    await expect(opening).rejects.toMatchObject({ name: "TransportError", code: "BIND_FAILED" });
    await expect(opening).rejects.toThrow(`127.0.0.1:${port}`);
  });

  it("do without a family that is missing, with its port, or with another one", async () => {
    const taken = await takenPort();
    const { transports } = await open({
      bind: [`127.0.0.1:${taken}`, `${NO_IPV6}:0`],
      chosen: false,
    });
    const [texts = []] = textsOf(transports);
    expect(texts).toHaveLength(1);
    expect(portOf(texts[0])).not.toBe(taken);
    const port = portOf(texts[0]);
    await transports[0]?.close();
    const same = await open({ bind: [`127.0.0.1:${port}`, `${NO_IPV6}:${port}`], chosen: false });
    expect(textsOf(same.transports)).toEqual([[`127.0.0.1:${port}`]]);
  });

  it.skipIf(missing("plain", { family: "IPv6" }) !== undefined)(
    "do without IPv4 as well as without IPv6",
    async () => {
      const { transports } = await open({ bind: [`${NO_IPV4}:0`, "[::1]:0"], chosen: false });
      const [texts = []] = textsOf(transports);
      expect(texts.map((text) => text.replace(/\d+$/, ""))).toEqual(["[::1]:"]);
    },
  );

  it("fail when somebody chose a family that is missing, and leave nothing open", async () => {
    const port = await takenPort();
    await Promise.all(closers.splice(0).map((close) => close()));
    const bind = [`127.0.0.1:${port}`, `${NO_IPV6}:${port}`];
    await expect(open({ bind, chosen: true })).rejects.toMatchObject({ code: "BIND_FAILED" });
    expect(await isFree(port)).toBe(true);
  });

  it.skipIf(LOOPBACKS.some((loopback) => missing("plain", loopback) !== undefined))(
    "take another port for both families when one of them has it taken",
    async () => {
      const port = await takenPort();
      const bind = [`127.0.0.1:${port}`, `[::1]:${port}`];
      const { transports } = await open({ bind, chosen: false });
      const [texts = []] = textsOf(transports);
      expect(texts.map((text) => text.replace(/\d+$/, ""))).toEqual(["127.0.0.1:", "[::1]:"]);
      for (const text of texts) expect(portOf(text)).not.toBe(port);
    },
  );

  it("fail for what no other port can mend", async () => {
    const bind = ["127.0.0.1:0", "127.0.0.2:0"];
    await expect(open({ bind, chosen: false })).rejects.toMatchObject({ code: "BAD_BIND_ADDRESS" });
    // The first failure is told, the one of what was asked for.
    const opening = open({ bind: [`${NO_IPV4}:1234`], chosen: false });
    await expect(opening).rejects.toMatchObject({ code: "BIND_FAILED" });
    await expect(opening).rejects.toThrow(`${NO_IPV4}:1234`);
  });

  it("are all closed when one of them cannot be opened", async () => {
    const port = await takenPort();
    await Promise.all(closers.splice(0).map((close) => close()));
    const taken = await takenPort();
    const opening = open(
      { bind: [`127.0.0.1:${port}`], chosen: true },
      { bind: [`127.0.0.1:${taken}`], chosen: true },
    );
    await expect(opening).rejects.toMatchObject({ code: "BIND_FAILED" });
    expect(await isFree(port)).toBe(true);
  });
});
