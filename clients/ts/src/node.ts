// SPDX-License-Identifier: Apache-2.0

/**
 * What an application sees of INET256: a Service opens nodes, a Node sends and receives messages.
 * Two implementations share these types: the gRPC client of this package, and a daemon's own.
 */
import type { Address, PrivateKey, PublicKey } from "./identity/index.js";

/** The longest message in bytes, the same for every destination. */
export const MTU = 65_535;

/** A message that arrived, with its true sender. */
export interface Datagram {
  /** Who sent it. */
  readonly source: Address;
  /** The message, 0 to 65,535 bytes. It belongs to the receiver. */
  readonly payload: Uint8Array;
}

/** A message to send. */
export interface OutgoingDatagram {
  /** The destination. */
  readonly to: Address;
  /** The message, 0 to 65,535 bytes; copied before the call returns. */
  readonly payload: Uint8Array;
}

/** Messages that arrived together, in order; reading one by index makes no object. */
export interface DatagramBatch extends Iterable<Datagram> {
  /** How many, at least one. */
  readonly length: number;
  /** The sender of message `index`. Throws RangeError where there is none. */
  source(index: number): Address;
  /** The bytes of message `index`, a view into the batch. Throws RangeError where there is none. */
  payload(index: number): Uint8Array;
}

/** Lets the caller give up. What was given up rejects with the signal's own reason. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** How to open a node. What cannot be honoured is an error, UNSUPPORTED_OPTION. */
export interface OpenOptions extends CallOptions {
  /**
   * How many bytes of unread messages the daemon keeps for the node, each counted with 36 bytes
   * more; the oldest are lost when it is full. Default: what the daemon's configuration says.
   */
  readonly inboxBytes?: number;
}

/**
 * One identity that sends and receives messages. Messages arrive at most once, unaltered, from
 * exactly who they claim to be from, or not at all.
 *
 * Every call rejects with a NodeError: NODE_CLOSED after close, NODE_DROPPED after somebody
 * dropped the node, and what is said at each call.
 */
export interface Node {
  /** The node's own address. */
  readonly address: Address;
  /** The key that hashes to it. */
  readonly publicKey: PublicKey;
  /** The longest message in bytes: 65,535. */
  readonly mtu: number;
  /**
   * Sends one message and resolves when it was accepted, which is not to say that it arrived.
   * Waits while too much is on its way. Rejects with MESSAGE_TOO_LARGE, BAD_ADDRESS,
   * NO_SUCH_ADDRESS, UNREACHABLE, LIMIT_BYTES, or OUTCOME_UNKNOWN when the connection broke
   * before the daemon answered; none of those is sent again. Giving up after the message was
   * handed over does not call it back.
   */
  send(to: Address, payload: Uint8Array, options?: CallOptions): Promise<void>;
  /**
   * Sends one message without a promise. False when too much is on its way or the node is
   * closed; `room` waits until there is room again. Throws MESSAGE_TOO_LARGE and BAD_ADDRESS.
   */
  trySend(to: Address, payload: Uint8Array): boolean;
  /**
   * Resolves when trySend would take a message; that it then takes one is not promised, for others
   * may have been quicker. Waits through an outage of the daemon as `send` does.
   */
  room(options?: CallOptions): Promise<void>;
  /** trySend for many; returns how many of them, from the first on, were taken. */
  sendBatch(batch: readonly OutgoingDatagram[]): number;
  /** Takes the next message. Competing receivers each get different ones. */
  receive(options?: CallOptions): Promise<Datagram>;
  /** Takes messages as they come, many at a time; ends when the node is closed. */
  batches(options?: CallOptions): AsyncIterable<DatagramBatch>;
  /**
   * Finds an address known to the network whose first `nbits` bits are those of `prefix`; what is
   * longer is ignored. Rejects with NO_SUCH_ADDRESS when there is none.
   */
  findAddress(prefix: Uint8Array, nbits: number, options?: CallOptions): Promise<Address>;
  /** Finds the key that hashes to an address. Rejects with NO_SUCH_ADDRESS when there is none. */
  lookupPublicKey(address: Address, options?: CallOptions): Promise<PublicKey>;
  /** Ends this opening; the last one takes the node with it. Closing twice is fine. */
  close(): Promise<void>;
  /** Removes the node whoever opened it. */
  drop(): Promise<void>;
}

/** Opens and drops nodes. */
export interface Service {
  /**
   * Joins the network as the address of that key; resolves when the node can send and be reached
   * from here. Opening a key that is open shares the node. Rejects with BAD_KEY,
   * KEY_IN_USE_BY_DAEMON, UNSUPPORTED_OPTION, LIMIT_NODES, LIMIT_RATE or UNAVAILABLE.
   */
  open(privateKey: PrivateKey, options?: OpenOptions): Promise<Node>;
  /** Removes the node of that key whoever opened it. Dropping what is not open succeeds. */
  drop(privateKey: PrivateKey): Promise<void>;
}
