// SPDX-License-Identifier: GPL-3.0-or-later

// Messages that are written from where they lie: through grpc-js as it is, and as it might become.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client,
  credentials,
  experimental,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  ServerInterceptingCall,
} from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { CHUNK_BYTES } from "../../../server/src/api/chunk-memory.js";
import { FRAME_BYTES } from "../../../server/src/api/constants.js";
import { createMessageWriter, reuseMemory } from "../../../server/src/api/framing.js";
import { giveMessage } from "../../../server/src/api/message-decoder.js";

const bytes = (message: Buffer): Buffer => message;
const METHOD = {
  path: "/test.Test/Stream",
  requestStream: true,
  responseStream: true,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
} as const;

type Call = ServerDuplexStream<Buffer, Buffer>;

/** Serves one call behind so many interceptors and answers what its client was sent. */
async function served(
  interceptors: number,
  serve: (call: Call) => void,
  say: readonly Buffer[] = [Buffer.from("begin")],
): Promise<Buffer[]> {
  const folder = mkdtempSync(join(tmpdir(), "inet256-framing-"));
  const server = new Server();
  server.addService({ stream: METHOD }, { stream: serve });
  const pass = Array.from(
    { length: interceptors },
    () => (_: unknown, call: ConstructorParameters<typeof ServerInterceptingCall>[0]) =>
      new ServerInterceptingCall(call),
  );
  const secured = experimental.createServerCredentialsWithInterceptors(
    ServerCredentials.createInsecure(),
    pass,
  );
  const address = `unix:${folder}/s`;
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, secured, (error) => (error === null ? resolve() : reject(error)));
  });
  const client = new Client(address, credentials.createInsecure());
  try {
    const heard: Buffer[] = [];
    const stream = client.makeBidiStreamRequest(METHOD.path, bytes, bytes);
    for (const message of say) stream.write(message);
    for await (const message of stream) heard.push(message as Buffer);
    return heard;
  } finally {
    client.close();
    server.forceShutdown();
    rmSync(folder, { recursive: true, force: true });
  }
}

// The first is written at once, the others when their turn comes.
const SIZES = [16_384, 0, 1, 255, 256, 16_385, 65_536, 262_144];

describe("createMessageWriter", () => {
  it.each([0, 1, 2])("has grpc-js, behind %i interceptors, write the memory itself", async (n) => {
    const written: Buffer[] = [];
    const heard = await served(n, (call) => {
      const write = createMessageWriter(call);
      let left = SIZES.length;
      for (const size of SIZES) {
        const framed = Buffer.alloc(FRAME_BYTES + size, size % 251);
        write(framed, () => {
          written.push(framed);
          // Whatever has not left by now is spoilt.
          framed.fill(0xee);
          left -= 1;
          if (left === 0) call.end();
        });
        // Nobody has looked at it yet: what is heard is what is in the memory when it leaves.
        framed.fill((size + 1) % 251, FRAME_BYTES);
      }
    });
    expect(heard.map(({ length }) => length)).toEqual(SIZES);
    expect(written.map(({ length }) => length - FRAME_BYTES)).toEqual(SIZES);
    for (const message of heard) {
      expect(message.equals(Buffer.alloc(message.length, (message.length + 1) % 251))).toBe(true);
    }
  });

  it("leaves the frame to a call that it does not know", () => {
    for (const call of [{}, { call: undefined }, { call: { nextCall: { serializeMessage: 7 } } }]) {
      const written: Buffer[] = [];
      const write = createMessageWriter({
        ...call,
        write(message: Buffer, done: () => void) {
          written.push(message);
          done();
          return true;
        },
      } as unknown as Call);
      let done = 0;
      write(Buffer.from("frame: hello"), () => {
        done += 1;
      });
      expect([written.map(String), done]).toEqual([[": hello"], 1]);
    }
  });

  it("never says of a message that it is written when its stream broke before", async () => {
    const ends: string[] = [];
    await served(0, (call) => {
      const write = createMessageWriter(call);
      write(Buffer.alloc(FRAME_BYTES + 8 * 1024 * 1024), () => ends.push("written"));
      call.once("cancelled", () => ends.push("cancelled"));
      setImmediate(() => call.emit("error", { code: 1, details: "enough" }));
    }).catch(() => ends.push("refused"));
    expect(ends).not.toContain("written");
  });
});

describe("reuseMemory", () => {
  it.each([0, 1, 2])("has grpc-js, behind %i interceptors, read into chunks", async (n) => {
    const said = [1, 70_000, 100_000, 0, 200_000, 262_144].map((size) => Buffer.alloc(size, size));
    const memory = new Set<ArrayBufferLike>();
    const heard = await served(
      n,
      (call) => {
        expect(reuseMemory(call)).toBe(true);
        let left = said.length;
        call.on("data", (message: Buffer) => {
          if (message.buffer.byteLength === CHUNK_BYTES) memory.add(message.buffer);
          call.write(Buffer.from(message));
          giveMessage(message);
          left -= 1;
          if (left === 0) call.end();
        });
      },
      said,
    );
    expect(heard.map((message, i) => message.equals(said[i] as Buffer))).toEqual(
      said.map(() => true),
    );
    expect(memory.size).toBe(1);
  });

  it("leaves a call that it does not know as it is", () => {
    for (const call of [{}, { call: 1 }, { call: { decoder: null } }, { call: { decoder: {} } }]) {
      const before = structuredClone(call);
      expect(reuseMemory(call)).toBe(false);
      expect(call).toEqual(before);
    }
  });
});
