// SPDX-License-Identifier: GPL-3.0-or-later

// Connections on which nothing is asked: whoever sends what is no HTTP/2 gives its place back, and
// a client with manners does not notice.

import { connect as dial } from "node:net";
import { connect, generateKey } from "@inet256/client";
import { expect, it } from "vitest";
import { startTestDaemon } from "../support/daemon.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { untilAnswer } from "../support/until-answer.js";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const GARBAGE = createSeededRandom(1).bytes(20_000);
const LIMIT = 6;
/** Five times what is promised, and less than what a connection has that was used. */
const DEADLINE_MS = 15_000;

it(
  "broken-http2-gives-its-place-back",
  async () => {
    const daemon = await startTestDaemon({ limits: { clients: LIMIT } });
    const [idle, busy] = [connect(daemon.endpoint), connect(daemon.endpoint)];
    const node = await busy.open(generateKey());
    await idle.status();
    const ends = Array.from({ length: LIMIT - 2 }, () => {
      const socket = dial(daemon.socketPath);
      socket.on("error", () => {});
      socket.resume();
      socket.write(Buffer.concat([PREFACE, SETTINGS, GARBAGE]));
      return new Promise((resolve) => socket.once("close", resolve));
    });
    await untilAnswer("all places are taken", async () => {
      return (await idle.status()).clients === LIMIT;
    });
    await Promise.all(ends);
    // The one that has a node keeps it, the one that had nothing comes back when it asks.
    await busy.open(generateKey());
    await node.send(node.address, Buffer.from("hello"));
    expect(Buffer.from((await node.receive()).payload).toString()).toBe("hello");
    expect((await idle.status()).counters["api_connections_refused"] ?? 0).toBe(0);
    await Promise.all([idle.close(), busy.close()]);
    await daemon.stop();
  },
  DEADLINE_MS,
);
