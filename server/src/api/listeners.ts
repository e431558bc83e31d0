// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Everywhere the API listens: a unix socket of its own or those inherited, and TCP with or without
 * TLS. Guards that all listen or none: when one cannot, the others are closed again.
 */
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import type { AccessSettings, ListenAddress } from "./access.js";
import { type AccessPaths, readTlsFiles } from "./access-files.js";
import type { Arrivals } from "./arrivals.js";
import { ApiError } from "./errors.js";
import { listenOnInherited } from "./inherited-socket.js";
import type { Origin, PeerProcess } from "./origin.js";
import type { Stranger, Strangers } from "./strangers.js";
import { createTlsEntrance } from "./tls-entrance.js";
import { listenOnUnixSocket } from "./unix-socket.js";

/** What listening needs. */
export interface ListenersOptions {
  /** Where the unix socket is made, unless any is inherited. */
  readonly socketPath: string;
  /** Numbers of descriptors that listen already; they are left as they are. */
  readonly inherited: readonly number[];
  readonly access: AccessSettings;
  readonly strangers: Strangers;
  /** Lets connections of unix sockets in. */
  readonly arrivals: Arrivals;
  /** The process at the other end of a unix socket, where the system tells. */
  readonly peerOf: (fd: number) => PeerProcess | undefined;
  /** Takes a connection, whose handshake is done. */
  readonly accept: (socket: Socket, origin: Origin, stranger?: Stranger) => void;
  /** A connection was closed before it came so far. */
  readonly refused: (origin: Origin, why: string) => void;
  /** A connection broke. */
  readonly broken: (error: NodeJS.ErrnoException) => void;
}

/** What is listened on. */
export interface Listeners {
  /** As clients write them, the unix sockets first. */
  readonly endpoints: readonly string[];
  /** Takes no more connections, and removes the socket that was made here. */
  stop(): void;
}

/** Listens. Rejects with ApiError. */
export async function startListeners(options: ListenersOptions): Promise<Listeners> {
  const endpoints: string[] = [];
  const stops: (() => void)[] = [];
  const stop = (): void => {
    for (const each of stops.splice(0)) each();
  };
  const tls = options.access.listen.some(({ kind }) => kind === "tls");
  const secured = tls ? createSecured(options.access, options) : undefined;
  stops.push(options.arrivals.stop);
  try {
    for (const each of await unixSockets(options)) {
      endpoints.push(each.endpoint);
      stops.push(each.stop);
    }
    for (const address of options.access.listen) {
      const server = createServer({ noDelay: true });
      stops.push(() => server.close());
      const endpoint = await listenOnTcp(server, address);
      endpoints.push(endpoint);
      onStranger(server, { kind: address.kind, endpoint }, options, secured);
    }
  } catch (error) {
    stop();
    throw error;
  }
  return { endpoints, stop };
}

type Secured = ReturnType<typeof createTlsEntrance>;

function createSecured(paths: AccessPaths, options: ListenersOptions): Secured {
  const { refused } = options;
  return createTlsEntrance(readTlsFiles(paths), {
    accept(socket, origin, stranger) {
      socket.on("error", options.broken);
      options.accept(socket, origin, stranger);
    },
    refused,
  });
}

async function unixSockets(options: ListenersOptions) {
  const { socketPath, inherited, access } = options;
  if (inherited.length === 0) {
    const server = createServer({ pauseOnConnect: true });
    const endpoint = `unix://${socketPath}`;
    onProcess(server, () => endpoint, options);
    const remove = await listenOnUnixSocket(server, socketPath, access.socketGroup);
    const stop = (): void => {
      remove();
      server.close();
    };
    return [{ endpoint, stop }];
  }
  const made: { readonly endpoint: string; readonly stop: () => void }[] = [];
  for (const fd of inherited) {
    const server = createServer({ pauseOnConnect: true });
    const path = await listenOnInherited(server, fd).catch((error: unknown) => {
      for (const { stop } of made) stop();
      throw error;
    });
    const endpoint = `unix://${path ?? socketPath}`;
    onProcess(server, () => endpoint, options);
    made.push({ endpoint, stop: () => void server.close() });
  }
  return made;
}

/** Whoever comes by a unix socket is let in at the pace of its process. */
function onProcess(
  server: Server,
  endpoint: () => string,
  { arrivals, peerOf, accept, refused, broken }: ListenersOptions,
): void {
  server.on("connection", (socket) => {
    socket.on("error", broken);
    const fd = descriptorOf(socket);
    const from = fd === undefined ? undefined : peerOf(fd);
    const origin: Origin = { kind: "unix", endpoint: endpoint(), from: { ...from } };
    const isIn = arrivals.arrive(`${from?.uid} ${from?.pid}`, socket, () => {
      accept(socket, origin);
      socket.resume();
    });
    if (isIn) return;
    refused(origin, "too many new connections of one process");
    socket.destroy();
  });
}

/** Whoever comes over TCP is a stranger first. */
function onStranger(
  server: Server,
  { kind, endpoint }: Pick<Origin, "kind" | "endpoint">,
  { strangers, accept, refused, broken }: ListenersOptions,
  secured: Secured | undefined,
): void {
  server.on("connection", (socket) => {
    socket.on("error", broken);
    const from = `${socket.remoteAddress ?? "gone"}:${socket.remotePort ?? 0}`;
    const origin: Origin = { kind, endpoint, from: { from } };
    const stranger = strangers.enter(socket);
    if (stranger === undefined) {
      refused(origin, "too many connections without a token");
      socket.destroy();
    } else if (kind === "tcp") accept(socket, origin, stranger);
    else if (secured === undefined) socket.destroy();
    else secured.enter(socket, origin, stranger);
  });
}

function listenOnTcp(server: Server, { kind, host, port }: ListenAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    const text = (number: number): string =>
      `${kind}://${host.includes(":") ? `[${host}]` : host}:${number}`;
    server.once("error", (error: NodeJS.ErrnoException) => {
      const expected = "expected an address of this machine and a port that is free";
      const code = error.code ?? "refused";
      const message = `api.listen: ${text(port)}: cannot listen there (${code}), ${expected}`;
      reject(new ApiError("SOCKET_UNUSABLE", message, { cause: error }));
    });
    server.listen({ host, port, ipv6Only: host.includes(":") }, () =>
      resolve(text((server.address() as AddressInfo).port)),
    );
  });
}

// A socket's handle has the number of its descriptor, and Node keeps that to itself: where it is
// not found, the process at the other end stays unknown.
function descriptorOf(socket: object): number | undefined {
  if (!("_handle" in socket)) return undefined;
  const handle = socket._handle;
  if (typeof handle !== "object" || handle === null || !("fd" in handle)) return undefined;
  return typeof handle.fd === "number" && handle.fd >= 0 ? handle.fd : undefined;
}
