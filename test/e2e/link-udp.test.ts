// SPDX-License-Identifier: GPL-3.0-or-later

// Links over real UDP on this machine: what the laboratory shows in virtual time, once more with
// the kernel's sockets and the machine's clock. Deadlines are ten times what is promised.

import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { loadSys } from "../../server/src/sys/index.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { startUdpDaemon, type UdpDaemon, type UdpDaemonOptions } from "../support/udp-daemon.js";
import { until } from "../support/until.js";

const kernel = loadSys().openUdpSocket !== undefined;
const ipv6 = Object.values(networkInterfaces())
  .flat()
  .some((it) => it?.address === "::1");
const ANY_PORT = "127.0.0.1:0";

const running: UdpDaemon[] = [];
const sockets: Socket[] = [];
async function start(options: UdpDaemonOptions): Promise<UdpDaemon> {
  const daemon = await startUdpDaemon(options);
  running.push(daemon);
  return daemon;
}
const textOf = (daemon: UdpDaemon, i = 0): string => daemon.transport.localAddresses[i]?.text ?? "";

async function usable(daemon: UdpDaemon, peer: UdpDaemon, withinMs = 10_000): Promise<void> {
  await until("the link is up", () => daemon.link(peer.address)?.up() === true, withinMs);
}

/** Sends numbered packets of these sizes, each again and again until the link takes it. */
async function push(from: UdpDaemon, to: UdpDaemon, sizes: readonly number[]): Promise<void> {
  for (const [i, size] of sizes.entries()) {
    const packet = new Uint8Array(size).fill(i);
    await until("the link takes a packet", () => from.send(to.address, packet), 10_000);
  }
}

/** A packet every few ms until one has arrived since now. */
async function carries(from: UdpDaemon, to: UdpDaemon, withinMs: number): Promise<void> {
  const before = to.packets.length;
  const again = (): boolean => {
    from.send(to.address, Uint8Array.of(1));
    return to.packets.length > before;
  };
  await until("a packet gets through", again, withinMs);
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((daemon) => daemon.stop()));
  for (const socket of sockets.splice(0)) socket.close();
});

describe.each([
  { way: "through the kernel", plain: false, missing: !kernel },
  { way: "through node:dgram", plain: true, missing: false },
])("a link over UDP $way", ({ plain, missing }) => {
  it.skipIf(missing)("carries packets of 0 to 69,632 bytes unaltered", async () => {
    const [a, b] = [
      await start({ bind: [ANY_PORT], plain }),
      await start({ bind: [ANY_PORT], plain }),
    ];
    a.dial(b.address, [textOf(b)]);
    await usable(a, b);
    await usable(b, a);
    const random = createSeededRandom(1);
    const sizes = [0, 1, 1_199, 1_200, 1_201, 65_535, 65_536, 69_632];
    while (sizes.length < 100) sizes.push(Math.floor(69_632 ** (random.u32() / 2 ** 32)));
    for (const size of sizes) {
      const before = b.packets.length;
      await push(a, b, [size]);
      await until("it arrives", () => b.packets.length > before, 10_000);
      expect(b.packets[before]?.length).toBe(size);
      expect(b.packets[before]?.every((byte) => byte === 0)).toBe(true);
    }
    expect(b.packets.length).toBe(sizes.length);
  });

  it.skipIf(missing || !ipv6)("moves when the used path dies silently", async () => {
    const bind = [ANY_PORT, "[::1]:0"];
    const [a, b] = [await start({ bind, plain }), await start({ bind, plain })];
    a.dial(b.address, [textOf(b, 0), textOf(b, 1)]);
    await usable(a, b);
    const used = () =>
      a
        .link(b.address)
        ?.stats()
        .paths.find(({ state }) => state === "used");
    const proven = () =>
      a
        .link(b.address)
        ?.stats()
        .paths.filter(({ state }) => state === "usable").length === 1;
    await until("both paths are proven", proven, 20_000);
    const dead = used()?.address ?? "";
    const isDead = (text: string) => text.startsWith("[") === dead.startsWith("[");
    a.deaf = ({ text }) => isDead(text);
    b.deaf = ({ text }) => isDead(text);
    await carries(a, b, 10_000);
    // While it is in doubt what is sent goes both ways: a packet gets through before the move.
    const moved = () => used() !== undefined && !isDead(used()?.address ?? "");
    await until("a has moved", moved, 10_000);
    await carries(a, b, 10_000);
  });

  it.skipIf(missing)("is there again soon after its peer is", async () => {
    const [a, b] = [
      await start({ bind: [ANY_PORT], plain }),
      await start({ bind: [ANY_PORT], plain }),
    ];
    a.dial(b.address, [textOf(b)]);
    await usable(a, b);
    await carries(a, b, 10_000);
    const { key } = b;
    const text = textOf(b);
    await b.kill();
    await until("a notices", () => a.link(b.address)?.up() === false, 30_000);
    const again = await start({ bind: [text], plain, key });
    await carries(a, again, 10_000);
  });

  it.skipIf(missing)("follows a NAT that gives its peer another port", async () => {
    const [a, b] = [
      await start({ bind: [ANY_PORT], plain }),
      await start({ bind: [ANY_PORT], plain }),
    ];
    const nat = await startNat(Number(/\d+$/.exec(textOf(b))?.[0]));
    a.dial(b.address, [`127.0.0.1:${nat.port}`]);
    await usable(b, a);
    const used = () =>
      b
        .link(a.address)
        ?.stats()
        .paths.find(({ state }) => state === "used");
    await carries(a, b, 10_000);
    const before = used()?.address;
    await nat.rebind();
    await carries(a, b, 10_000);
    await until("b has moved", () => used() !== undefined && used()?.address !== before, 10_000);
    await carries(b, a, 10_000);
  });
});

/** A NAT of one mapping: what comes in at `port` goes to the inside's partner from another port. */
async function startNat(target: number) {
  const bound = async (): Promise<Socket> => {
    const socket = createSocket("udp4");
    sockets.push(socket);
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return socket;
  };
  const inside = await bound();
  let insidePort = 0;
  let outside = await bound();
  const back = (bytes: Buffer): void => {
    if (insidePort > 0) inside.send(bytes, insidePort, "127.0.0.1");
  };
  outside.on("message", back);
  inside.on("message", (bytes, { port }) => {
    insidePort = port;
    outside.send(bytes, target, "127.0.0.1");
  });
  return {
    port: inside.address().port,
    async rebind(): Promise<void> {
      const old = outside;
      outside = await bound();
      outside.on("message", back);
      old.removeAllListeners("message");
    },
  };
}
