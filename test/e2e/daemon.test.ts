// SPDX-License-Identifier: GPL-3.0-or-later

// A whole daemon from its start to its stop, over its real socket: what people do with nothing but
// grpcurl, what the standard services say, and that a stop is one, whoever is still connected.

import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import http2 from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Metadata, status } from "@grpc/grpc-js";
import { generateKey, type PrivateKey } from "@inet256/client";
import { AdminService, health, NodeService, reflection, reflectionAlpha } from "@inet256/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { createRawClient, failed, type RawClient, statusOf } from "../support/raw-client.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { createSilentClient } from "../support/silent-client.js";
import { until } from "../support/until.js";

let daemon: TestDaemon;
let client: RawClient;

beforeEach(async () => {
  daemon = await startTestDaemon();
  client = createRawClient(daemon.socketPath);
});

afterEach(async () => {
  client.close();
  await daemon.stop();
});

const { method } = NodeService;
const keyed = (key: PrivateKey) => ({
  key: { key: { case: "privateKey" as const, value: key.serialize() } },
});

/** The answer of a call that must succeed. */
async function answerOf<T extends object>(
  answer: Promise<T>,
): Promise<Exclude<T, { reason: unknown }>> {
  const got = await answer;
  if (failed(got)) throw new Error(`${got.reason}: ${got.message}`);
  return got as Exclude<T, { reason: unknown }>;
}

async function reasonOf(answer: Promise<object>): Promise<string> {
  const got = await answer;
  return failed(got) ? String(got.reason) : "none";
}

const session = (token: string) => ({ "inet256-session": token });

describe("the unary way", () => {
  it("makes a key, opens it, sends, receives, finds, looks up, drops", async () => {
    const made = await answerOf(client.call(method.generateKey, {}));
    expect(made.address).toHaveLength(32);
    const key = { key: { key: { case: "privateKey" as const, value: made.privateKey } } };
    const a = await answerOf(client.call(method.open, key));
    expect([a.addressText, a.mtu, a.lease?.seconds]).toEqual([made.addressText, 65_535, 60n]);
    expect(Buffer.from(a.publicKey).equals(made.publicKey)).toBe(true);
    const b = await answerOf(client.call(method.open, keyed(generateKey())));

    const payload = Buffer.from("hello");
    await answerOf(client.call(method.send, { address: b.address, payload }, session(a.session)));
    const { addressText } = b;
    await answerOf(client.call(method.send, { addressText, payload }, session(a.session)));
    const wish = { maxDatagrams: 5, wait: { seconds: 5n } };
    const got = await answerOf(client.call(method.receive, wish, session(b.session)));
    expect(got.datagrams.map((d) => [d.addressText, String(Buffer.from(d.payload))])).toEqual([
      [a.addressText, "hello"],
      [a.addressText, "hello"],
    ]);
    const none = { wait: { seconds: 0n, nanos: 1_000_000 } };
    const empty = await answerOf(client.call(method.receive, none, session(b.session)));
    expect(empty.datagrams).toEqual([]);

    const prefix = b.address.subarray(0, 5);
    const found = await answerOf(
      client.call(method.findAddress, { prefix, nbits: 40 }, session(a.session)),
    );
    expect(found.addressText).toBe(b.addressText);
    const looked = await answerOf(
      client.call(method.lookupPublicKey, { addressText }, session(a.session)),
    );
    expect(Buffer.from(looked.publicKey).equals(b.publicKey)).toBe(true);

    await answerOf(client.call(method.drop, key));
    expect(await reasonOf(client.call(method.receive, {}, session(a.session)))).toBe(
      "SESSION_EXPIRED",
    );
    await answerOf(client.call(method.drop, key));
    await answerOf(client.call(method.close, {}, session(b.session)));
    await answerOf(client.call(method.close, {}, session(b.session)));
    expect((await statusOf(client)).nodes).toBe(0);
  });

  it("takes the session of a stream, but for its messages and its end", async () => {
    const stream = await client.open(generateKey());
    const metadata = session(stream.token);
    const { address } = stream;
    const payload = Buffer.from("from the side");
    await answerOf(client.call(method.send, { address, payload }, metadata));
    await until("it comes by the stream", () => stream.payloads.length === 1);
    await answerOf(client.call(method.findAddress, { nbits: 0 }, metadata));
    await answerOf(client.call(method.lookupPublicKey, { address }, metadata));
    expect(await reasonOf(client.call(method.receive, {}, metadata))).toBe("BAD_REQUEST");
    expect(await reasonOf(client.call(method.close, {}, metadata))).toBe("BAD_REQUEST");
    stream.end();
    await until("it ended", () => stream.ended !== undefined);
    expect(await reasonOf(client.call(method.send, { address, payload }, metadata))).toBe(
      "SESSION_EXPIRED",
    );
  });

  it("says what was wrong with a request", async () => {
    const { session: token } = await answerOf(client.call(method.open, keyed(generateKey())));
    const metadata = session(token);
    const payload = new Uint8Array(65_536);
    const { address } = daemon;
    const wrong = [
      client.call(method.generateKey, { algorithm: "rot13" }),
      client.call(method.send, { payload: Buffer.from("x") }, metadata),
      client.call(method.send, { address: address.bytes, addressText: `${address}` }, metadata),
      client.call(method.send, { address: address.bytes.subarray(1) }, metadata),
      client.call(method.send, { addressText: "no address" }, metadata),
      client.call(method.send, { address: address.bytes, payload }, metadata),
      client.call(method.send, { address: new Uint8Array(32) }, metadata),
      client.call(method.findAddress, { prefix: new Uint8Array(1), nbits: 9 }, metadata),
      client.call(method.findAddress, { prefix: new Uint8Array(33), nbits: 257 }, metadata),
      client.call(method.receive, { wait: { seconds: -1n } }, metadata),
      client.call(method.receive, {}),
      client.call(method.receive, {}, session("x")),
      client.call(method.receive, {}, session("0".repeat(64))),
      client.call(method.drop, {}),
      client.call(method.drop, keyed(daemon.privateKey)),
    ];
    expect(await Promise.all(wrong.map(reasonOf))).toEqual([
      "UNSUPPORTED_OPTION",
      "BAD_ADDRESS",
      "BAD_ADDRESS",
      "BAD_ADDRESS",
      "BAD_ADDRESS",
      "MESSAGE_TOO_LARGE",
      "NO_SUCH_ADDRESS",
      "BAD_REQUEST",
      "BAD_REQUEST",
      "BAD_REQUEST",
      "BAD_REQUEST",
      "BAD_REQUEST",
      "SESSION_EXPIRED",
      "BAD_KEY",
      "KEY_IN_USE_BY_DAEMON",
    ]);
  });

  it("survives noise at every method, and the clients of the noise see an error", async () => {
    const random = createSeededRandom(9);
    for (const service of [NodeService, AdminService, health.Health]) {
      for (const { name, methodKind } of service.methods) {
        if (methodKind === "bidi_streaming") continue;
        for (let i = 0; i < 20; i++) {
          const noise = Buffer.from(random.bytes(1 + random.below(100)));
          const code = await new Promise<number>((resolve) => {
            const call = client.caller.client.makeServerStreamRequest(
              `/${service.typeName}/${name}`,
              (bytes: Buffer) => bytes,
              (bytes: Buffer) => bytes,
              noise,
              { deadline: Date.now() + 2_000 },
            );
            call.on("error", () => {});
            call.on("data", () => call.cancel());
            call.on("status", (how) => resolve(how.code));
          });
          expect(code, `${name} ${noise.toString("hex")}`).not.toBe(status.DEADLINE_EXCEEDED);
        }
      }
    }
    expect(await answerOf(client.call(method.open, keyed(generateKey())))).toBeDefined();
  });
});

describe("the standard services", () => {
  it("describe themselves, in both versions of reflection", async () => {
    for (const { ServerReflection } of [reflection, reflectionAlpha]) {
      const { serverReflectionInfo } = ServerReflection.method;
      const stream = client.caller.rawBidi(serverReflectionInfo, new Metadata());
      const answers: MessageShape<typeof reflection.ServerReflectionResponseSchema>[] = [];
      stream.on("error", () => {});
      stream.on("data", (bytes: Buffer) =>
        answers.push(fromBinary(reflection.ServerReflectionResponseSchema, bytes)),
      );
      const ask = (messageRequest: reflection.ServerReflectionRequest["messageRequest"]): void => {
        const request = create(reflection.ServerReflectionRequestSchema, { messageRequest });
        stream.write(Buffer.from(toBinary(reflection.ServerReflectionRequestSchema, request)));
      };
      ask({ case: "listServices", value: "" });
      ask({ case: "fileContainingSymbol", value: "inet256.v1.NodeService" });
      ask({ case: "fileByFilename", value: "inet256/v1/admin.proto" });
      ask({ case: "fileContainingSymbol", value: "nothing" });
      await until("four answers", () => answers.length === 4);
      const [list, node, admin, nothing] = answers.map(({ messageResponse }) => messageResponse);
      const services = list?.case === "listServicesResponse" ? list.value.service : [];
      expect(services.map(({ name }) => name)).toContain(ServerReflection.typeName);
      const firstFile = (answer: typeof node): string =>
        answer?.case === "fileDescriptorResponse"
          ? fromBinary(
              FileDescriptorProtoSchema,
              answer.value.fileDescriptorProto[0] ?? new Uint8Array(0),
            ).name
          : "";
      expect(firstFile(node)).toBe("inet256/v1/node.proto");
      expect(firstFile(admin)).toBe("inet256/v1/admin.proto");
      expect(nothing).toMatchObject({ case: "errorResponse", value: { errorCode: 5 } });
      stream.end();
      await new Promise((resolve) => stream.once("status", resolve));
    }
  });

  it("say that they serve", async () => {
    const { SERVING } = health.HealthCheckResponse_ServingStatus;
    for (const service of ["", NodeService.typeName, AdminService.typeName]) {
      const answer = await answerOf(client.call(health.Health.method.check, { service }));
      expect(answer.status).toBe(SERVING);
    }
    const unknown = await client.call(health.Health.method.check, { service: "nothing" });
    expect(failed(unknown) && unknown.code).toBe(status.NOT_FOUND);
  });
});

describe("the start", () => {
  it("says where it listens, to the log and to whoever started it", async () => {
    expect(daemon.endpoint).toBe(`unix://${daemon.socketPath}`);
    expect((lstatSync(daemon.socketPath).mode & 0o777).toString(8)).toBe("600");
    const lines = daemon
      .log()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual([
      "starting",
      "UDP is open",
      "receiving over UDP",
      "listening",
    ]);
    expect(lines[0]).toMatchObject({ address: `${daemon.address}`, version: "test" });
    expect(lines[3]).toMatchObject({ endpoint: daemon.endpoint });
    const answer = await answerOf(client.call(AdminService.method.getStatus, {}));
    expect(answer).toMatchObject({
      addressText: `${daemon.address}`,
      version: "test",
      endpoints: [daemon.endpoint],
    });
  });

  it("is refused where another daemon is, which does not notice", async () => {
    const stream = await client.open(generateKey());
    const { socketPath } = daemon;
    await expect(startTestDaemon({ socketPath })).rejects.toMatchObject({ code: "SOCKET_IN_USE" });
    stream.send({ datagrams: [{ address: stream.address, payload: Buffer.from("x") }] });
    await until("it hears itself", () => stream.payloads.length === 1);
    await expect(startTestDaemon({ socketPath: "/nowhere/at/all" })).rejects.toMatchObject({
      code: "SOCKET_UNUSABLE",
    });
  });

  it("of two in one process makes two that know nothing of each other", async () => {
    const other = await startTestDaemon();
    const key = generateKey();
    const [here, there] = [client, createRawClient(other.socketPath)];
    const a = await here.open(key);
    const b = await there.open(generateKey());
    a.send({ datagrams: [{ address: b.address, payload: Buffer.from("x") }] });
    await until("it is refused", () => a.heard.some(({ failed: all }) => all.length > 0));
    expect(other.address.equals(daemon.address)).toBe(false);
    there.close();
    await other.stop();
    expect((await statusOf(client)).nodes).toBe(1);
  });
});

/** Connects without a word of gRPC. */
function dial(bytes?: string): Socket {
  const socket = connect(daemon.socketPath);
  socket.on("error", () => {});
  if (bytes !== undefined) socket.write(Buffer.from(bytes, "latin1"));
  return socket;
}

describe("the stop", () => {
  it("tells everybody, waits for nobody, and leaves nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "inet256-stop-"));
    const before = process.getActiveResourcesInfo().sort();
    await daemon.stop();
    daemon = await startTestDaemon({ socketPath: join(folder, "socket") });
    client.close();
    client = createRawClient(daemon.socketPath);

    // One of everything that may hang about.
    const stream = await client.open(generateKey());
    const silent = createSilentClient(daemon.socketPath);
    const victim = await silent.open(generateKey());
    for (let i = 0; i < 50; i++) {
      stream.send({ datagrams: [{ address: victim.address, payload: Buffer.alloc(60_000) }] });
    }
    const opened = await answerOf(client.call(method.open, keyed(generateKey())));
    const waiting = client.call(method.receive, {}, session(opened.session));
    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const sockets = [
      dial(),
      dial(preface.slice(0, 5)),
      dial(preface),
      // Told to go away, and does not.
      dial(`${preface}\0\0\0\x04\0\0\0\0\0\0\0\x05\0\0\0\0\0\0hello`),
    ];
    const closed = Promise.all(
      sockets.map((socket) => new Promise((end) => socket.once("close", end))),
    );
    for (const socket of sockets) socket.resume();
    const node = await daemon.service.open(generateKey());
    const receiving = node.receive();
    receiving.catch(() => {});
    await expect.poll(async () => (await statusOf(client)).clients).toBe(6);
    const idle = http2.connect("http://localhost", {
      createConnection: () => connect(daemon.socketPath),
    });
    idle.on("error", () => {});
    await new Promise((resolve) => idle.once("connect", resolve));

    const start = performance.now();
    await daemon.stop();
    // Half a second is what it gives those who do not listen.
    expect(performance.now() - start).toBeLessThan(3_000);
    await until("the stream ends", () => stream.ended !== undefined);
    expect(stream.ended?.reason).toBe("UNAVAILABLE");
    expect(await reasonOf(waiting)).not.toBe("none");
    await expect(receiving).rejects.toMatchObject({ reason: "NODE_CLOSED" });
    await closed;
    expect(existsSync(daemon.socketPath)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    expect(daemon.service.status()).toMatchObject({ nodes: 0, queuedBytes: 0 });
    expect(daemon.log()).toContain("stopped");

    client.close();
    silent.close();
    idle.destroy();
    await until(
      "nothing keeps the process alive",
      () =>
        process.getActiveResourcesInfo().filter((name) => /Pipe|Timeout/.test(name)).length <=
        before.filter((name) => /Pipe|Timeout/.test(name)).length,
    );
    rmSync(folder, { recursive: true });
  });

  it("can be asked for twice, also at the same time", async () => {
    await client.open(generateKey());
    await Promise.all([daemon.stop(), daemon.stop()]);
    await daemon.stop();
  });

  it("frees the socket at once: the next daemon starts while clients still hang about", async () => {
    const folder = mkdtempSync(join(tmpdir(), "inet256-next-"));
    const socketPath = join(folder, "socket");
    for (let i = 0; i < 3; i++) {
      const next = await startTestDaemon({ socketPath });
      const silent = createSilentClient(socketPath);
      const victim = await silent.open(generateKey());
      victim.send({ datagrams: [{ address: victim.address, payload: Buffer.from("x") }] });
      await next.stop();
      silent.close();
    }
    rmSync(folder, { recursive: true });
  });
});
