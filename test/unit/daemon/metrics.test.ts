// SPDX-License-Identifier: GPL-3.0-or-later

import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../../server/src/core/index.js";
import { startDaemon } from "../../../server/src/daemon/index.js";
import { type Metrics, startMetrics } from "../../../server/src/daemon/metrics.js";
import type { Measured } from "../../../server/src/daemon/metrics-text.js";
import { createSetting } from "./daemons.js";

const broken = (): Measured => {
  throw new Error("not measured");
};
const started: Metrics[] = [];
const start = async (listen: string | undefined, measure = broken): Promise<Metrics> => {
  const metrics = await startMetrics(listen, measure, silentLogger);
  started.push(metrics);
  return metrics;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((metrics) => metrics.stop()));
});

function ask(
  url: string,
  method = "GET",
): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ code: response.statusCode ?? 0, text }));
    });
    asking.on("error", reject);
    asking.end();
  });
}

describe("metrics", () => {
  it("are read nowhere unless somebody says where", async () => {
    expect((await start(undefined)).url).toBe(undefined);
  });

  it.each(["127.0.0.1:0", "[::1]:0"])("are one page at %s, and nothing else", async (listen) => {
    const { url = "" } = await start(listen).catch(() => ({ url: undefined }));
    if (url === "") return expect(listen).toBe("[::1]:0"); // no IPv6 on this machine
    expect((await ask(url.replace("/metrics", "/"))).code).toBe(404);
    expect((await ask(`${url}/more`)).code).toBe(404);
    expect((await ask(url, "POST")).code).toBe(405);
  });

  it("that cannot be had are a fault without details, and the next are asked for", async () => {
    const { url = "" } = await start("127.0.0.1:0");
    for (let i = 0; i < 2; i++) expect(await ask(`${url}?x=1`)).toEqual({ code: 500, text: "" });
  });

  it("are not had where somebody else listens", async () => {
    const { url = "" } = await start("127.0.0.1:0");
    const place = new URL(url).host;
    await expect(start(place)).rejects.toMatchObject({
      name: "MetricsError",
      message: `metrics.listen: cannot listen at ${place} (EADDRINUSE)`,
    });
  });

  it("end although somebody holds a connection", async () => {
    const metrics = await start("127.0.0.1:0");
    const { port } = new URL(metrics.url ?? "");
    const socket = connect(Number(port), "127.0.0.1");
    const over = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.on("error", () => {});
    socket.write("GET /metrics HTTP/1.1\r\n");
    await metrics.stop();
    await over;
  });

  it("of a daemon are the numbers of its status", async () => {
    const setting = createSetting('transports: []\nmetrics: {listen: "127.0.0.1:0"}\n');
    const daemon = await startDaemon(setting.options);
    try {
      const { text, code } = await ask(daemon.metricsUrl ?? "");
      const values = new Map(
        text
          .split("\n")
          .filter((line) => /^\w+ /.test(line))
          .map((line) => line.split(" ") as [string, string]),
      );
      const { counters } = daemon.service.status();
      expect(code).toBe(200);
      for (const name of Object.keys(counters)) {
        expect(values.get(`inet256_${name}_total`), name).toBe(`${counters[name]}`);
      }
      expect(text).toContain(`address="${daemon.address}"`);
      // Every line is a comment, a value, or nothing.
      const other = text
        .split("\n")
        .filter((line) => !/^(#.*|\w+({[^}]*})? [-+.\dena]+|)$/i.test(line));
      expect(other).toEqual([]);
    } finally {
      await daemon.stop();
      setting.clean();
    }
    await expect(ask(daemon.metricsUrl ?? "")).rejects.toThrow("ECONNREFUSED");
  });
});
