// SPDX-License-Identifier: GPL-3.0-or-later

// A wire between a client and a daemon that a test can cut, at any byte, or clog.

import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long a connection lasts, in bytes; undefined: until it is cut. */
export interface Lifetime {
  /** Bytes from the client after which it is cut. */
  readonly up?: number;
  /** Bytes from the daemon after which it is cut. */
  readonly down?: number;
}

/** A wire to a daemon. */
export interface Wire {
  readonly endpoint: string;
  /** Connections so far. */
  readonly connections: number;
  /** Cuts every connection there is. */
  cut(): void;
  /** Hands nothing from the daemon to the clients any more, until they are cut. */
  clog(): void;
  stop(): Promise<void>;
}

/** Starts one to the daemon's unix socket; `lifetime` is asked for each connection. */
export async function startWire(
  socketPath: string,
  lifetime: (connection: number) => Lifetime = () => ({}),
): Promise<Wire> {
  const folder = mkdtempSync(join(tmpdir(), "inet256-wire-"));
  const path = join(folder, "socket");
  const pairs = new Set<{ readonly client: Socket; readonly daemon: Socket }>();
  let connections = 0;

  const server = createServer((client) => {
    const daemon = connect(socketPath);
    const pair = { client, daemon };
    const { up, down } = lifetime(connections);
    connections += 1;
    pairs.add(pair);
    const cut = (): void => {
      pairs.delete(pair);
      client.destroy();
      daemon.destroy();
    };
    for (const socket of [client, daemon]) {
      socket.on("error", cut);
      socket.on("close", cut);
    }
    pass(client, daemon, up, cut);
    pass(daemon, client, down, cut);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cutAll = (): void => {
    for (const { client, daemon } of pairs) {
      client.destroy();
      daemon.destroy();
    }
  };
  return {
    endpoint: `unix://${path}`,
    get connections() {
      return connections;
    },
    cut: cutAll,
    clog() {
      for (const { daemon } of pairs) daemon.pause();
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// Hands over at most `bytes`, then cuts: mid-frame, mid-message, wherever that is.
function pass(from: Socket, to: Socket, bytes: number | undefined, cut: () => void): void {
  let left = bytes ?? Number.POSITIVE_INFINITY;
  from.on("data", (chunk: Buffer) => {
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= part.length;
    to.write(part, () => {
      if (left <= 0) cut();
    });
  });
}
