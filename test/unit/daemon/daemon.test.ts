// SPDX-License-Identifier: GPL-3.0-or-later

// A whole daemon on this machine: that it starts entirely or not at all, and what is left when it
// has stopped. Other daemons are in this process, over transports in memory.

import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createSystemTurns, systemClock } from "../../../server/src/core/index.js";
import {
  type Daemon,
  type DaemonOptions,
  type OpenTransports,
  startDaemon,
} from "../../../server/src/daemon/index.js";
import {
  createMemoryMedium,
  createMemoryTransport,
  type Transport,
} from "../../../server/src/transport/index.js";
import { until } from "../../support/until.js";
import { createSetting, type Setting } from "./daemons.js";

const cleaners: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleaners.splice(0).reverse()) await clean();
});

function setUp(yaml?: string): Setting {
  const setting = createSetting(yaml);
  cleaners.push(setting.clean);
  return setting;
}

async function start(options: DaemonOptions): Promise<Daemon> {
  const daemon = await startDaemon(options);
  cleaners.push(() => daemon.stop());
  return daemon;
}

const createMedium = () => createMemoryMedium({ clock: systemClock, turns: createSystemTurns() });

/** Opens one transport in memory. */
const inMemory =
  (medium: ReturnType<typeof createMedium>, name: string): OpenTransports =>
  async ({ sink }) => [createMemoryTransport({ medium, name, sink })];

describe("a daemon that cannot start", () => {
  it("for want of a transport wipes its key and leaves nothing", async () => {
    const { options, isWiped } = setUp();
    const error = new Error("no transport");
    const openTransports: OpenTransports = () => Promise.reject(error);
    await expect(startDaemon({ ...options, openTransports })).rejects.toBe(error);
    expect(isWiped()).toBe(true);
    expect(existsSync(options.socketPath)).toBe(false);
  });

  it("for want of its socket closes its transports and wipes its key", async () => {
    const { options, isWiped } = setUp();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(options.socketPath, resolve));
    cleaners.push(() => new Promise((resolve) => other.close(resolve)));
    const medium = createMedium();
    let opened = 0;
    const openTransports: OpenTransports = async (hands) => {
      const transports = await inMemory(medium, "a")(hands);
      opened = medium.inboxes.size;
      return transports;
    };
    await expect(startDaemon({ ...options, openTransports })).rejects.toMatchObject({
      name: "ApiError",
      code: "SOCKET_IN_USE",
    });
    expect([opened, medium.inboxes.size, isWiped()]).toEqual([1, 0, true]);
    expect(existsSync(options.socketPath), "somebody else's").toBe(true);
  });

  it("because its rooms cannot be put together closes its transports and wipes its key", async () => {
    const { options, isWiped } = setUp();
    const medium = createMedium();
    const openTransports: OpenTransports = async (hands) => {
      const [made] = await inMemory(medium, "a")(hands);
      if (made === undefined) throw new Error("unreachable");
      const broken: Transport = {
        ...made,
        get receiveBufferBytes(): number {
          throw new Error("broken");
        },
      };
      return [broken];
    };
    await expect(startDaemon({ ...options, openTransports })).rejects.toThrow("broken");
    expect([medium.inboxes.size, isWiped()]).toEqual([0, true]);
  });

  it("for want of its network opens nothing", async () => {
    const { options, isWiped } = setUp();
    let opened = 0;
    const openTransports: OpenTransports = async () => {
      opened += 1;
      return [];
    };
    const config = { ...options.config, network: { name: "carrier-pigeons", options: {} } };
    await expect(startDaemon({ ...options, config, openTransports })).rejects.toThrow("pigeons");
    expect([opened, isWiped()]).toEqual([0, true]);
  });
});

describe("a daemon", () => {
  it("says where it is, and what it is made of", async () => {
    const { options, log } = setUp("transports: [{ type: udp, bind: '127.0.0.1:0' }]\n");
    const daemon = await start(options);
    expect(daemon.address.equals(options.privateKey.address)).toBe(true);
    expect(daemon.endpoint).toBe(`unix://${options.socketPath}`);
    expect(daemon.transportAddresses).toHaveLength(1);
    expect(daemon.transportAddresses[0]).toMatch(/^127\.0\.0\.1:\d+$/);
    const status = daemon.service.status();
    expect(status).toMatchObject({ network: "beaconnet", nodes: 0, peers: [] });
    expect(status.transportAddresses).toEqual(daemon.transportAddresses);
    const [starting] = log.lines.map((line) => JSON.parse(line));
    expect(starting).toMatchObject({
      msg: "starting",
      version: "test",
      network: "beaconnet",
      address: daemon.address.toString(),
    });
  });

  it("wipes its key and removes its socket when it stops, and stopping again does nothing", async () => {
    const { options, isWiped, log } = setUp();
    const medium = createMedium();
    const daemon = await startDaemon({ ...options, openTransports: inMemory(medium, "a") });
    expect([isWiped(), existsSync(options.socketPath), medium.inboxes.size]).toEqual([
      false,
      true,
      1,
    ]);
    await daemon.stop();
    expect([isWiped(), existsSync(options.socketPath), medium.inboxes.size]).toEqual([
      true,
      false,
      0,
    ]);
    expect(log.lines.at(-1)).toContain('"stopped"');
    await daemon.stop();
  });

  it.each(["memory", "udp"] as const)(
    "talks with the peers of its configuration over %s, and tells them when it stops",
    async (kind) => {
      const medium = createMedium();
      const udp = "transports: [{ type: udp, bind: '127.0.0.1:0' }]\n";
      const settings = [setUp(udp), setUp(udp)] as const;
      const startOne = (i: 0 | 1, addrs: readonly string[]): Promise<Daemon> => {
        const { options } = settings[i];
        const id = settings[(1 - i) as 0 | 1].options.privateKey.address;
        const config = { ...options.config, peers: [{ id, addrs }] };
        const chosen = kind === "udp" ? {} : { openTransports: inMemory(medium, `daemon${i}`) };
        return startDaemon({ ...options, ...chosen, config });
      };
      // One waits for the other, which dials it.
      const a = await startOne(0, []);
      const b = await startOne(1, a.transportAddresses);
      cleaners.push(() => b.stop());
      const isUp = (daemon: Daemon) => daemon.service.status().peers[0]?.up === true;
      await until("both are up", () => isUp(a) && isUp(b));
      const node = await a.service.open(setUp().options.privateKey);
      await node.send(b.address, Buffer.from("inet256p"));
      const answer = await node.receive({ signal: AbortSignal.timeout(5_000) });
      expect(answer.source.equals(b.address)).toBe(true);
      const { service } = b;
      expect(service.status().sessions.sessions).toBe(1);
      await a.stop();
      await until("b knows", () => settings[1].log.text.includes("peer-shutting-down"));
      expect(isUp(b)).toBe(false);
      expect(service.status().sessions.sessions, "the node said farewell").toBe(0);
    },
  );
});
