// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The daemon's counters in the text format of Prometheus. They are the plain numbers that status
 * shows, read when somebody asks; nothing is kept from one time to the next, so that what is gone,
 * such as a peer, is gone here too. Units are seconds and bytes, as is the custom.
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { ApiStatus } from "../api/index.js";
import type { PeerStatus, ServiceStatus } from "../service/index.js";

/** What is told. */
export interface Measured {
  readonly service: ServiceStatus;
  readonly api: ApiStatus;
  readonly version: string;
}

/** The content type of the text. */
export const METRICS_TYPE: string = new Registry().contentType;

type Labels = Readonly<Record<string, string>>;

/** Adds values to a registry, making each metric when its first value comes. */
interface Sheet {
  gauge(name: string, help: string, value: number, labels?: Labels): void;
  total(name: string, help: string, value: number, labels?: Labels): void;
}

/** All metrics as text. */
export function metricsText(measured: Measured): Promise<string> {
  const registry = new Registry();
  const sheet = createSheet(registry);
  addDaemon(sheet, measured);
  for (const peer of measured.service.peers) addPeer(sheet, peer);
  const counters = { ...measured.service.counters, ...measured.api.counters };
  for (const [name, value] of Object.entries(counters)) {
    sheet.total(name, `The counter ${name} of the daemon since its start.`, value);
  }
  return registry.metrics();
}

function createSheet(registry: Registry): Sheet {
  const gauges = new Map<string, Gauge>();
  const counters = new Map<string, Counter>();
  const registers = [registry];
  return {
    gauge(name, help, value, labels = {}) {
      const labelNames = Object.keys(labels);
      const options = { name: `inet256_${name}`, help, labelNames, registers };
      const gauge = gauges.get(name) ?? new Gauge(options);
      gauges.set(name, gauge);
      gauge.set(labels, value);
    },
    total(name, help, value, labels = {}) {
      const labelNames = Object.keys(labels);
      const options = { name: `inet256_${name}_total`, help, labelNames, registers };
      const counter = counters.get(name) ?? new Counter(options);
      counters.set(name, counter);
      counter.inc(labels, value);
    },
  };
}

function addDaemon({ gauge }: Sheet, { service, api, version }: Measured): void {
  const { sessions } = service;
  const about = { version, network: service.network, address: `${service.address}` };
  gauge("info", "1, with what the daemon is as labels.", 1, about);
  gauge("uptime_seconds", "How long the daemon has been running.", service.uptimeMs / 1000);
  gauge("nodes", "Nodes that are open, the daemon's own not counted.", service.nodes);
  gauge("clients", "Connections of clients that are alive.", api.clients);
  gauge("streams", "Streams of Connect that are open.", api.streams);
  gauge("queued_bytes", "Bytes of messages that wait to be read.", service.queuedBytes);
  gauge("routes", "Other daemons that can be sent to now.", service.routes.length);
  gauge("remotes", "Pairs of a node here and a remote identity.", sessions.remotes);
  gauge("sessions", "Those pairs that have a session.", sessions.sessions);
  gauge("waiting_remotes", "Those pairs for which messages wait.", sessions.waitingRemotes);
  gauge("waiting_bytes", "Bytes of messages that wait to be sent.", sessions.waitingBytes);
}

function addPeer({ gauge, total }: Sheet, { address, up, configured, stats }: PeerStatus): void {
  const peer = `${address}`;
  const of = { peer };
  const used = stats.paths.find(({ state }) => state === "used");
  const kind = configured ? "configured" : "accepted";
  gauge("peer_up", "Whether the peer can be sent to.", up ? 1 : 0, { peer, kind });
  gauge("peer_queued_bytes", "Bytes of packets that wait to be sent.", stats.queuedBytes, of);
  gauge("peer_paths", "Transport addresses of the peer that are known.", stats.paths.length, of);
  if (used !== undefined) {
    gauge("peer_loss_ratio", "Share of datagrams lost of late.", used.loss, of);
    gauge("peer_mtu_bytes", "The largest datagram sent to the peer.", used.mtu, of);
    if (used.rttMicros !== undefined) {
      gauge("peer_rtt_seconds", "Round trip of the path that is used.", used.rttMicros / 1e6, of);
    }
  }
  for (const direction of ["sent", "received"] as const) {
    const bytes = direction === "sent" ? "bytesSent" : "bytesReceived";
    const datagrams = direction === "sent" ? "datagramsSent" : "datagramsReceived";
    const sum = (key: typeof bytes | typeof datagrams): number =>
      stats.paths.reduce((all, path) => all + path[key], 0);
    total(`peer_${direction}_bytes`, `Bytes ${direction}, by the paths there are.`, sum(bytes), of);
    total(`peer_${direction}_datagrams`, `Datagrams ${direction}, as bytes.`, sum(datagrams), of);
  }
}
