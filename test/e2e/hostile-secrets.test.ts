// SPDX-License-Identifier: GPL-3.0-or-later

// What must not be told (rule P3): with the log at its loudest, everything is done that a
// daemon can do, well and badly, with keys, tokens and payloads that are known here; then none of
// them stands in the log, in any error, or in what was written beside the log.

import { format, inspect } from "node:util";
import { create, toBinary } from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import { generateKey, type PrivateKey } from "@inet256/client";
import { encodeText } from "@inet256/client/identity";
import { AdminService, ConnectRequestSchema, NodeService, reflection } from "@inet256/proto";
import { afterEach, expect, it, vi } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { createRawClient, failed, type RawClient, type RawStream } from "../support/raw-client.js";
import { leaksOf } from "../support/secrets.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { createSilentClient } from "../support/silent-client.js";
import { until } from "../support/until.js";

const { method } = NodeService;
const random = createSeededRandom(256);

afterEach(() => {
  vi.restoreAllMocks();
});

/** The seed of a key: its public half is no secret. */
const seedOf = (key: PrivateKey): Uint8Array => key.serialize().subarray(-64, -32);

/** Everything that must not be told, by name; and everything that was told. */
function createTrial(daemon: TestDaemon) {
  const secrets: Record<string, Uint8Array> = { "the daemon's key": seedOf(daemon.privateKey) };
  const told: string[] = [];
  let count = 0;
  return {
    secrets,
    told,
    secret<T extends Uint8Array>(name: string, bytes: T): T {
      count += 1;
      secrets[`${name} ${count}`] = bytes;
      return bytes;
    },
    key(name: string): PrivateKey {
      const key = generateKey();
      this.secret(name, seedOf(key));
      return key;
    },
    payload(bytes = 48): Buffer {
      const payload = Buffer.from(random.bytes(bytes));
      // Of a long one the beginning is enough to be known by.
      this.secret("a payload", payload.subarray(0, 48));
      return payload;
    },
    tell(answer: unknown): void {
      const error = answer instanceof Error ? [answer.message, answer.stack, answer.cause] : answer;
      told.push(
        JSON.stringify(error, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
      );
    },
  };
}

type Trial = ReturnType<typeof createTrial>;

const keyed = (key: PrivateKey) => ({
  key: { key: { case: "privateKey" as const, value: key.serialize() } },
});

/** Every unary call, well and badly. */
async function tryCalls(client: RawClient, trial: Trial, daemon: TestDaemon): Promise<void> {
  // What is answered well may hold secrets, for they are the caller's; what fails must not.
  const call: RawClient["call"] = async (...args) => {
    const answer = await client.call(...args);
    if (failed(answer)) trial.tell(answer);
    return answer;
  };
  const key = trial.key("a key");
  const opened = await call(method.open, keyed(key));
  if (failed(opened)) throw new Error("not open");
  trial.secret("a token", Buffer.from(opened.session, "hex"));
  const session = { "inet256-session": opened.session };

  const made = await call(method.generateKey, {});
  if (!failed(made)) trial.secret("a made key", made.privateKey.slice(-64, -32));
  await call(method.generateKey, { algorithm: trial.payload(12).toString("hex") });

  // Keys that are none, but look as if they were.
  const bad = keyed(trial.key("a bad key"));
  const { value } = bad.key.key;
  for (const broken of [value.subarray(0, 80), value.subarray(3), Buffer.concat([value, value])]) {
    await call(method.open, { key: { key: { case: "privateKey", value: broken } } });
    await call(method.drop, { key: { key: { case: "privateKey", value: broken } } });
  }
  value[60] = Number(value[60]) ^ 1;
  await call(method.open, bad);
  await call(method.open, keyed(daemon.privateKey));
  await call(method.drop, keyed(daemon.privateKey));
  await call(method.open, { ...keyed(trial.key("a key")), options: { inboxBytes: 0xffffffff } });

  // Tokens that are none.
  const wrong = trial.secret("a wrong token", random.bytes(32));
  const hex = Buffer.from(wrong).toString("hex");
  for (const token of [hex, hex.toUpperCase(), hex.slice(1), `${hex}0`, encodeText(wrong)]) {
    const metadata = { "inet256-session": token };
    const { address } = opened;
    await call(method.send, { address, payload: trial.payload() }, metadata);
    await call(method.receive, {}, metadata);
    await call(method.close, {}, metadata);
    await call(method.findAddress, {}, metadata);
    await call(method.lookupPublicKey, { address }, metadata);
  }
  await call(method.send, { address: opened.address, payload: trial.payload() });

  // Payloads and addresses, good and bad.
  const { address } = opened;
  await call(method.send, { address, payload: trial.payload() }, session);
  await call(method.send, { address, payload: trial.payload(70_000).subarray(0, 66_000) }, session);
  await call(method.send, { address: random.bytes(32), payload: trial.payload() }, session);
  for (const text of [trial.payload(33).toString("base64url"), trial.payload(8).toString("hex")]) {
    await call(method.send, { addressText: text, payload: trial.payload() }, session);
    await call(method.lookupPublicKey, { addressText: text }, session);
    await call(method.lookupPublicKey, { address: trial.payload(31) }, session);
  }
  await call(method.findAddress, { prefix: trial.payload(2), nbits: 250 }, session);
  await call(method.receive, { maxDatagrams: 10, wait: { seconds: -1n, nanos: 0 } }, session);
  await call(method.receive, { maxDatagrams: 10 }, session);
  const waiting = call(method.receive, { wait: { seconds: 30n } }, session);
  await call(method.drop, keyed(key));
  await waiting;
  await call(method.close, {}, session);
  await call(method.receive, {}, session);
  await call(AdminService.method.getStatus, {});
}

/** Streams of Connect, well and badly. */
async function tryStreams(client: RawClient, trial: Trial): Promise<void> {
  const endOf = async (stream: RawStream): Promise<void> => {
    await until("it ends", () => stream.ended !== undefined);
    trial.tell(stream.ended);
  };
  const open = async (): Promise<RawStream> => {
    const stream = await client.open(trial.key("a stream's key"));
    trial.secret("a stream's token", Buffer.from(stream.token, "hex"));
    return stream;
  };
  const [a, b] = [await open(), await open()];
  for (let i = 0; i < 20; i++) {
    a.send({ datagrams: [{ address: b.address, payload: trial.payload() }] });
    a.send({ datagrams: [{ address: trial.payload(31), payload: trial.payload() }] });
    a.send({ datagrams: [{ address: random.bytes(32), payload: trial.payload() }] });
  }
  await until("all is accepted", () => a.acceptedThrough === 60);
  trial.tell(a.heard.flatMap(({ failed: all }) => all));

  const again = trial.key("a second key");
  b.send({ open: keyed(again) });
  await endOf(b);
  const garbage = await open();
  garbage.raw(Buffer.concat([Buffer.from("1a05", "hex"), trial.payload()]));
  await endOf(garbage);
  const long = await open();
  long.send({ datagrams: [{ address: long.address, payload: trial.payload(300_000) }] });
  await endOf(long);
  // A key inside a message that is cut, or holds an option that nobody knows.
  const request = toBinary(
    ConnectRequestSchema,
    create(ConnectRequestSchema, { open: keyed(trial.key("a cut key")) }),
  );
  for (const bytes of [
    request.subarray(0, -1),
    Buffer.concat([request, Buffer.from("0a041202487b", "hex")]),
  ]) {
    const stream = client.stream();
    stream.raw(bytes);
    await endOf(stream);
  }
}

it("no-secret-in-any-log-at-trace", async () => {
  const beside: string[] = [];
  for (const out of [process.stdout, process.stderr]) {
    vi.spyOn(out, "write").mockImplementation((chunk) => {
      beside.push(String(chunk));
      return true;
    });
  }
  for (const name of ["debug", "error", "info", "log", "trace", "warn"] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => void beside.push(format(...args)));
  }
  const daemon = await startTestDaemon({ limits: { requestsPerSecond: 100 } });
  const trial = createTrial(daemon);
  const client = createRawClient(daemon.socketPath);
  await tryCalls(client, trial, daemon);
  await tryStreams(client, trial);

  // Too many requests with a key in each.
  const many = trial.key("a key of too many requests");
  const answers = await Promise.all(
    Array.from({ length: 1_500 }, () => client.call(method.drop, keyed(many))),
  );
  expect(answers.some((answer) => failed(answer) && answer.reason === "LIMIT_RATE")).toBe(true);
  for (const answer of answers) if (failed(answer)) trial.tell(answer);

  // One that does not read, one that breaks off in the middle of a key, one that asks nonsense.
  const silent = createSilentClient(daemon.socketPath);
  const victim = await silent.open(trial.key("a silent key"));
  victim.raw(trial.payload());
  silent.close();
  const asking = createRawClient(daemon.socketPath);
  asking.caller
    .rawBidi(reflection.ServerReflection.method.serverReflectionInfo, new Metadata())
    .on("error", (error: Error) => trial.tell(error))
    .write(trial.payload());

  // In the process, and at the start.
  const other = trial.key("an in-process key");
  const node = await daemon.service.open(other);
  await node.send(node.address, trial.payload());
  for (const attempt of [
    () => node.send(daemon.address, new Uint8Array(70_000)),
    () => daemon.service.open(daemon.privateKey),
    () => daemon.service.openSerialized(other.serialize().subarray(1), { inboxBytes: undefined }),
    () => startTestDaemon({ socketPath: daemon.socketPath }),
  ]) {
    try {
      await attempt();
      throw new Error("it did not fail");
    } catch (error) {
      trial.tell(error);
    }
  }
  client.close();
  asking.close();
  await daemon.stop();
  vi.restoreAllMocks();

  const log = daemon.log();
  expect(log).toContain("listening");
  expect(log).toContain("stopped");
  expect(trial.told.length).toBeGreaterThan(60);
  expect(Object.keys(trial.secrets).length).toBeGreaterThan(100);
  expect(leaksOf(trial.secrets, log), "in the log").toEqual([]);
  expect(leaksOf(trial.secrets, [...new Set(trial.told)].join("\n")), "in errors").toEqual([]);
  expect(leaksOf(trial.secrets, beside.join("")), "beside the log").toEqual([]);
});

it("would find a secret in any form", () => {
  const secret = random.bytes(40);
  const bytes = Buffer.from(secret);
  const forms = [
    bytes.toString("latin1"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.subarray(3, 30).toString("base64"),
    bytes.subarray(2, 30).toString("base64url"),
    encodeText(bytes.subarray(1, 33)),
    JSON.stringify(bytes),
    JSON.stringify(bytes.toString("latin1")),
    inspect(new Uint8Array(bytes)),
  ];
  for (const form of forms) {
    expect(leaksOf({ it: secret }, `before ${form} after`), form.slice(0, 30)).toEqual(["it"]);
  }
  expect(leaksOf({ it: secret }, Buffer.from(random.bytes(100_000)).toString("latin1"))).toEqual(
    [],
  );
  expect(leaksOf({ it: secret }, Buffer.from(random.bytes(100_000)).toString("base64"))).toEqual(
    [],
  );
});
