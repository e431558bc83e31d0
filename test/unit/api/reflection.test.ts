// SPDX-License-Identifier: GPL-3.0-or-later

// Reflection: everything that is served can be found by file and by symbol, with all it hangs on,
// and nothing else.

import { EventEmitter } from "node:events";
import {
  create,
  createFileRegistry,
  type DescFile,
  type DescMessage,
  fromBinary,
} from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { AdminService, health, NodeService, reflection, reflectionAlpha } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { createReflectionHandler } from "../../../server/src/api/reflection.js";

const SERVED = [
  NodeService,
  AdminService,
  health.Health,
  reflection.ServerReflection,
  reflectionAlpha.ServerReflection,
];

type Question = reflection.ServerReflectionRequest["messageRequest"];
type Response = reflection.ServerReflectionResponse;

/** A stream of questions and answers whose client may stop reading. */
class FakeCall extends EventEmitter {
  readonly answers: Response[] = [];
  paused = false;
  ended = false;
  reading = true;
  write(answer: object): boolean {
    this.answers.push(create(reflection.ServerReflectionResponseSchema, answer));
    return this.reading;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
  }
}

const handle = createReflectionHandler(SERVED);

function start(): FakeCall {
  const call = new FakeCall();
  handle(call as never);
  return call;
}

function ask(messageRequest: Question, host = ""): Response {
  const call = start();
  const request = create(reflection.ServerReflectionRequestSchema, { host, messageRequest });
  call.emit("data", request);
  const [answer] = call.answers;
  if (answer === undefined || call.answers.length !== 1) throw new Error("not one answer");
  expect(answer.validHost).toBe(host);
  expect(answer.originalRequest).toEqual(request);
  return answer;
}

/** The files of an answer; the code of its error where it has none. */
function filesOf(answer: Response): readonly FileDescriptorProto[] | status {
  const { messageResponse } = answer;
  if (messageResponse.case === "errorResponse") return messageResponse.value.errorCode;
  if (messageResponse.case !== "fileDescriptorResponse") throw new Error("neither");
  return messageResponse.value.fileDescriptorProto.map((bytes) =>
    fromBinary(FileDescriptorProtoSchema, bytes),
  );
}

const bySymbol = (value: string) => filesOf(ask({ case: "fileContainingSymbol", value }));
const byName = (value: string) => filesOf(ask({ case: "fileByFilename", value }));

function namesOf(files: readonly FileDescriptorProto[] | status): readonly string[] {
  if (typeof files === "number") throw new Error(`an error: ${status[files]}`);
  return files.map(({ name }) => name);
}

/** Every file that is served, with all that they import. */
function allFiles(): ReadonlyMap<string, DescFile> {
  const files = new Map<string, DescFile>();
  const add = (file: DescFile): void => {
    files.set(file.proto.name, file);
    file.dependencies.forEach(add);
  };
  for (const { file } of SERVED) add(file);
  return files;
}

/** Every symbol of a file, as protobuf scopes them. */
function symbolsOf(file: DescFile): readonly string[] {
  const ofMessage = (message: DescMessage): string[] => [
    message.typeName,
    ...message.fields.map(({ name }) => `${message.typeName}.${name}`),
    ...message.oneofs.map(({ name }) => `${message.typeName}.${name}`),
    ...message.nestedEnums.flatMap(({ typeName, values }) => [
      typeName,
      ...values.map(({ name }) => `${message.typeName}.${name}`),
    ]),
    ...message.nestedMessages
      .filter(({ proto }) => proto.options?.mapEntry !== true)
      .flatMap(ofMessage),
  ];
  return [
    ...file.messages.flatMap(ofMessage),
    ...file.enums.flatMap(({ typeName, values }) => [
      typeName,
      ...values.map(({ name }) => `${file.proto.package}.${name}`),
    ]),
    ...file.services.flatMap(({ typeName, methods }) => [
      typeName,
      ...methods.map(({ name }) => `${typeName}.${name}`),
    ]),
  ];
}

describe("the reflection service", () => {
  it("lists what is served", () => {
    const { messageResponse } = ask({ case: "listServices", value: "" }, "example.test");
    if (messageResponse.case !== "listServicesResponse") throw new Error("no list");
    expect(messageResponse.value.service.map(({ name }) => name).sort()).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "inet256.v1.AdminService",
      "inet256.v1.NodeService",
    ]);
  });

  it("describes every file, first itself and then all that it imports, and can be compiled", () => {
    const files = allFiles();
    expect(files.size).toBeGreaterThanOrEqual(6);
    for (const [name, file] of files) {
      const described = byName(name);
      if (typeof described === "number") throw new Error(`${name}: ${status[described]}`);
      expect(described[0]).toEqual(file.proto);
      expect(new Set(namesOf(described)).size).toBe(described.length);
      // A registry wants what is imported first.
      const set = create(FileDescriptorSetSchema, { file: [...described].reverse() });
      expect(createFileRegistry(set).getFile(name)?.proto.name).toBe(name);
    }
  });

  it("finds every symbol: types, services, methods, fields, choices, values", () => {
    let symbols = 0;
    for (const [name, file] of allFiles()) {
      for (const symbol of symbolsOf(file)) {
        expect(namesOf(bySymbol(symbol))[0], symbol).toBe(name);
        symbols += 1;
      }
    }
    expect(symbols).toBeGreaterThan(150);
  });

  it("describes what errors carry", () => {
    expect(namesOf(bySymbol("google.rpc.ErrorInfo"))[0]).toBe("google/rpc/error_details.proto");
  });

  it("says NOT_FOUND to everything else, and repeats nothing", () => {
    for (const symbol of [
      "",
      ".",
      "inet256",
      "inet256.v1",
      "inet256.v1.",
      "inet256.v1.NodeServic",
      "inet256.v1.NodeService.",
      "inet256.v1.NodeService.NoSuchMethod",
      "inet256.v1.NodeService.open",
      "inet256.v1.OpenRequest.nothing",
      "inet256.v1.Reason.REASON_BAD_KEY",
      ".inet256.v1.NodeService",
      "NodeService",
      "__proto__",
      "inet256.v1.OpenRequest.constructor",
      "x".repeat(100_000),
    ]) {
      expect(bySymbol(symbol), symbol.slice(0, 50)).toBe(status.NOT_FOUND);
    }
    for (const name of ["", "node.proto", "/etc/passwd", "../inet256/v1/node.proto", "proto"]) {
      expect(byName(name), name).toBe(status.NOT_FOUND);
    }
    const { messageResponse } = ask({ case: "fileByFilename", value: "secret" });
    expect(JSON.stringify(messageResponse)).not.toContain("secret");
  });

  it("has no extensions, and asks for a question where there is none", () => {
    const extension = { containingType: "inet256.v1.OpenRequest", extensionNumber: 5 };
    const value = create(reflection.ExtensionRequestSchema, extension);
    expect(filesOf(ask({ case: "fileContainingExtension", value }))).toBe(status.NOT_FOUND);
    const all = ask({ case: "allExtensionNumbersOfType", value: "inet256.v1.OpenRequest" });
    expect(filesOf(all)).toBe(status.NOT_FOUND);
    expect(filesOf(ask({ case: undefined }))).toBe(status.INVALID_ARGUMENT);
  });

  it("answers one after the other, waits for a client that does not read, and ends with it", () => {
    const call = start();
    const list = create(reflection.ServerReflectionRequestSchema, {
      messageRequest: { case: "listServices", value: "" },
    });
    call.emit("data", list);
    expect(call.paused).toBe(false);
    call.reading = false;
    call.emit("data", list);
    expect([call.answers.length, call.paused]).toEqual([2, true]);
    call.emit("drain");
    expect(call.paused).toBe(false);
    call.emit("end");
    expect(call.ended).toBe(true);
  });
});
