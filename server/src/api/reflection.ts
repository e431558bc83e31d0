// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The standard reflection service, v1 and v1alpha: describes what is served from the generated
 * descriptors, so that grpcurl needs no file.
 */
import {
  create,
  createFileRegistry,
  type DescFile,
  type DescService,
  type FileRegistry,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import { file_google_rpc_error_details, type reflection } from "@inet256/proto";

type Request = reflection.ServerReflectionRequest;
type Response = MessageInitShape<typeof reflection.ServerReflectionResponseSchema>;
type Answer = NonNullable<Response["messageResponse"]>;
type Call = ServerDuplexStream<Request, Response>;
type DescType = NonNullable<ReturnType<FileRegistry["get"]>>;

/** The handler of ServerReflectionInfo for these services. The two versions share one layout. */
export function createReflectionHandler(services: readonly DescService[]): (call: Call) => void {
  const registry = registryOf(services);
  return (call) => {
    call.on("data", (request: Request) => {
      const sent = call.write({
        validHost: request.host,
        originalRequest: request,
        messageResponse: answer(registry, services, request),
      });
      if (sent) return;
      // A client that asks and does not read is asked to wait.
      call.pause();
      call.once("drain", () => call.resume());
    });
    call.on("end", () => call.end());
  };
}

function registryOf(services: readonly DescService[]): FileRegistry {
  const files = new Map<string, DescFile>();
  const add = (file: DescFile): void => {
    if (files.has(file.proto.name)) return;
    file.dependencies.forEach(add);
    files.set(file.proto.name, file);
  };
  for (const service of services) add(service.file);
  // What errors carry beside their status.
  add(file_google_rpc_error_details);
  const file = [...files.values()].map(({ proto }) => proto);
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}

function answer(
  registry: FileRegistry,
  services: readonly DescService[],
  request: Request,
): Answer {
  const question = request.messageRequest;
  switch (question.case) {
    case "listServices":
      return {
        case: "listServicesResponse",
        value: { service: services.map(({ typeName }) => ({ name: typeName })) },
      };
    case "fileByFilename":
      return describe(registry.getFile(question.value));
    case "fileContainingSymbol":
      return describe(fileOfSymbol(registry, question.value));
    case "fileContainingExtension":
    case "allExtensionNumbersOfType":
      return problem(status.NOT_FOUND, "there are no extensions");
    default:
      return problem(status.INVALID_ARGUMENT, "expected one of the questions of message_request");
  }
}

// A symbol is a type, a service, or something inside one: a method, a field, a choice of fields.
// The values of an enum stand beside it.
function fileOfSymbol(registry: FileRegistry, symbol: string): DescFile | undefined {
  const found = registry.get(symbol);
  if (found !== undefined) return found.file;
  for (const type of registry) {
    const scope = type.kind === "enum" ? scopeOf(type.typeName) : `${type.typeName}.`;
    if (!symbol.startsWith(scope)) continue;
    if (membersOf(type).some(({ name }) => scope + name === symbol)) return type.file;
  }
  return undefined;
}

function membersOf(type: DescType): readonly { readonly name: string }[] {
  if (type.kind === "enum") return type.values;
  if (type.kind === "service") return type.methods;
  return type.kind === "message" ? [...type.fields, ...type.oneofs] : [];
}

function scopeOf(name: string): string {
  return name.slice(0, name.lastIndexOf(".") + 1);
}

function describe(file: DescFile | undefined): Answer {
  if (file === undefined) return problem(status.NOT_FOUND, "not found");
  const described = new Set<DescFile>();
  const add = (next: DescFile): void => {
    if (described.has(next)) return;
    described.add(next);
    next.dependencies.forEach(add);
  };
  add(file);
  return {
    case: "fileDescriptorResponse",
    value: {
      fileDescriptorProto: [...described].map(({ proto }) =>
        toBinary(FileDescriptorProtoSchema, proto),
      ),
    },
  };
}

function problem(code: status, message: string): Answer {
  return { case: "errorResponse", value: { errorCode: code, errorMessage: message } };
}
