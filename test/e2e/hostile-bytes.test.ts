// SPDX-License-Identifier: GPL-3.0-or-later

// Whoever speaks no gRPC: garbage, other protocols, half-open connections, and HTTP/2 used against
// its reader. The daemon counts them, loses no memory to them, and goes on serving the others.

import http2 from "node:http2";
import { connect, type Socket } from "node:net";
import { generateKey } from "@inet256/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";
import { createRawClient, type RawClient, statusOf } from "../support/raw-client.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { until } from "../support/until.js";

let daemon: TestDaemon;
let observer: RawClient;

beforeAll(async () => {
  daemon = await startTestDaemon({ limits: { clients: 40 } });
  observer = createRawClient(daemon.socketPath);
});

afterAll(async () => {
  observer.close();
  await daemon.stop();
});

/** A bare connection; `closed` once the other side, or both, have gone. */
function dial(): { readonly socket: Socket; readonly got: Buffer[]; closed: boolean } {
  const socket = connect(daemon.socketPath);
  const made = { socket, got: [] as Buffer[], closed: false };
  socket.on("data", (chunk) => made.got.push(chunk));
  socket.on("error", () => {});
  socket.on("close", () => {
    made.closed = true;
  });
  return made;
}

/** That somebody with manners is served, and that nothing of the others is left. */
async function expectServing(): Promise<void> {
  const client = createRawClient(daemon.socketPath);
  const stream = await client.open(generateKey());
  stream.send({ datagrams: [{ address: stream.address, payload: Buffer.from("hello") }] });
  await until("it hears itself", () => stream.payloads.length === 1);
  client.close();
  await until("its node is gone", () => daemon.service.status().nodes === 0);
  expect(daemon.service.status().queuedBytes).toBe(0);
}

/**
 * Connections that Node's HTTP/2 has given up and does not close: after a GOAWAY of its own making
 * it neither reads nor ends. They are closed after 20 s, for nothing is asked on them.
 */
let givenUp = 0;

/** That all connections but the observer's are gone. */
async function expectAlone(): Promise<void> {
  const clients = async () => (await statusOf(observer)).clients;
  await expect.poll(clients, { timeout: 5_000 }).toBe(1 + givenUp);
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** An HTTP/2 frame. */
function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

const random = createSeededRandom(1);
const SETTINGS = frame(4, 0, 0, Buffer.alloc(0));

describe("bytes that are no HTTP/2", () => {
  const garbage: readonly (readonly [string, string | Buffer])[] = [
    ["nothing", ""],
    ["one zero byte", "\0"],
    ["HTTP/1", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["HTTP/1 that never ends", `GET / HTTP/1.1\r\n${"x: y\r\n".repeat(20_000)}`],
    ["an upgrade", "GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"],
    ["TLS", Buffer.from("16030100c8010000c40303", "hex")],
    ["SSH", "SSH-2.0-x\r\n"],
    ["a newline", "\n"],
    ["64 KiB of noise", Buffer.from(random.bytes(65_536))],
    ["a preface with a wrong end", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"],
    ["the preface and noise", Buffer.concat([PREFACE, random.bytes(5_000)])],
  ];

  it.each(garbage)("%s: the connection is closed, and nothing else", async (_, bytes) => {
    const made = dial();
    made.socket.write(bytes);
    // What is not even wrong yet gets no answer: then it is the client that ends.
    made.socket.end();
    await until("it is closed", () => made.closed);
    await expectAlone();
    await expectServing();
  });

  it("are counted as broken connections", async () => {
    const before = (await statusOf(observer)).counters;
    for (let i = 0; i < 5; i++) {
      const made = dial();
      made.socket.write("GET / HTTP/1.1\r\n\r\n");
      await until("it is closed", () => made.closed);
    }
    const after = (await statusOf(observer)).counters;
    expect(Number(after["api_connections"]) - Number(before["api_connections"])).toBe(5);
    expect(Number(after["api_connections_broken"]) - Number(before["api_connections_broken"])).toBe(
      5,
    );
  });
});

describe("HTTP/2 that breaks its own rules", () => {
  const bad: readonly (readonly [string, Buffer])[] = [
    ["a frame too large", Buffer.from("ffffff0000000000017f", "hex")],
    ["data for stream 0", frame(0, 0, 0, Buffer.alloc(5))],
    ["data for a stream nobody opened", frame(0, 0, 7, Buffer.alloc(5))],
    ["a header block of noise", frame(1, 4, 1, random.bytes(200))],
    ["settings of odd length", frame(4, 0, 0, Buffer.alloc(5))],
  ];

  it.each(bad)("%s: it is told to go away, and nothing else happens", async (_, bytes) => {
    const made = dial();
    made.socket.write(Buffer.concat([PREFACE, SETTINGS, bytes]));
    // A frame of type 7 on stream 0.
    const goaway = Buffer.from("070000000000", "hex");
    await until("GOAWAY", () => Buffer.concat(made.got).includes(goaway));
    made.socket.destroy();
    givenUp += 1;
    await expectAlone();
    await expectServing();
  });
});

describe("connections that say nothing", () => {
  it("are many, and hold nobody up", async () => {
    const all = Array.from({ length: 30 }, (_, i) => {
      const made = dial();
      if (i % 3 === 1) made.socket.write(PREFACE.subarray(0, 10));
      if (i % 3 === 2) made.socket.write(Buffer.concat([PREFACE, SETTINGS]));
      return made;
    });
    await expect.poll(async () => (await statusOf(observer)).clients).toBe(31 + givenUp);
    await expectServing();
    for (const { socket } of all) socket.destroy();
    await expectAlone();
  });

  it("may be cut in the middle of anything", async () => {
    const whole = Buffer.concat([PREFACE, SETTINGS, frame(1, 4, 1, Buffer.from("8384", "hex"))]);
    for (let length = 0; length <= whole.length; length++) {
      const made = dial();
      made.socket.write(whole.subarray(0, length), () => made.socket.destroy());
      await until("it is closed", () => made.closed);
    }
    await expectAlone();
    await expectServing();
  });
});

describe("HTTP/2 that is no gRPC", () => {
  const headers = (path: string, more: http2.OutgoingHttpHeaders = {}) => ({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    ...more,
  });

  async function withSession(use: (session: http2.ClientHttp2Session) => Promise<void>) {
    const session = http2.connect("http://localhost", {
      createConnection: () => connect(daemon.socketPath),
    });
    session.on("error", () => {});
    try {
      await use(session);
    } finally {
      session.destroy();
    }
  }

  /** What a request is answered with: the HTTP status, and gRPC's from headers or trailers. */
  function request(session: http2.ClientHttp2Session, sent: http2.OutgoingHttpHeaders, body = "") {
    return new Promise<readonly [http: number, grpc: number]>((resolve) => {
      const stream = session.request(sent);
      let http = 0;
      let grpc = -1;
      stream.on("response", (answer) => {
        http = Number(answer[":status"] ?? 0);
        grpc = Number(answer["grpc-status"] ?? grpc);
      });
      stream.on("trailers", (trailers) => {
        grpc = Number(trailers["grpc-status"] ?? grpc);
      });
      stream.on("error", () => {});
      stream.on("close", () => resolve([http, grpc]));
      stream.resume();
      stream.end(body);
    });
  }

  it("is answered as gRPC asks for, and nothing is opened", async () => {
    const connectPath = "/inet256.v1.NodeService/Connect";
    await withSession(async (session) => {
      expect(await request(session, headers("/"))).toEqual([200, 12]);
      expect(await request(session, headers("/inet256.v1.NodeService/Nothing"))).toEqual([200, 12]);
      expect(await request(session, headers("/__proto__/constructor"))).toEqual([200, 12]);
      const plain = headers(connectPath, { "content-type": "text/html" });
      expect((await request(session, plain))[0]).toBe(415);
      expect(await request(session, headers(connectPath))).toEqual([200, 0]);
      const noise = await request(session, headers(connectPath), "no frame of gRPC at all");
      expect(noise[1]).toBeGreaterThan(0);
      const odd = headers(connectPath, { "grpc-timeout": "soon" });
      expect((await request(session, odd))[1]).toBe(13);
    });
    await expectAlone();
    await expectServing();
  });

  it("does not unpack a small message into a large one", async () => {
    const bomb = (await import("node:zlib")).gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const framed = Buffer.concat([Buffer.of(1), Buffer.alloc(4), bomb]);
    framed.writeUInt32BE(bomb.length, 1);
    for (const method of ["Connect", "Open", "Send"]) {
      await withSession(async (session) => {
        const stream = session.request(
          headers(`/inet256.v1.NodeService/${method}`, { "grpc-encoding": "gzip" }),
        );
        stream.on("error", () => {});
        stream.resume();
        let status = -1;
        const hear = (answer: http2.IncomingHttpHeaders): void => {
          status = Number(answer["grpc-status"] ?? status);
        };
        stream.on("response", hear);
        stream.on("trailers", hear);
        stream.end(framed);
        await until(`${method} is refused`, () => status >= 0);
        // RESOURCE_EXHAUSTED: beyond the limit of a message.
        expect(status).toBe(8);
      });
    }
    await expectServing();
  });

  it("may open and reset streams as fast as it can", async () => {
    await withSession(async (session) => {
      for (let round = 0; round < 20; round++) {
        // It may well be thrown out for it.
        for (let i = 0; i < 100 && !session.destroyed; i++) {
          const stream = session.request(headers("/inet256.v1.NodeService/Connect"));
          stream.on("error", () => {});
          stream.close(http2.constants.NGHTTP2_CANCEL);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await expect.poll(async () => (await statusOf(observer)).streams).toBe(0);
    await expectServing();
  });

  it("may send more headers than anybody reads", async () => {
    await withSession(async (session) => {
      const large = headers("/inet256.v1.NodeService/Open", { "x-large": "x".repeat(60_000) });
      const [http, grpc] = await request(session, large);
      expect(http === 0 || grpc > 0 || http >= 400).toBe(true);
    });
    await expectServing();
  });
});

describe("headers", () => {
  /** A request on a connection that has not said that it knows the daemon's settings. */
  function requestOf(streamId: number, headerBytes: number): Buffer {
    const value = Buffer.alloc(headerBytes, "x");
    // HPACK, RFC 7541, section 6.2.2: a literal without indexing, its length in seven bits and more.
    const length: number[] = [0x7f];
    let rest = headerBytes - 127;
    for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
    length.push(rest);
    const block = Buffer.concat([
      // :method POST, :scheme http, :authority x, :path /x, and x-a.
      Buffer.of(
        0x83,
        0x86,
        0x01,
        1,
        0x78,
        0x04,
        2,
        0x2f,
        0x78,
        0x00,
        3,
        0x78,
        0x2d,
        0x61,
        ...length,
      ),
      value,
    ]);
    const pieces: Buffer[] = [];
    for (let at = 0; at < block.length; at += 16_384) {
      const end = at + 16_384 >= block.length ? 4 : 0;
      const piece = block.subarray(at, at + 16_384);
      pieces.push(at === 0 ? frame(1, end, streamId, piece) : frame(9, end, streamId, piece));
    }
    return Buffer.concat(pieces);
  }
  const cut = async () => Number((await statusOf(observer)).counters["api_connections_cut"]);

  it("long-headers-cut-the-connection: one request's, or many that are long", async () => {
    const before = await cut();
    const [one, many, short] = [dial(), dial(), dial()];
    one.socket.write(Buffer.concat([PREFACE, SETTINGS, requestOf(1, 20_000)]));
    const requests = (bytes: number) =>
      Array.from({ length: 8 }, (_, i) => requestOf(2 * i + 1, bytes));
    many.socket.write(Buffer.concat([PREFACE, SETTINGS, ...requests(7_000)]));
    short.socket.write(Buffer.concat([PREFACE, SETTINGS, ...requests(500)]));
    await until("both are cut", () => one.closed && many.closed);
    expect((await cut()) - before).toBe(2);
    expect(short.closed).toBe(false);
    short.socket.destroy();
    await expectServing();
  });

  it("calls-given-up-cut-the-connection: 45 at once do not, 60 do", async () => {
    const before = await cut();
    const [few, many] = [dial(), dial()];
    const givenUp = (count: number) =>
      Array.from({ length: count }, (_, i) => {
        const streamId = 2 * i + 1;
        return Buffer.concat([
          requestOf(streamId, 200),
          frame(3, 0, streamId, Buffer.of(0, 0, 0, 8)),
        ]);
      });
    few.socket.write(Buffer.concat([PREFACE, SETTINGS, ...givenUp(45)]));
    many.socket.write(Buffer.concat([PREFACE, SETTINGS, ...givenUp(60)]));
    await until("it is cut", () => many.closed);
    expect([(await cut()) - before, few.closed]).toEqual([1, false]);
    few.socket.destroy();
    await expectServing();
  });
});
