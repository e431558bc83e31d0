// SPDX-License-Identifier: GPL-3.0-or-later

// A client and the fake daemon it speaks to, for one test at a time.

import { type Client, type ClientEvent, connect, generateKey, type Node } from "@inet256/client";
import { afterEach } from "vitest";
import {
  type Behaviour,
  type FakeDaemon,
  type FakeStream,
  startFakeDaemon,
} from "../../support/fake-daemon.js";

/** A client, its daemon, and what was heard of either. */
export interface FakeWorld {
  /** Starts a daemon that behaves so, and a client of it. */
  connectTo(behaviour: Behaviour): Promise<Client>;
  /** The same, with a node open. */
  open(behaviour?: Behaviour): Promise<Node>;
  readonly daemon: FakeDaemon;
  /** The daemon's latest stream. */
  readonly stream: FakeStream;
  /** Everything the client told its listener. */
  readonly events: readonly ClientEvent[];
  /** How many events of a type there were. */
  seen(type: ClientEvent["type"]): number;
}

/** A world that is empty before and after each test of the file. */
export function createFakeWorld(): FakeWorld {
  let daemon: FakeDaemon | undefined;
  let client: Client | undefined;
  const events: ClientEvent[] = [];
  afterEach(async () => {
    await client?.close();
    await daemon?.stop();
    [client, daemon] = [undefined, undefined];
    events.length = 0;
  });
  const there = (): FakeDaemon => {
    if (daemon === undefined) throw new Error("no daemon was started");
    return daemon;
  };
  const connectTo = async (behaviour: Behaviour): Promise<Client> => {
    daemon = await startFakeDaemon(behaviour);
    client = connect(daemon.endpoint, { onEvent: (event) => events.push(event) });
    return client;
  };
  return {
    connectTo,
    async open(behaviour = {}) {
      return (await connectTo(behaviour)).open(generateKey());
    },
    get daemon() {
      return there();
    },
    get stream() {
      const last = there().streams.at(-1);
      if (last === undefined) throw new Error("no stream has come");
      return last;
    },
    events,
    seen: (type) => events.filter((event) => event.type === type).length,
  };
}
