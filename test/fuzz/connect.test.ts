// SPDX-License-Identifier: GPL-3.0-or-later

// Random and mutated bytes into streams of a real daemon: it answers, or ends the stream with a
// reason of the closed set; it never falls over, and afterwards holds nothing. FUZZ_RUNS for more.

import { create, toBinary } from "@bufbuild/protobuf";
import { generateKey } from "@inet256/client";
import { ConnectRequestSchema } from "@inet256/proto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { mutated } from "../support/mutations.js";
import { createRawClient, type RawClient } from "../support/raw-client.js";
import { until } from "../support/until.js";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 600);
const key = generateKey();

const request = fc
  .record({
    open: fc.boolean(),
    inboxBytes: fc.nat(1 << 20),
    datagrams: fc.array(
      fc.record({
        address: fc.oneof(
          fc.constant(key.address.bytes),
          fc.uint8Array({ minLength: 32, maxLength: 32 }),
          fc.uint8Array({ maxLength: 40 }),
        ),
        payload: fc.uint8Array({ maxLength: 200 }),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ open, inboxBytes, datagrams }) => {
    const value = key.serialize();
    const opening = {
      key: { key: { case: "privateKey", value } },
      options: { inboxBytes },
    } as const;
    return toBinary(
      ConnectRequestSchema,
      create(ConnectRequestSchema, open ? { open: opening, datagrams } : { datagrams }),
    );
  });

const message = fc.oneof(
  { weight: 4, arbitrary: mutated(request) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
);

describe("the daemon, given bytes that nobody meant", () => {
  let daemon: TestDaemon;
  let client: RawClient;
  beforeAll(async () => {
    daemon = await startTestDaemon({ limits: { requestsPerSecond: 1_000_000 } });
    client = createRawClient(daemon.socketPath);
  });
  afterAll(async () => {
    client.close();
    await daemon.stop();
  });

  it("answers or ends the stream, and holds nothing afterwards", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(message, { maxLength: 4 }),
        async (opened, messages) => {
          const stream = opened ? await client.open(key) : client.stream();
          for (const bytes of messages) stream.raw(bytes);
          stream.end();
          await until("the stream has ended", () => stream.ended !== undefined);
          // Undefined: it ended well. INTERNAL would be a fault of the daemon.
          expect(stream.ended?.reason).not.toBe("INTERNAL");
          await until("its node is gone", () => daemon.service.status().nodes === 0);
          expect(daemon.service.status().queuedBytes).toBe(0);
        },
      ),
      { numRuns: RUNS },
    );
    // It goes on serving whoever means what he sends.
    const stream = await client.open(key);
    stream.send({ datagrams: [{ address: key.address.bytes, payload: Buffer.from("to myself") }] });
    await until("its message is back", () => stream.payloads.length === 1);
    stream.cancel();
  }, 120_000);
});
