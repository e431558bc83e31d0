// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What is on its way through node:dgram. dgram sends at once where it can, and otherwise keeps the
 * array it was given and says nothing: so each datagram is copied into an array of ours, which is
 * free again at once if dgram's queue has not grown. Invariant: no array is written to while dgram
 * may still read it, and all of them together are bounded.
 */
import type { Socket } from "node:dgram";
import type { UdpAddress } from "./udp-address.js";
import type { UdpShared } from "./udp-end.js";

/** Bytes of arrays, held by dgram or free. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Two sizes of arrays: for what an Ethernet carries, and for any datagram. */
const SMALL_BYTES = 2_048;
const LARGE_BYTES = 65_536;
/** Sends whose end dgram has not told yet; it tells in the next turn at the earliest. */
const MOST_UNTOLD = 8_192;

/** Sends one datagram at a time. */
export interface PlainQueue {
  /** False, and nothing done, where there is no room. Then `writable` will be told. */
  send(to: UdpAddress, buffer: Uint8Array, at: number, length: number): boolean;
}

/** A send that dgram has not told the end of. Used again and again, with one callback each. */
interface Ticket {
  to: UdpAddress | undefined;
  length: number;
  /** What dgram holds; undefined if it holds nothing. */
  held: Uint8Array | undefined;
  readonly done: (error: Error | null) => void;
}

/** Arrays of one size, at most so many bytes of them. */
function createArrays(mostBytes: number, size: number) {
  const free: Uint8Array[] = [];
  let room = mostBytes;
  return {
    take(): Uint8Array | undefined {
      const array = free.pop();
      if (array !== undefined || room < size) return array;
      room -= size;
      return new Uint8Array(size);
    },
    give: (array: Uint8Array): void => void free.push(array),
  };
}

/** Sends through a bound socket. */
export function createPlainQueue(socket: Socket, shared: UdpShared): PlainQueue {
  const { counters, notices } = shared;
  // Half of the room for each, so that neither size can starve the other.
  const small = createArrays(MOST_BYTES / 2, SMALL_BYTES);
  const large = createArrays(MOST_BYTES / 2, LARGE_BYTES);
  const arraysFor = (length: number) => (length <= SMALL_BYTES ? small : large);
  const tickets: Ticket[] = [];
  let untold = 0;
  let awaited = false;

  const end = (ticket: Ticket, error: Error | null): void => {
    const { to, held, length } = ticket;
    ticket.to = undefined;
    ticket.held = undefined;
    tickets.push(ticket);
    untold -= 1;
    if (held !== undefined) arraysFor(length).give(held);
    if (shared.isClosed() || to === undefined) return;
    if (error !== null) count(shared, to, error);
    else {
      counters.datagramsSent += 1;
      counters.bytesSent += length;
    }
    if (awaited && untold <= MOST_UNTOLD / 2 && socket.getSendQueueCount() === 0) {
      awaited = false;
      notices.writable();
    }
  };
  const createTicket = (): Ticket => {
    const ticket: Ticket = {
      to: undefined,
      length: 0,
      held: undefined,
      done: (error) => end(ticket, error),
    };
    return ticket;
  };
  return {
    send(to, buffer, at, length) {
      const arrays = arraysFor(length);
      const array = untold < MOST_UNTOLD ? arrays.take() : undefined;
      if (array === undefined) {
        awaited = true;
        return false;
      }
      array.set(buffer.subarray(at, at + length));
      const ticket = tickets.pop() ?? createTicket();
      ticket.to = to;
      ticket.length = length;
      untold += 1;
      const before = socket.getSendQueueCount();
      socket.send(array, 0, length, to.port, to.host, ticket.done);
      if (socket.getSendQueueCount() > before) ticket.held = array;
      else arrays.give(array);
      return true;
    },
  };
}

const QUEUE_FULL = ["EAGAIN", "ENOBUFS", "ENOMEM"];

function count({ counters, notices }: UdpShared, to: UdpAddress, error: Error): void {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "EMSGSIZE") counters.droppedTooLarge += 1;
  else if (QUEUE_FULL.includes(code)) counters.droppedQueueFull += 1;
  else if (code === "ECONNREFUSED" || code === "ECONNRESET") notices.unreachable(to);
  else {
    counters.droppedNoRoute += 1;
    notices.failed(to);
  }
}
