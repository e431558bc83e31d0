// SPDX-License-Identifier: GPL-3.0-or-later

// The section `limits`. Guards the order between limits that config.ts promises: a key that is
// left out gives way to the others, one that is written and breaks the order is a problem.

import type { z } from "zod";
import type { Limits } from "./config.js";
import { count, section, size } from "./fields.js";
import { formatSize, gib, kib, mib } from "./sizes.js";

const DEFAULT_NODES_PER_CLIENT = 12_000;
const DEFAULT_INBOX_BYTES = mib(4);
const DEFAULT_MAX_INBOX_BYTES = mib(64);

const keys = section({
  nodes: count(
    "Nodes open at this daemon. With more, opening fails with LIMIT_NODES.",
    1,
    1_000_000,
  ).default(20_000),
  nodes_per_client: count(
    "Nodes that one client has open, at most `nodes`. With more, opening fails with LIMIT_NODES.",
    1,
    1_000_000,
  )
    .optional()
    .meta({ examples: [DEFAULT_NODES_PER_CLIENT] }),
  clients: count("Connections of clients. More are refused.", 1, 100_000).default(256),
  connections_per_second: count(
    "New connections of one local process a second, and at once. More wait, for up to 5 s, or are " +
      "refused.",
    1,
    1_000_000,
  ).default(8),
  queued_bytes: size(
    "Messages that wait to be read, at all nodes together. More are dropped and counted.",
    mib(1),
    gib(64),
  ).prefault(formatSize(mib(256))),
  queued_bytes_per_client: size(
    "Messages on their way to the streams of one client, at most `queued_bytes`. Beyond it they wait " +
      "in the inboxes of its nodes. A quarter of `queued_bytes` if left out.",
    kib(512),
    gib(64),
  )
    .optional()
    .meta({ examples: [formatSize(mib(64))] }),
  inbox_bytes: size(
    "Messages that wait to be read at one node, unless its opener asks for another bound; at most " +
      "`max_inbox_bytes`. Beyond it the oldest are dropped and counted.",
    kib(128),
    gib(1),
  )
    .optional()
    .meta({ examples: [formatSize(DEFAULT_INBOX_BYTES)] }),
  max_inbox_bytes: size(
    "The largest inbox that the opener of a node may ask for, at most `queued_bytes`.",
    kib(128),
    gib(1),
  )
    .optional()
    .meta({ examples: [formatSize(DEFAULT_MAX_INBOX_BYTES)] }),
  requests_per_second: count(
    "Requests a second of one client, with bursts of twice as many. More fail with LIMIT_RATE.",
    1,
    1_000_000,
  ).default(5_000),
  streams: count(
    "Streams of all clients together. With more, opening fails with LIMIT_NODES.",
    1,
    1_000_000,
  ).default(25_000),
  total_requests_per_second: count(
    "Requests a second of all clients together, beside an even share that each has of its own. " +
      "More fail with LIMIT_RATE.",
    1,
    10_000_000,
  ).default(50_000),
  opens_per_second: count(
    "Nodes opened a second by all clients together, beside an even share that each has of its own. " +
      "More fail with LIMIT_RATE.",
    1,
    1_000_000,
  ).default(10_000),
});

type Given = z.output<typeof keys>;
type Key = keyof Given;

/** Which key may not exceed which; that one, left out, gives way to the next. */
const ORDER: readonly {
  readonly key: Key;
  readonly bounds: readonly [Key, ...Key[]];
  readonly most: (limits: Limits) => number;
  readonly write: (value: number) => string;
}[] = [
  {
    key: "nodes_per_client",
    bounds: ["nodes"],
    most: (limits) => limits.nodes,
    write: String,
  },
  {
    key: "queued_bytes_per_client",
    bounds: ["queued_bytes"],
    most: (limits) => limits.queuedBytes,
    write: formatSize,
  },
  {
    key: "inbox_bytes",
    bounds: ["max_inbox_bytes", "queued_bytes"],
    most: (limits) => limits.maxInboxBytes,
    write: formatSize,
  },
  {
    key: "max_inbox_bytes",
    bounds: ["queued_bytes"],
    most: (limits) => limits.queuedBytes,
    write: formatSize,
  },
];

/** The section `limits`, complete and frozen. */
export const limitsSchema = keys
  // Also after other problems, so that all are reported at once: comparing with what is not a
  // number finds nothing.
  .superRefine(checkOrder, { when: () => true })
  .transform((given): Limits => Object.freeze(complete(given)));

function checkOrder(given: Given, context: z.core.$RefinementCtx<Given>): void {
  const faulty = new Set(context.issues.map(({ path }) => path?.[0]));
  const limits = complete(given);
  for (const { key, bounds, most, write } of ORDER) {
    if ([key, ...bounds].some((name) => faulty.has(name))) continue;
    const value = given[key];
    if (value === undefined || value <= most(limits)) continue;
    const message = `more than ${bounds[0]}, expected at most ${write(most(limits))}`;
    context.addIssue({ code: "custom", path: [key], message });
  }
}

function complete(given: Given): Limits {
  const { nodes, queued_bytes: queuedBytes } = given;
  const maxInboxBytes = given.max_inbox_bytes ?? Math.min(DEFAULT_MAX_INBOX_BYTES, queuedBytes);
  return {
    nodes,
    nodesPerClient: given.nodes_per_client ?? Math.min(DEFAULT_NODES_PER_CLIENT, nodes),
    clients: given.clients,
    connectionsPerSecond: given.connections_per_second,
    queuedBytes,
    queuedBytesPerClient: given.queued_bytes_per_client ?? Math.floor(queuedBytes / 4),
    inboxBytes: given.inbox_bytes ?? Math.min(DEFAULT_INBOX_BYTES, maxInboxBytes),
    maxInboxBytes,
    requestsPerSecond: given.requests_per_second,
    streams: given.streams,
    totalRequestsPerSecond: given.total_requests_per_second,
    opensPerSecond: given.opens_per_second,
  };
}
