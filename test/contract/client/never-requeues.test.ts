// SPDX-License-Identifier: GPL-3.0-or-later

// Rule O5 from the daemon's side: what was handed to a stream is spent. When the stream breaks
// it is lost; no other opening of the same key, now or later, is given it.

import { type Client, connect, generateKey, type Node } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../../support/daemon.js";
import { until } from "../../support/until.js";
import { startWire, type Wire } from "../../support/wire.js";
import { bytes, next, nextOf, sendAll, words } from "./support.js";

let daemon: TestDaemon;
let wire: Wire;
let clients: Client[];

beforeEach(async () => {
  daemon = await startTestDaemon();
  wire = await startWire(daemon.socketPath);
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await wire.stop();
  await daemon.stop();
});

function client(endpoint: string): Client {
  const made = connect(endpoint);
  clients.push(made);
  return made;
}

/** The number of streams that the daemon has open. */
function streams(): Promise<number> {
  return client(daemon.endpoint)
    .status()
    .then((status) => status.streams);
}

it("stream-break-never-requeues", async () => {
  const key = generateKey();
  const doomed = client(wire.endpoint);
  await doomed.open(key);
  const kept = await client(daemon.endpoint).open(key);
  const sender = await client(daemon.endpoint).open(generateKey());
  const before = await streams();

  // Half of them go into a wire that hands nothing on: to the doomed stream, and nowhere else.
  wire.clog();
  const texts = words("shared", 40);
  await sendAll(sender, key.address, texts);
  const own = await nextOf(kept, 20);

  // It dies with them, and its program does not come back.
  const ending = doomed.close();
  wire.cut();
  await wire.stop();
  await ending;
  let left = before;
  await until("the daemon has noticed", () => {
    void streams().then((count) => {
      left = count;
    });
    return left < before;
  });

  await sendAll(sender, key.address, words("later", 10));
  expect(await nextOf(kept, 10)).toEqual(words("later", 10));
  await expectSilence(kept, sender);
  expect(own.length + 20).toBe(texts.length);

  // Nor is it kept for those who open the key anew.
  await kept.close();
  const again = await client(daemon.endpoint).open(key);
  await expectSilence(again, sender);
});

it("what a reader did not take before its stream broke is not kept for its next one", async () => {
  const reader = await client(wire.endpoint).open(generateKey());
  const sender = await client(daemon.endpoint).open(generateKey());
  await sender.send(reader.address, bytes("taken"));
  expect(await next(reader)).toBe("taken");
  wire.clog();
  await sendAll(sender, reader.address, words("lost", 10));
  wire.cut();
  await until("it is open again", () => wire.connections === 2);
  // It comes back by itself; until then its address is nobody's.
  let said = "NO_SUCH_ADDRESS";
  while (said === "NO_SUCH_ADDRESS") {
    said = await sender.send(reader.address, bytes("after")).then(
      () => "accepted",
      (error: { readonly reason: string }) => error.reason,
    );
  }
  expect(said).toBe("accepted");
  expect(await next(reader)).toBe("after");
});

/** That nothing comes to a node before what is sent to it now. */
async function expectSilence(node: Node, sender: Node): Promise<void> {
  await sender.send(node.address, bytes("the next"));
  expect(await next(node)).toBe("the next");
}
