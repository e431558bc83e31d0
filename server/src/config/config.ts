// SPDX-License-Identifier: GPL-3.0-or-later

import type { LogLevel } from "../core/index.js";
import type { Address } from "../identity/index.js";

/** A daemon's configuration: checked, complete and frozen all the way down. */
export interface Config {
  /**
   * The file of the daemon's own private key: absolute if the path in the configuration or that
   * of the configuration is. Undefined: the daemon makes a key and keeps it in a place of its own.
   */
  readonly privateKeyPath: string | undefined;
  /**
   * Where clients connect, `unix:///absolute/path`. Undefined: inet256.sock in the
   * user's runtime directory, and for root `unix:///run/inet256.sock`.
   */
  readonly apiEndpoint: string | undefined;
  /** Who else may call, and from where. */
  readonly api: ApiSettings;
  readonly log: LogSettings;
  /** Which adapter does the cryptography; auto is native where it can be loaded. */
  readonly crypto: "auto" | "native" | "portable";
  /** Which routing algorithm. All daemons of a network have the same. */
  readonly network: NetworkSettings;
  /** How other daemons are reached. Empty: not at all. */
  readonly transports: readonly TransportSettings[];
  /** The daemons that this one keeps a link with, and the only ones that may have one with it. */
  readonly peers: readonly PeerSettings[];
  readonly limits: Limits;
  readonly metrics: MetricsSettings;
}

/** A routing algorithm and its options. */
export interface NetworkSettings {
  /** As `inet256 list-networks` shows it. */
  readonly name: string;
  /** Valid for the algorithm's schema; what it leaves out has the algorithm's defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** UDP. */
export interface TransportSettings {
  readonly type: "udp";
  /** What to bind to, one `ADDRESS:PORT` of each family at most: `0.0.0.0:25632`, `[::]:25632`. */
  readonly bind: readonly string[];
  /**
   * Whether somebody wrote `bind`. If not, a port that is taken, or an address family that is
   * missing, is no error: another port is taken, or none.
   */
  readonly chosen: boolean;
}

/** Another daemon. */
export interface PeerSettings {
  /** `id`: its INET256 address. No two peers have the same. */
  readonly id: Address;
  /** Where it is dialled, `192.0.2.1:25632`; none: it is waited for. */
  readonly addrs: readonly string[];
}

/** Counters for a monitoring system. */
export interface MetricsSettings {
  /** Where they are read by HTTP, `127.0.0.1:9256`; undefined: nowhere. */
  readonly listen: string | undefined;
}

/**
 * Who may call the API beside the owner of its unix socket. Invariants: where `listen` has anything
 * there is a `tokenPath`; what is beyond loopback is tls; where anything is tls there are a
 * `tlsCertPath` and a `tlsKeyPath`. Paths are absolute if they or that of the configuration are.
 */
export interface ApiSettings {
  /** The group, by name or number, that may use the unix socket too. Undefined: its owner alone. */
  readonly socketGroup: string | number | undefined;
  /** Where the API listens beside the unix socket. */
  readonly listen: readonly ListenSettings[];
  /** The file of the bearer tokens, one a line. */
  readonly tokenPath: string | undefined;
  /** The file of the certificate that clients of tls are shown, with its chain, PEM. */
  readonly tlsCertPath: string | undefined;
  /** The file of that certificate's private key, PEM. */
  readonly tlsKeyPath: string | undefined;
  /** The file of the authorities one of which must have signed a client's certificate, PEM. */
  readonly tlsClientCaPath: string | undefined;
}

/** An address that the API listens on. */
export interface ListenSettings {
  /** Whether what goes over it is encrypted, which beyond loopback it is. */
  readonly kind: "tcp" | "tls";
  /** An IP address without brackets, with its zone: `127.0.0.1`, `::1`, `fe80::1%eth0`. */
  readonly host: string;
  /** 0 to 65,535; 0 is any that is free. */
  readonly port: number;
}

/** What is logged, and how. */
export interface LogSettings {
  readonly level: LogLevel;
  /** Auto is pretty on a terminal and JSON elsewhere. */
  readonly format: "auto" | "pretty" | "json";
}

/**
 * Bounds on what clients may take. Invariants: inboxBytes <= maxInboxBytes <= queuedBytes,
 * queuedBytesPerClient <= queuedBytes, and nodesPerClient <= nodes. Whoever goes beyond one is
 * refused, or loses the oldest messages of an inbox; all of it is counted.
 */
export interface Limits {
  /** Nodes open at the daemon. */
  readonly nodes: number;
  /** Nodes that one client, which is one connection, has open. */
  readonly nodesPerClient: number;
  /** Connections alive. */
  readonly clients: number;
  /** New connections of one local process a second; bursts reach twice that, more wait. */
  readonly connectionsPerSecond: number;
  /** Bytes of messages that wait to be read, at all nodes together. */
  readonly queuedBytes: number;
  /** Bytes of messages on their way to the streams of one client, inside queuedBytes. */
  readonly queuedBytesPerClient: number;
  /** Bytes of messages that wait to be read at a node whose opener asked for no other bound. */
  readonly inboxBytes: number;
  /** The largest inbox in bytes that an opener may ask for. */
  readonly maxInboxBytes: number;
  /** Requests a second of one client; bursts reach twice that. */
  readonly requestsPerSecond: number;
  /** Streams of all clients together. */
  readonly streams: number;
  /** Requests a second of all clients together; each has an even share of its own beside it. */
  readonly totalRequestsPerSecond: number;
  /** Nodes opened a second by all clients together; each has an even share of its own beside it. */
  readonly opensPerSecond: number;
}
