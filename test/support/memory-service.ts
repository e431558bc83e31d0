// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A daemon in memory, for testing programs: opens nodes that reach each other, and can be told
 * to lose, alter, double or refuse what is sent. Order is kept; messages arrive in a turn of the
 * event loop of their own, so that two programs that answer each other leave turns to others.
 */
import {
  type Address,
  type Admin,
  batchOfOne,
  type Client,
  createInbox,
  type DaemonStatus,
  generateKey,
  type Inbox,
  MTU,
  type Node,
  NodeError,
  type NodeErrorReason,
  type PrivateKey,
  type RouteExplanation,
} from "@inet256/client";

/** A message on its way. */
export interface Passing {
  readonly from: Address;
  readonly to: Address;
  readonly payload: Uint8Array;
}

/** What the service does to what passes. */
export interface MemoryServiceOptions {
  /** What arrives in place of a message: nothing, the message, or others. */
  readonly onTheWay?: (passing: Passing) => readonly Uint8Array[];
  /** Why a message is refused; undefined: it is not. */
  readonly refuse?: (passing: Passing) => NodeErrorReason | undefined;
  /** Whether trySend finds no room. */
  readonly isFull?: () => boolean;
  /** What status says in place of what it would say. */
  readonly status?: Partial<DaemonStatus>;
  /** What operators may ask and change; anything else throws. */
  readonly admin?: Partial<Admin>;
  /** What explain says in place of what it would say. */
  readonly explanation?: Partial<RouteExplanation>;
}

/** A service in memory, with what tests ask about it. */
export interface MemoryService extends Client {
  /** The daemon's own address: messages to it come back. */
  readonly own: Address;
  /** Nodes that are open. */
  readonly openNodes: number;
  /** Messages that were accepted, in order. */
  readonly accepted: readonly Passing[];
}

const unexpected = (): never => {
  throw new Error("not expected to be called");
};
const UNEXPECTED: Admin = {
  watch: unexpected,
  nodes: unexpected,
  peers: unexpected,
  addPeer: unexpected,
  removePeer: unexpected,
  networks: unexpected,
  ping: unexpected,
  trace: unexpected,
  logLevel: unexpected,
  setLogLevel: unexpected,
};
const INBOX_BYTES = 64 * 1024 * 1024;

/** A service with no node open. */
export function createMemoryService(options: MemoryServiceOptions = {}): MemoryService {
  const inboxes = new Map<string, Inbox>();
  const accepted: Passing[] = [];
  const { publicKey } = generateKey();
  let underway: (() => void)[] = [];
  const arriveLater = (arrive: () => void): void => {
    if (underway.push(arrive) > 1) return;
    setImmediate(() => {
      const arriving = underway;
      underway = [];
      for (const next of arriving) next();
    });
  };
  const own = publicKey.address;

  const transmit = (passing: Passing): NodeErrorReason | undefined => {
    const copy = { ...passing, payload: Uint8Array.from(passing.payload) };
    const there = passing.to.equals(own) || inboxes.has(`${passing.to}`);
    const reason = options.refuse?.(copy) ?? (there ? undefined : "NO_SUCH_ADDRESS");
    if (reason !== undefined) return reason;
    accepted.push(copy);
    const isOwn = copy.to.equals(own);
    const target = inboxes.get(`${isOwn ? copy.from : copy.to}`);
    const source = isOwn ? own : copy.from;
    const payloads = options.onTheWay?.(copy) ?? [copy.payload];
    arriveLater(() => {
      for (const payload of payloads) {
        target?.push(batchOfOne({ source, payload }), payload.length);
      }
    });
    return undefined;
  };

  return {
    endpoint: "unix:///memory",
    admin: { ...UNEXPECTED, ...options.admin },
    own,
    accepted,
    get openNodes() {
      return inboxes.size;
    },
    async open(key) {
      const inbox = createInbox(INBOX_BYTES);
      inboxes.set(`${key.address}`, inbox);
      const over = (): void => {
        inboxes.delete(`${key.address}`);
        inbox.end(new NodeError("NODE_CLOSED", "the node has been closed"));
      };
      return createMemoryNode(key, inbox, transmit, options.isFull ?? (() => false), over);
    },
    async drop(key) {
      inboxes.get(`${key.address}`)?.end(new NodeError("NODE_DROPPED", "the node was dropped"));
      inboxes.delete(`${key.address}`);
    },
    async status() {
      return { ...statusOf(publicKey, inboxes.size), ...options.status };
    },
    async explain(address) {
      const isThere = address.equals(own) || inboxes.has(`${address}`);
      return { ...explanationOf(isThere ? own : undefined), ...options.explanation };
    },
    async close() {
      for (const inbox of inboxes.values()) inbox.end(new NodeError("NODE_CLOSED", "closed"));
      inboxes.clear();
    },
  };
}

function createMemoryNode(
  key: PrivateKey,
  inbox: Inbox,
  transmit: (passing: Passing) => NodeErrorReason | undefined,
  isFull: () => boolean,
  over: () => void,
): Node {
  const { address, publicKey } = key;
  const trySend: Node["trySend"] = (to, payload) => {
    if (isFull()) return false;
    transmit({ from: address, to, payload });
    return true;
  };
  return {
    address,
    publicKey,
    mtu: MTU,
    async send(to, payload) {
      const reason = transmit({ from: address, to, payload });
      if (reason !== undefined) throw new NodeError(reason, `refused: ${reason}`);
    },
    trySend,
    room: () => new Promise((resolve) => setImmediate(resolve)),
    sendBatch: (batch) => {
      const stop = batch.findIndex(({ to, payload }) => !trySend(to, payload));
      return stop < 0 ? batch.length : stop;
    },
    receive: inbox.receive,
    batches: inbox.batches,
    findAddress: () => Promise.reject(new NodeError("NO_SUCH_ADDRESS", "not in memory")),
    lookupPublicKey: () => Promise.reject(new NodeError("NO_SUCH_ADDRESS", "not in memory")),
    async close() {
      over();
    },
    async drop() {
      over();
    },
  };
}

function explanationOf(router: Address | undefined): RouteExplanation {
  const ready = router !== undefined;
  const why = ready ? "it is open at this daemon" : "nobody has it";
  const unknown = { nextHop: undefined, costMicros: undefined };
  return { ready, why, local: ready, router, hops: ready ? 0 : undefined, ...unknown };
}

function statusOf(publicKey: DaemonStatus["publicKey"], nodes: number): DaemonStatus {
  return {
    address: publicKey.address,
    publicKey,
    version: "0.0.0",
    uptimeMs: 93_784_000,
    endpoints: ["unix:///memory"],
    network: "memory",
    transportAddresses: [],
    peers: [],
    routes: [],
    sessions: { remotes: 0, sessions: 0, waitingRemotes: 0, waitingBytes: 0 },
    nodes,
    clients: 1,
    streams: nodes,
    queuedBytes: 1234,
    counters: { datagrams_delivered: 1234567, datagrams_lost: 0 },
  };
}
