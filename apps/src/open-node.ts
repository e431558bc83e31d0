// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How a program gets a node: connect, open, use, close. What the connection goes through
 * meanwhile is told on stderr.
 */
import type { Client, ClientEvent, Node, PrivateKey } from "@inet256/client";
import { readKey } from "./keys.js";
import { formatMany } from "./quantities.js";
import { note, type Terminal, type World } from "./world.js";

/** Which daemon, and which node at it. */
export interface NodeChoice {
  /** The daemon's endpoint; undefined: the default. */
  readonly api: string | undefined;
  /** The file of the node's private key; undefined: a fresh key in memory. */
  readonly key: string | undefined;
}

/** What else a program wants of its node. */
export interface NodeWishes {
  /** Hears of every event, beside what is told on stderr. */
  readonly onEvent?: (event: ClientEvent) => void;
  /** Bytes of unread messages to keep in this process. */
  readonly inboxBytes?: number;
}

/**
 * Opens a node, hands it to `use`, and closes it whatever happens. Rejects with what opening
 * rejects with, with the reason of an interruption, and with what `use` does.
 */
export async function withNode<T>(
  world: World,
  choice: NodeChoice,
  use: (node: Node, client: Client) => Promise<T>,
  wishes: NodeWishes = {},
): Promise<T> {
  const { terminal } = world;
  const key = await chooseKey(choice.key, terminal);
  const teller = createTeller(terminal);
  try {
    const client = await world.connect(choice.api, {
      onEvent: (event) => {
        teller.tell(event);
        wishes.onEvent?.(event);
      },
      ...(wishes.inboxBytes === undefined ? {} : { inboxBytes: wishes.inboxBytes }),
    });
    try {
      const node = await client.open(key, { signal: terminal.interrupted });
      return await use(node, client);
    } finally {
      await client.close();
    }
  } finally {
    teller.sumUp();
    key.wipe();
  }
}

async function chooseKey(path: string | undefined, terminal: Terminal): Promise<PrivateKey> {
  if (path !== undefined) return readKey(path, terminal);
  const { generateKey } = await import("@inet256/client");
  return generateKey();
}

/** Tells people about events. */
interface Teller {
  tell(event: ClientEvent): void;
  /** Says at the end what was not said each time. */
  sumUp(): void;
}

function createTeller(terminal: Terminal): Teller {
  const lost = { client: 0, daemon: 0 };
  return {
    tell(event) {
      switch (event.type) {
        case "disconnected":
          return note(terminal, "the connection to the daemon broke; trying again");
        case "reopened":
          return note(terminal, "connected to the daemon again");
        case "lost":
          lost[event.at] = event.total;
          return;
        case "ended":
        case "refused":
          // The calls that wait say so themselves; who sends without waiting listens.
          return;
      }
    },
    sumUp() {
      const total = lost.client + lost.daemon;
      if (total === 0) return;
      note(terminal, `${formatMany(total, "message")} lost: they came faster than they were read`);
    },
  };
}
