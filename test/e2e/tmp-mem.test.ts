import { generateKey } from "@inet256/client";
import { it } from "vitest";
import { startTestDaemon } from "../support/daemon.js";
import { createSilentClient } from "../support/silent-client.js";
const mem = () => { const m = process.memoryUsage(); return `rss ${(m.rss/1e6).toFixed(0)} ext ${(m.external/1e6).toFixed(0)} ab ${(m.arrayBuffers/1e6).toFixed(0)}`; };
it("failures flood", async () => {
  const daemon = await startTestDaemon({ limits: { queuedBytes: 32 * 1024 * 1024 } as any });
  const client = createSilentClient(daemon.socketPath);
  console.log(mem());
  const streams = [];
  for (let i = 0; i < 100; i++) streams.push(await client.open(generateKey()));
  console.log("open", mem());
  const bad = Buffer.from("1200".repeat(130000), "hex");
  for (const s of streams) for (let k = 0; k < 3; k++) { s.raw(bad); await new Promise(r => setImmediate(r)); }
  for (let i = 0; i < 10; i++) { await new Promise(r => setTimeout(r, 300)); console.log(mem(), daemon.service.status().queuedBytes); }
  client.close();
  await new Promise(r => setTimeout(r, 500)); (globalThis as any).gc?.(); console.log("closed", mem());
  await daemon.stop();
}, 120000);
