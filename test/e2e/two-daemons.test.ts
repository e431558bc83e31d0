// SPDX-License-Identifier: GPL-3.0-or-later

// Two daemons as two machines have them: files made by `keygen` and `create-config`, peers of each
// other over UDP. Programs at one reach programs at the other by address alone.

import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { generateKey, MTU } from "@inet256/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDaemons, type Daemons, type PeeredDaemon } from "../support/two-daemons.js";
import { missing } from "../support/udp.js";

const CLEAN = { code: 0, signal: null };
const MEBIBYTE = 1024 * 1024;

/** Which daemon sends to which. */
const EACH_WAY = [
  [0, 1],
  [1, 0],
] as const;

/** Over IPv6 one way is enough: nothing above the transport knows of it. */
const HOSTS = [
  { host: "127.0.0.1", family: "IPv4", ways: EACH_WAY },
  { host: "[::1]", family: "IPv6", ways: [[0, 1]] },
] as const;

async function startEcho({ workshop }: PeeredDaemon): Promise<string> {
  const echo = workshop.start(["echo", "--quiet"]);
  const [address = ""] = await echo.stdout.waitFor(/^\S{43}(?=\n)/);
  return address;
}

describe.for(HOSTS.filter((loopback) => missing("plain", loopback) === undefined))(
  "two daemons over $host",
  ({ host, ways }) => {
    let daemons: Daemons;
    beforeAll(async () => {
      daemons = await createDaemons(2, { host });
      await daemons.start();
    });
    afterAll(() => daemons.end());

    const pairs = (): readonly (readonly [PeeredDaemon, PeeredDaemon])[] =>
      ways.map(([from, to]) => [daemons.at(from), daemons.at(to)]);

    it("echo at one, ping from the other: all answered", async () => {
      for (const [from, to] of pairs()) {
        const address = await startEcho(to);
        const words = ["ping", "-c", "20", "-i", "0.02", "--", address];
        const ping = await from.workshop.run(words);
        expect(ping).toMatchObject({ ...CLEAN, stderr: "" });
        expect(ping.stdout).toContain("\n20 messages transmitted, 20 received, 0% loss, time ");
      }
    });

    it("ping of the other daemon's own address, as large as can be", async () => {
      for (const [from, to] of pairs()) {
        const words = ["ping", "-c", "2", "-i", "0.02", "-s", "65535", "--", `${to.address}`];
        expect(await from.workshop.run(words)).toMatchObject({ ...CLEAN, stderr: "" });
      }
    });

    it("nc talks both ways", async () => {
      const [from, to] = [daemons.at(0), daemons.at(1)];
      const listener = to.workshop.start(["nc", "-l"]);
      const [, address = ""] = await listener.stderr.waitFor(/^listening on (\S{43})\n/);
      const caller = from.workshop.start(["nc", "--", address]);
      caller.write("hello\n");
      await listener.stdout.waitFor(/^hello\n$/);
      listener.write("good evening\n");
      await caller.stdout.waitFor(/^good evening\n$/);
      caller.endInput();
      listener.endInput();
      expect(await Promise.all([caller.ended, listener.ended])).toEqual([CLEAN, CLEAN]);
      expect(caller.stderr.text).toBe("");
    });

    it("a file of 1 MiB at random through nc, byte for byte, each way", async () => {
      for (const [from, to] of pairs()) {
        const file = randomBytes(MEBIBYTE);
        writeFileSync(from.workshop.path("file"), file);
        const listener = to.workshop.start(["nc", "-l"], { from: "/dev/null", to: "copy" });
        const [, address = ""] = await listener.stderr.waitFor(/^listening on (\S{43})\n/);
        const sender = from.workshop.start(["nc", "--", address], { from: "file" });
        expect(await Promise.all([sender.ended, listener.ended])).toEqual([CLEAN, CLEAN]);
        expect(sender.stderr.text).toBe("");
        expect(Buffer.compare(readFileSync(to.workshop.path("copy")), file)).toBe(0);
      }
    });

    it("messages of every size arrive intact, from whom they are", async () => {
      const sizes = [0, 1, 1_200, 1_201, MTU];
      for (const [from, to] of EACH_WAY) {
        const sender = await daemons.at(from).connect().open(generateKey());
        const receiver = await daemons.at(to).connect().open(generateKey());
        const sent = sizes.map((size) => randomBytes(size));
        for (const payload of sent) await sender.send(receiver.address, payload);
        const got = new Map<number, string>();
        while (got.size < sizes.length) {
          const { source, payload } = await receiver.receive();
          expect(source.equals(sender.address)).toBe(true);
          expect(got.has(payload.length)).toBe(false);
          got.set(payload.length, Buffer.from(payload).toString("hex"));
        }
        for (const payload of sent) expect(got.get(payload.length)).toBe(payload.toString("hex"));
      }
    });

    it("status shows the peer up, the way there, and a round trip", async () => {
      for (const [from, to] of pairs()) {
        const { peers, transportAddresses, sessions } = await from.status();
        expect(transportAddresses).toEqual([from.udp]);
        expect(sessions.sessions).toBeGreaterThan(0);
        expect(peers).toHaveLength(1);
        expect(peers[0]).toMatchObject({ address: `${to.address}`, configured: true, up: true });
        const used = peers[0]?.paths.filter(({ state }) => state === "used") ?? [];
        expect(used).toEqual([expect.objectContaining({ address: to.udp, kind: "configured" })]);
        expect(used[0]?.rttMicros).toBeGreaterThan(0);
        expect(used[0]?.rttMicros).toBeLessThan(1_000_000);
        expect(used[0]?.bytesSent).toBeGreaterThan(MEBIBYTE);
      }
    });
  },
);
