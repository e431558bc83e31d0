// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Numbered messages between numbered nodes, and an account of what became of each. A message says
 * in its first bytes who sent it to whom; all its bytes follow from its number. What it guards: it
 * shares no code with the daemons, and every message that comes must be one that was sent, come to
 * the node it was sent to, from the node that sent it, and for the first time.
 */
import type { LabNode, Refused } from "./lab-node.js";

/** What the account says. */
export interface LedgerReport {
  readonly sent: number;
  /** Messages whose sending was refused. */
  readonly refused: number;
  readonly arrived: number;
  readonly altered: number;
  readonly twice: number;
  /** Came from, or to, another node than it says, or was never sent. */
  readonly misattributed: number;
}

/** Sends numbered messages and checks what comes. */
export interface Ledger {
  /** Gives a node its number, the next one; it may be a later opening of one that has a number. */
  enrol(node: LabNode): number;
  /** The opening with this number. */
  node(number: number): LabNode;
  /** Sends the next message; its number, or -1 if it was refused. */
  send(from: number, to: number, length: number): number;
  /** Why the last one that was refused was. */
  readonly refusal: Refused;
  /** Whether a message has come. */
  has(id: number): boolean;
  /** Is told of each message that comes as it should. */
  onArrival: (id: number) => void;
  report(): LedgerReport;
  readonly sent: number;
  readonly arrived: number;
}

/** Bytes of the shortest message: its number, its length, and both ends. */
export const SHORTEST_BYTES = 12;
const LONGEST_BYTES = 65_535;

/** An account of at most so many messages. */
export function createLedger(most: number): Ledger {
  const nodes: LabNode[] = [];
  const numbers = new Map<string, number>();
  // A bit each.
  const arrivals = new Uint8Array(Math.ceil(most / 8));
  const hasArrived = (id: number): boolean => ((arrivals[id >> 3] ?? 0) & (1 << (id & 7))) !== 0;
  const outgoing = new Uint8Array(LONGEST_BYTES);
  const expected = new Uint8Array(LONGEST_BYTES);
  const sums = { sent: 0, refused: 0, arrived: 0, altered: 0, twice: 0, misattributed: 0 };
  const names = new Map<string, number>();
  let refusal: Refused;

  const node = (number: number): LabNode => {
    const found = nodes[number];
    if (found === undefined) throw new RangeError(`number: got ${number}`);
    return found;
  };
  const hear = (at: number, source: Uint8Array, payload: Uint8Array): void => {
    if (payload.length < SHORTEST_BYTES) {
      sums.altered += 1;
      return;
    }
    const view = new DataView(payload.buffer, payload.byteOffset);
    const id = view.getUint32(0, true);
    const [from, to] = [view.getUint16(8, true), view.getUint16(10, true)];
    const trueFrom = names.get(Buffer.from(source).toString("latin1"));
    if (id >= sums.sent || to !== at || from !== trueFrom) {
      sums.misattributed += 1;
      return;
    }
    writeMessage(id, payload.length, from, to, expected);
    if (Buffer.compare(expected.subarray(0, payload.length), payload) !== 0) sums.altered += 1;
    else if (hasArrived(id)) sums.twice += 1;
    else {
      arrivals[id >> 3] = (arrivals[id >> 3] ?? 0) | (1 << (id & 7));
      sums.arrived += 1;
      ledger.onArrival(id);
    }
  };
  const ledger: Ledger = {
    enrol(opened) {
      const name = opened.address.toString();
      const number = numbers.get(name) ?? nodes.length;
      numbers.set(name, number);
      names.set(Buffer.from(opened.address.bytes).toString("latin1"), number);
      nodes[number] = opened;
      opened.onMessage = (source, payload) => hear(number, source, payload);
      return number;
    },
    node,
    send(from, to, length) {
      const id = sums.sent;
      if (id >= most) throw new RangeError(`most: ${most} are sent`);
      const bytes = Math.max(SHORTEST_BYTES, Math.min(length, LONGEST_BYTES));
      writeMessage(id, bytes, from, to, outgoing);
      sums.sent += 1;
      const refused = node(from).send(node(to).address, outgoing.subarray(0, bytes));
      if (refused === undefined) return id;
      refusal = refused;
      sums.refused += 1;
      return -1;
    },
    get refusal() {
      return refusal;
    },
    onArrival() {},
    has: (id) => id >= 0 && hasArrived(id),
    report: () => ({ ...sums }),
    get sent() {
      return sums.sent;
    },
    get arrived() {
      return sums.arrived;
    },
  };
  return ledger;
}

/** The message with this number. */
function writeMessage(
  id: number,
  length: number,
  from: number,
  to: number,
  into: Uint8Array,
): void {
  const view = new DataView(into.buffer, into.byteOffset);
  view.setUint32(0, id, true);
  view.setUint32(4, length, true);
  view.setUint16(8, from, true);
  view.setUint16(10, to, true);
  let word = Math.imul(id + 1, 0x9e3779b1) ^ length;
  for (let i = SHORTEST_BYTES; i < length; i++) {
    word = (Math.imul(word, 0x01000193) + i) | 0;
    into[i] = word >>> 16;
  }
}
