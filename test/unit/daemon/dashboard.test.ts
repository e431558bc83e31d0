// SPDX-License-Identifier: GPL-3.0-or-later

// The dashboard for Grafana: it asks for metrics that there are, and its panels have places of
// their own.

import { readFileSync } from "node:fs";
import { generateKey } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { metricsText } from "../../../server/src/daemon/metrics-text.js";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly __inputs: readonly { readonly name: string; readonly pluginId: string }[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: { readonly query: string } }[] };
}

const PLACE = new URL("../../../packaging/grafana/inet256.json", import.meta.url);
const text = readFileSync(PLACE, "utf8");
const dashboard = JSON.parse(text) as Dashboard;
const NAME = /\binet256_[a-z0-9_]+\b/g;
const GRID_WIDTH = 24;

const { publicKey } = generateKey();
const path = {
  address: "192.0.2.1:25632",
  kind: "configured",
  state: "used",
  rttMicros: 1_000,
  loss: 0,
  mtu: 1_452,
  datagramsSent: 1,
  bytesSent: 2,
  datagramsReceived: 3,
  bytesReceived: 4,
} as const;

/** The names of all metrics of a daemon with a peer. */
async function names(): Promise<ReadonlySet<string>> {
  const metrics = await metricsText({
    version: "1.2.3",
    api: { endpoints: [], clients: 1, streams: 1, counters: {} },
    service: {
      address: publicKey.address,
      publicKey,
      uptimeMs: 1_000,
      nodes: 1,
      queuedBytes: 0,
      network: "onehop",
      transportAddresses: [],
      routes: [],
      sessions: { remotes: 0, sessions: 0, waitingRemotes: 0, waitingBytes: 0 },
      counters: { datagrams_delivered: 1 },
      peers: [
        {
          address: publicKey.address,
          configured: true,
          up: true,
          stats: {
            up: true,
            paths: [path],
            queuedPackets: 0,
            queuedBytes: 0,
            queuedControlBytes: 0,
            counters: {} as never,
          },
        },
      ],
    },
  });
  return new Set(metrics.match(/^inet256_[a-z0-9_]+/gm));
}

describe("the dashboard", () => {
  it("asks for metrics that there are", async () => {
    const there = await names();
    const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const queries = dashboard.templating.list.map(({ query }) => query.query);
    // A choice of names by a pattern, as of all that was dropped, has none to be missing.
    const missing = [...asked, ...queries]
      .flatMap((expr) => expr.replaceAll(/__name__=~"[^"]*"/g, "").match(NAME) ?? [])
      .filter((name) => !there.has(name));
    expect(missing).toEqual([]);
  });

  it("has panels that do not cover each other", () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect(x + w, title).toBeLessThanOrEqual(GRID_WIDTH);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          expect(taken.get(`${column},${row}`), title).toBe(undefined);
          taken.set(`${column},${row}`, title);
        }
      }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it("asks whose Prometheus it is when it is imported, and uses no other", () => {
    expect(dashboard.__inputs).toMatchObject([{ name: "DS_PROMETHEUS", pluginId: "prometheus" }]);
    const sources = new Set(Array.from(text.matchAll(/"uid": "([^"]+)"/g), ([, uid]) => uid));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana puts the value in.
    expect(sources).toEqual(new Set(["${DS_PROMETHEUS}", "inet256-mesh256"]));
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
  });
});
