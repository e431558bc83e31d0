// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A node that is open at a daemon of the laboratory, used as the API uses it: everything is read at
 * once, and who sends in rows pauses while it is crowding, until relief or for a while.
 */
import { createDeadline } from "../../server/src/core/index.js";
import type { Engine } from "../../server/src/daemon/index.js";
import { Address } from "../../server/src/identity/index.js";
import type { Opening } from "../../server/src/service/index.js";
import type { Host } from "./host.js";

/** The identity of a node, which can be opened any number of times. */
export interface NodeKey {
  readonly name: string;
  readonly address: Address;
  /** The serialized private key; whoever needs one that is wiped takes a copy. */
  readonly serialized: Uint8Array;
}

/** A message that came. */
export interface Letter {
  readonly source: string;
  readonly text: string;
  readonly atMs: number;
}

/** Why something was refused; undefined when it was accepted. */
export type Refused = ReturnType<Opening["transmit"]>;

/** Hears of a message: its source's 32 bytes and its own, which hold until this returns. */
export type Hear = (source: Uint8Array, payload: Uint8Array) => void;

/** One opening. */
export interface LabNode {
  readonly key: NodeKey;
  readonly address: Address;
  readonly opening: Opening;
  /** What came, oldest first, unless `onMessage` was given. */
  readonly letters: readonly Letter[];
  readonly texts: readonly string[];
  /** Takes over what is done with a message. */
  onMessage: Hear;
  /** Sends bytes, or a text. A row is to be interrupted while `paused`. */
  send(to: Address, payload: Uint8Array | string): Refused;
  /** Whether a sender of rows is to wait now. */
  readonly paused: boolean;
}

/** How long a crowded sender waits for relief: as the API's acceptances. */
const PATIENCE_MS = 100;

/** Opens a node at an engine as its API would. Throws NodeError when it is refused. */
export function openLabNode(engine: Engine, host: Host, key: NodeKey): LabNode {
  const { clock, deadlines } = host;
  const opening = engine.service.openSerialized(key.serialized.slice(), { inboxBytes: undefined });
  const letters: Letter[] = [];
  let paused = false;
  const goOn = (): void => {
    paused = false;
    deadlines.clear(patience);
    opening.forgetRelief(goOn);
  };
  const patience = createDeadline(goOn);
  opening.onEnd(goOn);
  opening.read((addresses, addressAt, buffer, start, end) => {
    const source = addresses.subarray(addressAt, addressAt + key.address.bytes.length);
    node.onMessage(source, buffer.subarray(start, end));
    return true;
  });
  const node: LabNode = {
    key,
    address: key.address,
    opening,
    letters,
    get texts() {
      return letters.map(({ text }) => text);
    },
    onMessage(source, payload) {
      const text = Buffer.from(payload).toString();
      const from = Address.fromBytes(source).toString();
      letters.push({ source: from, text, atMs: clock.monotonicMs() });
    },
    send(to, payload) {
      const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
      const refused = opening.transmit(to.bytes, 0, bytes, 0, bytes.length);
      if (opening.crowding() && !paused) {
        paused = true;
        deadlines.set(patience, clock.monotonicMs() + PATIENCE_MS);
        opening.onRelief(goOn);
      }
      return refused;
    },
    get paused() {
      return paused;
    },
  };
  return node;
}
