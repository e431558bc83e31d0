// SPDX-License-Identifier: GPL-3.0-or-later

// Two daemons as two machines have them: `inet256 daemon` with a key file and a configuration each,
// peers of each other over UDP on loopback. And what was lost at which of them.
import { createSocket } from "node:dgram";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, generateKey, writeKeyFile } from "@inet256/client";
import { startServer } from "./processes.mjs";

const COMMAND = join(import.meta.dirname, "../../../apps/bin/inet256.js");
const UP_MS = 10_000;

function freePort() {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

const configuration = (own, peer) => `private_key_path: ./private_key.pem
api_endpoint: unix://${own.socketPath}
log: { level: error, format: json }
transports: [{ type: udp, bind: ["127.0.0.1:${own.port}"] }]
peers: [{ id: "${peer.address}", addrs: ["127.0.0.1:${peer.port}"] }]
`;

async function describe(folder, name) {
  const key = generateKey();
  const place = join(folder, name);
  mkdirSync(place, { mode: 0o700 });
  writeKeyFile(join(place, "private_key.pem"), key);
  const address = key.address.toString();
  return { name, place, address, port: await freePort(), socketPath: join(place, "api.sock") };
}

/** What a daemon has dropped since its start, by the name of the counter. */
async function dropped(client) {
  const { counters } = await client.status();
  return Object.fromEntries(
    Object.entries(counters).filter(([name]) =>
      /drop|lost|expired|given_up|stale|invalid/.test(name),
    ),
  );
}

async function isUp(client) {
  const { peers } = await client.status();
  return peers.some(({ up }) => up);
}

async function untilUp(clients) {
  const endMs = performance.now() + UP_MS;
  for (;;) {
    const up = await Promise.all(clients.map(isUp));
    if (up.every(Boolean)) return;
    if (performance.now() > endMs) throw new Error("the two daemons do not find each other");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Starts both in this folder; resolves when they are peers. */
export async function startPair(folder, label) {
  const parts = await Promise.all(["a", "b"].map((name) => describe(folder, label + name)));
  const servers = await Promise.all(
    parts.map((own, i) => {
      const file = join(own.place, "config.yml");
      writeFileSync(file, configuration(own, parts[1 - i]), { mode: 0o600 });
      return startServer(`daemon-${own.name}`, [COMMAND, "daemon", "--config", file], own.address);
    }),
  );
  const clients = parts.map(({ socketPath }) => connect(`unix://${socketPath}`));
  await untilUp(clients);
  const drops = () => Promise.all(clients.map(dropped));
  let before = await drops();
  return {
    servers,
    socketPaths: parts.map(({ socketPath }) => socketPath),
    status: () => Promise.all(clients.map((client) => client.status())),
    /** Where messages were lost since the last call: `a.linkQueueExpired 12`. */
    async losses() {
      const now = await drops();
      const said = now.flatMap((counters, i) =>
        Object.entries(counters).flatMap(([name, value]) => {
          const more = value - (before[i]?.[name] ?? 0);
          return more > 0 ? [`${"ab"[i]}.${name} ${more}`] : [];
        }),
      );
      before = now;
      return said;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
