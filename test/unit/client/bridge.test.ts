// SPDX-License-Identifier: GPL-3.0-or-later

// The bridge between protobuf-es and grpc-js, with a small service on a real unix socket.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { NodeError } from "@inet256/client";
import {
  createGrpcCaller,
  errorOfStatus,
  type GrpcCaller,
  type Implementation,
  methodDefinition,
  rawMethodDefinition,
  serviceDefinition,
  statusOfError,
} from "@inet256/client/grpc";
import { ConnectRequestSchema, ConnectResponseSchema, health, NodeService } from "@inet256/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pattern } from "../../support/datagrams.js";

const { Health, HealthCheckResponse_ServingStatus: ServingStatus } = health;

/** Knows of one service; watching it tells its status twice and ends. */
const implementation: Implementation<typeof Health> = {
  check(call, done) {
    if (call.request.service === "") return done(null, { status: ServingStatus.SERVING });
    const said = call.metadata.get("say").join();
    done(statusOfError(new NodeError("UNREACHABLE", `no such service, ünï ✓ ${said}`)));
  },
  watch(call) {
    call.write({ status: ServingStatus.NOT_SERVING });
    call.write({ status: ServingStatus.SERVING });
    call.end();
  },
};

let folder: string;
let server: Server;
let caller: GrpcCaller;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inet256-bridge-"));
  server = new Server();
  server.addService(serviceDefinition(Health), { ...implementation });
  server.addService(
    { connect: rawMethodDefinition(NodeService.method.connect) },
    {
      // Answers each request's datagrams, byte for byte in its own encoding.
      connect(call: ServerDuplexStream<Buffer, Buffer>) {
        call.on("data", (message: Buffer) => {
          const { datagrams } = fromBinary(ConnectRequestSchema, message);
          const answer = create(ConnectResponseSchema, { datagrams });
          call.write(Buffer.from(toBinary(ConnectResponseSchema, answer)));
        });
        call.on("end", () => call.end());
      },
    },
  );
  const target = `unix:${join(folder, "socket")}`;
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(target, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  caller = createGrpcCaller(target, credentials.createInsecure(), {});
});

afterAll(() => {
  caller.client.close();
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

describe("the bridge", () => {
  it("carries a unary call", async () => {
    const answer = await new Promise((resolve, reject) => {
      caller.unary(Health.method.check, {}, new Metadata(), (error, response) =>
        error === null ? resolve(response?.status) : reject(error),
      );
    });
    expect(answer).toBe(ServingStatus.SERVING);
  });

  it("carries an error with its reason and words, and the caller's metadata", async () => {
    const metadata = new Metadata();
    metadata.set("say", "hello");
    const request = { service: "unknown" };
    const error = await new Promise<Parameters<typeof errorOfStatus>[0] | null>((resolve) => {
      caller.unary(Health.method.check, request, metadata, (failure) => resolve(failure));
    });
    expect(errorOfStatus(error ?? {})).toMatchObject({
      reason: "UNREACHABLE",
      message: "no such service, ünï ✓ hello",
    });
  });

  it("carries a server's stream", async () => {
    const seen: unknown[] = [];
    for await (const { status } of caller.serverStream(Health.method.watch, {}, new Metadata())) {
      seen.push(status);
    }
    expect(seen).toEqual([ServingStatus.NOT_SERVING, ServingStatus.SERVING]);
  });

  it("carries bytes as they are, both ways", async () => {
    const stream = caller.rawBidi(NodeService.method.connect, new Metadata());
    const sizes = [0, 1, 65_535];
    for (const size of sizes) {
      const datagrams = [{ address: pattern(32, size), payload: pattern(size, size) }];
      const request = create(ConnectRequestSchema, { datagrams });
      stream.write(Buffer.from(toBinary(ConnectRequestSchema, request)));
    }
    stream.end();
    const seen: number[] = [];
    for await (const message of stream) {
      expect(message).toBeInstanceOf(Buffer);
      for (const { address, payload } of fromBinary(ConnectResponseSchema, message).datagrams) {
        expect(Buffer.compare(address, pattern(32, payload.length))).toBe(0);
        expect(Buffer.compare(payload, pattern(payload.length, payload.length))).toBe(0);
        seen.push(payload.length);
      }
    }
    expect(seen).toEqual(sizes);
  });
});

describe("a definition", () => {
  it("has the path and the kinds of every method", () => {
    const kinds = NodeService.methods.map((method) => {
      const { path, requestStream, responseStream } = methodDefinition(method);
      return [path, requestStream, responseStream];
    });
    expect(kinds).toContainEqual(["/inet256.v1.NodeService/Connect", true, true]);
    expect(kinds).toContainEqual(["/inet256.v1.NodeService/Send", false, false]);
    expect(methodDefinition(Health.method.watch)).toMatchObject({
      path: "/grpc.health.v1.Health/Watch",
      requestStream: false,
      responseStream: true,
    });
    expect(Object.keys(serviceDefinition(NodeService))).toEqual(Object.keys(NodeService.method));
  });
});
