// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The rooms of server/, bottom to top: which other rooms each may import, and which packages. All
 * of the design's rooms stand here, those to come as well; only those that exist are looked at.
 */

/** What one room may import. */
export interface Room {
  /** Other rooms, by their doors. */
  readonly rooms: readonly string[];
  /** Packages; one that ends in `/*` stands for everything in it. */
  readonly packages: readonly string[];
}

/** Rooms that are for others: nothing of the server imports them, not even the daemon. */
export const FOR_OTHERS: readonly string[] = ["testing"];

/** What every room may import. */
export const EVERYWHERE = ["@inet256/client/identity", "node:buffer", "node:path"] as const;

/** The generated stubs, `gen` for short. */
const GEN = "@inet256/proto";
const CLIENT = ["@inet256/client", "@inet256/client/grpc"] as const;
const PROTOBUF = ["@bufbuild/protobuf", "@bufbuild/protobuf/wkt"] as const;
const GRPC = "@grpc/grpc-js";

/** The table. */
export const ROOMS: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: [] },
  // node:module: koffi is optional and loaded when asked for; node:os: which system, its interfaces.
  sys: { rooms: ["core"], packages: ["koffi", "node:fs", "node:net", "node:module", "node:os"] },
  // node:module: how an addon without types is loaded, and found missing.
  crypto: {
    rooms: ["core"],
    packages: ["sodium-native", "@noble/*", "node:crypto", "node:module"],
  },
  identity: { rooms: ["crypto", "core"], packages: [] },
  noise: { rooms: ["crypto", "core"], packages: [] },
  channel: { rooms: ["noise", "crypto", "identity", "core"], packages: [] },
  transport: { rooms: ["sys", "core"], packages: ["node:dgram"] },
  link: { rooms: ["channel", "transport", "identity", "core"], packages: [] },
  discovery: {
    rooms: ["transport", "identity", "crypto", "core"],
    packages: [GEN, GRPC, ...PROTOBUF, ...CLIENT, "node:dgram", "node:os"],
  },
  registry: { rooms: ["identity", "core"], packages: ["ioredis", "node:fs"] },
  peers: { rooms: ["link", "discovery", "transport", "identity", "core"], packages: [] },
  network: { rooms: ["peers", "link", "identity", "crypto", "core"], packages: ["zod"] },
  // What others run against a router of their own. node:assert: so that it needs no test runner.
  testing: {
    rooms: ["network", "identity", "crypto", "core"],
    packages: ["node:assert/strict"],
  },
  session: { rooms: ["channel", "network", "identity", "core"], packages: [] },
  node: { rooms: ["session", "network", "identity", "core"], packages: [] },
  service: {
    rooms: ["node", "network", "peers", "identity", "core"],
    packages: ["@inet256/client"],
  },
  config: { rooms: ["identity", "core"], packages: ["zod", "yaml"] },
  api: {
    rooms: ["service", "registry", "identity", "crypto", "core"],
    packages: [GEN, GRPC, ...PROTOBUF, ...CLIENT, "node:net", "node:tls", "node:fs", "node:http2"],
  },
  daemon: {
    rooms: ["*"],
    packages: ["pino", "pino-pretty", "prom-client", "node:fs", "node:http"],
  },
};

/** Adapters to the machine, and what they may import beyond the table (node:process: nextTick). */
export const MACHINE: Readonly<Record<string, readonly string[]>> = {
  "server/src/core/system.ts": ["node:crypto", "node:process"],
  "clients/ts/src/outbox.ts": ["node:process"],
};

/** Which licence each folder is under; the longest name that fits counts. */
export const LICENCES: Readonly<Record<string, "Apache-2.0" | "GPL-3.0-or-later">> = {
  proto: "Apache-2.0",
  gen: "Apache-2.0",
  "clients/ts": "Apache-2.0",
  "clients/go": "Apache-2.0",
  "clients/python": "Apache-2.0",
  server: "GPL-3.0-or-later",
  apps: "GPL-3.0-or-later",
  test: "GPL-3.0-or-later",
  packaging: "GPL-3.0-or-later",
};

/** Files of the command that may use the daemon as a library; all others use the client. */
export const DAEMON_COMMANDS: readonly string[] = [
  "apps/src/commands/daemon.ts",
  "apps/src/commands/create-config.ts",
  "apps/src/commands/config.ts",
  // What those three share.
  "apps/src/config-file.ts",
  "apps/src/commands/list-networks.ts",
  // Daemons in the command's own process.
  "apps/src/commands/island.ts",
  "apps/src/island/island.ts",
];

/** Where packets pass, below server/src. */
export const HOT: readonly string[] = [
  "channel/",
  "core/",
  "link/",
  "node/",
  "session/",
  "sys/",
  "transport/udp",
];

/** Lines of a source; beyond them it fails. From 250 on one should look again. */
export const MOST_LINES = 400;
