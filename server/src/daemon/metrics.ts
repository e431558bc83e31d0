// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Metrics by HTTP: one page, /metrics. Guards the daemon from whoever asks: few connections, short
 * waits, and nothing but that page.
 */
import { createServer, type Server } from "node:http";
import type { Logger } from "../core/index.js";
import { METRICS_TYPE, type Measured, metricsText } from "./metrics-text.js";

/** Metrics that can be read. */
export interface Metrics {
  /** Where, as a browser writes it; undefined: nowhere. */
  readonly url: string | undefined;
  stop(): Promise<void>;
}

/** Connections at once; others wait in the kernel. */
const MOST_CONNECTIONS = 16;
/** Milliseconds a request may take to arrive, and a connection may be idle. */
const PATIENCE_MS = 5_000;

/**
 * Lets metrics be read at an address such as `127.0.0.1:9256`; undefined: nowhere. Rejects with
 * MetricsError when nobody can listen there.
 */
export async function startMetrics(
  listen: string | undefined,
  measure: () => Measured,
  logger: Logger,
): Promise<Metrics> {
  if (listen === undefined) return { url: undefined, stop: async () => {} };
  const server = createServer({ requestTimeout: PATIENCE_MS }, (request, response) => {
    const fail = (code: number): void => void response.writeHead(code).end();
    if (request.method !== "GET" && request.method !== "HEAD") return fail(405);
    if ((request.url ?? "").split("?")[0] !== "/metrics") return fail(404);
    const text = async (): Promise<string> => metricsText(measure());
    text().then(
      (page) => response.writeHead(200, { "content-type": METRICS_TYPE }).end(page),
      () => {
        logger.error("metrics cannot be written");
        fail(500);
      },
    );
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.keepAliveTimeout = PATIENCE_MS;
  server.headersTimeout = PATIENCE_MS;
  await listening(server, listen);
  const url = `http://${addressOf(server)}/metrics`;
  logger.info("metrics can be read", { url });
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Metrics cannot be read where they should be; the message is a sentence for the operator. */
export class MetricsError extends Error {
  override readonly name = "MetricsError";
}

function listening(server: Server, listen: string): Promise<void> {
  const { hostname, port } = new URL(`http://${listen}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new MetricsError(`metrics.listen: cannot listen at ${listen} (${cause.code})`, { cause }),
      ),
    );
    server.listen(Number(port === "" ? 80 : port), host, resolve);
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return "";
  const { address: host, port } = address;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
