// SPDX-License-Identifier: GPL-3.0-or-later

// The page of metrics, read as Prometheus reads it: every line has its place in the format, and
// every value is that of the status, in seconds and bytes.

import { generateKey } from "@inet256/client";
import { describe, expect, it } from "vitest";
import {
  METRICS_TYPE,
  type Measured,
  metricsText,
} from "../../../server/src/daemon/metrics-text.js";

const { publicKey } = generateKey();
const [A, B] = [generateKey().address, generateKey().address];

type Peer = Measured["service"]["peers"][number];
type Path = Peer["stats"]["paths"][number];

const path = (over: Partial<Path> = {}): Path => ({
  ...{ address: "192.0.2.1:25632", kind: "configured", state: "used", rttMicros: 1_250 },
  ...{ loss: 0.125, mtu: 1_452, datagramsSent: 1, bytesSent: 10 },
  ...{ datagramsReceived: 3, bytesReceived: 2 ** 40 },
  ...over,
});

function peer(address: Peer["address"], paths: readonly Path[], up: boolean): Peer {
  const queued = { queuedPackets: 4, queuedBytes: 5, queuedControlBytes: 6 };
  const stats = { up, paths, ...queued, counters: {} as never };
  return { address, configured: up, up, stats };
}

const measured = (peers: readonly Peer[] = [], version = "1.2.3"): Measured => ({
  version,
  api: { endpoints: [], clients: 7, streams: 8, counters: { api_connections: 9 } },
  service: {
    address: publicKey.address,
    publicKey,
    uptimeMs: 90_500,
    nodes: 10,
    queuedBytes: 11,
    network: "beaconnet",
    transportAddresses: [],
    routes: [{ router: A, nextHop: B, hops: 2, costMicros: undefined }],
    sessions: { remotes: 12, sessions: 13, waitingRemotes: 14, waitingBytes: 15 },
    counters: { datagrams_delivered: 16, datagrams_lost: 0 },
    peers,
  },
});

const HELP = /^# HELP ([a-z_:][\w:]*) \S.*$/;
const TYPE = /^# TYPE ([a-z_:][\w:]*) (counter|gauge)$/;
const SAMPLE = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/y;

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const [, name = "", value = ""] = LABEL.exec(text) ?? [];
    if (name === "" || name in labels) throw new Error(`labels: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
  }
  return labels;
}

/** Values by metric and labels; throws for a page that Prometheus would not take. */
function read(page: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  const helped = new Set<string>();
  let [name, type]: (string | undefined)[] = [];
  if (!page.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of page.slice(0, -1).split("\n")) {
    const help = HELP.exec(line)?.[1];
    const typed = TYPE.exec(line);
    const [, sample, labels = "", text = ""] = SAMPLE.exec(line) ?? [];
    if (help !== undefined) {
      if (helped.has(help)) throw new Error(`told in two places: ${help}`);
      helped.add(help);
      [name, type] = [help, undefined];
    } else if (typed !== null && typed[1] === name && type === undefined) {
      type = typed[2];
    } else if (sample !== undefined && sample === name && type !== undefined) {
      if ((type === "counter") !== sample.endsWith("_total"))
        throw new Error(`named as no ${type}`);
      const key = `${sample} ${JSON.stringify(labelsOf(labels))}`;
      const value = Number(text);
      if (values.has(key) || !Number.isFinite(value))
        throw new Error(`twice, or no number: ${line}`);
      values.set(key, value);
    } else if (line !== "") throw new Error(`out of place: ${line}`);
  }
  return values;
}

const valuesOf = async (of: Measured): Promise<Record<string, number>> =>
  Object.fromEntries(read(await metricsText(of)));
const named = (name: string, labels: object = {}): string => `${name} ${JSON.stringify(labels)}`;

describe("the page", () => {
  it("of a daemon alone says what its status says, and nothing else", async () => {
    const about = { version: "1.2.3", network: "beaconnet", address: `${publicKey.address}` };
    expect(await valuesOf(measured())).toEqual({
      [named("inet256_info", about)]: 1,
      [named("inet256_uptime_seconds")]: 90.5,
      [named("inet256_nodes")]: 10,
      [named("inet256_clients")]: 7,
      [named("inet256_streams")]: 8,
      [named("inet256_queued_bytes")]: 11,
      [named("inet256_routes")]: 1,
      [named("inet256_remotes")]: 12,
      [named("inet256_sessions")]: 13,
      [named("inet256_waiting_remotes")]: 14,
      [named("inet256_waiting_bytes")]: 15,
      [named("inet256_datagrams_delivered_total")]: 16,
      [named("inet256_datagrams_lost_total")]: 0,
      [named("inet256_api_connections_total")]: 9,
    });
  });

  it("says of each peer what its path and all its paths together have", async () => {
    const spare = path({
      state: "spare" as Path["state"],
      bytesSent: 90,
      datagramsSent: 2,
      loss: 1,
    });
    const all = await valuesOf(measured([peer(A, [spare, path()], true), peer(B, [], false)]));
    const of = (name: string, address = A, more = {}) =>
      all[named(`inet256_peer_${name}`, { peer: `${address}`, ...more })];
    expect(of("up", A, { kind: "configured" })).toBe(1);
    expect(of("up", B, { kind: "accepted" })).toBe(0);
    expect([of("paths"), of("paths", B)]).toEqual([2, 0]);
    expect([of("loss_ratio"), of("mtu_bytes"), of("rtt_seconds")]).toEqual([0.125, 1_452, 0.00125]);
    expect([of("queued_bytes"), of("sent_bytes_total")]).toEqual([5, 100]);
    expect([of("sent_datagrams_total"), of("received_datagrams_total")]).toEqual([3, 6]);
    expect(of("received_bytes_total")).toBe(2 * 2 ** 40);
    // What is not known of a peer is left out, not 0.
    for (const name of ["loss_ratio", "mtu_bytes", "rtt_seconds"])
      expect(of(name, B)).toBe(undefined);
  });

  it("leaves out a round trip that was not measured, but not one of 0", async () => {
    const rtt = named("inet256_peer_rtt_seconds", { peer: `${A}` });
    const unknown = await valuesOf(measured([peer(A, [path({ rttMicros: undefined })], true)]));
    expect(unknown[rtt]).toBe(undefined);
    const none = await valuesOf(measured([peer(A, [path({ rttMicros: 0 })], true)]));
    expect(none[rtt]).toBe(0);
  });

  it("forgets who is gone, and counts nothing twice", async () => {
    const before = await valuesOf(measured([peer(A, [path()], true)]));
    const after = await valuesOf(measured());
    expect(Object.keys(before).some((key) => key.includes(`${A}`))).toBe(true);
    expect(Object.keys(after).some((key) => key.includes(`${A}`))).toBe(false);
    const delivered = named("inet256_datagrams_delivered_total");
    expect([before[delivered], after[delivered]]).toEqual([16, 16]);
  });

  it("can be read whatever stands in a label", async () => {
    const version = 'a "word", a \\ and\na line';
    const about = { version, network: "beaconnet", address: `${publicKey.address}` };
    expect((await valuesOf(measured([], version)))[named("inet256_info", about)]).toBe(1);
  });

  it("says which format it has", () => {
    expect(METRICS_TYPE).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/);
  });
});
