// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Where connections become TLS: version 1.3 only, ALPN h2, with client certificates where they are
 * asked for. Guards that a connection comes out as the stranger it went in as, and that whoever
 * does not finish is cut: by a time of its own, and with the stranger's.
 */
import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { TlsFiles } from "./access-files.js";
import { STRANGER_MS } from "./constants.js";
import type { Origin } from "./origin.js";
import type { Stranger } from "./strangers.js";

/** What becomes of connections. */
export interface TlsEntranceOptions {
  /** The handshake is done. */
  readonly accept: (socket: TLSSocket, origin: Origin, stranger: Stranger) => void;
  /** It failed. */
  readonly refused: (origin: Origin, why: string) => void;
}

/** An entrance. */
export interface TlsEntrance {
  /** Begins the handshake. */
  enter(socket: Socket, origin: Origin, stranger: Stranger): void;
}

interface Entering {
  readonly origin: Origin;
  readonly stranger: Stranger;
}

/** Characters of a certificate's name that are logged. */
const MOST_NAME = 64;

/** An entrance with this certificate; its key's bytes are wiped, for the server has its own. */
export function createTlsEntrance(files: TlsFiles, options: TlsEntranceOptions): TlsEntrance {
  const entering = new Map<string, Entering>();
  const mutual = files.ca !== undefined;
  const server = createServer({
    cert: files.cert,
    key: files.key,
    ...(files.ca === undefined ? {} : { ca: files.ca }),
    requestCert: mutual,
    rejectUnauthorized: mutual,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
    handshakeTimeout: STRANGER_MS,
  });
  files.key.fill(0);
  const take = (socket: Socket): Entering | undefined => {
    const name = nameOf(socket);
    const found = entering.get(name);
    entering.delete(name);
    return found;
  };
  server.on("secureConnection", (socket) => {
    const found = take(socket);
    if (found === undefined || socket.alpnProtocol !== "h2") {
      if (found !== undefined) options.refused(found.origin, "a client that does not speak HTTP/2");
      socket.destroy();
      return;
    }
    const certificate = mutual ? commonName(socket) : undefined;
    const from = { ...found.origin.from, ...(certificate === undefined ? {} : { certificate }) };
    options.accept(socket, { ...found.origin, from }, found.stranger);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    const found = take(socket);
    if (found !== undefined) options.refused(found.origin, `TLS: ${error.code ?? "failed"}`);
    socket.destroy();
  });
  return {
    enter(socket, origin, stranger) {
      const name = nameOf(socket);
      entering.set(name, { origin, stranger });
      socket.once("close", () => entering.delete(name));
      server.emit("connection", socket);
    },
  };
}

// The two ends of a TCP connection: no other one has both while it lives.
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function commonName(socket: TLSSocket): string | undefined {
  const name: unknown = socket.getPeerCertificate()?.subject?.CN;
  return typeof name === "string" ? name.slice(0, MOST_NAME) : undefined;
}
