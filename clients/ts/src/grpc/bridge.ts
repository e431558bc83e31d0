// SPDX-License-Identifier: Apache-2.0

/**
 * Between protobuf-es, which knows messages, and grpc-js, which knows calls: one typed service
 * definition from a generated service, for the server's handlers and the client's stubs alike.
 */
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";

function serializer<D extends DescMessage>(schema: D): (value: MessageInitShape<D>) => Buffer {
  return (value) => {
    const bytes = toBinary(schema, create(schema, value));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function deserializer<D extends DescMessage>(schema: D): (bytes: Buffer) => MessageShape<D> {
  return (bytes) => fromBinary(schema, bytes);
}

/** The grpc-js form of one generated method, as a server answers it and a client calls it. */
export function methodDefinition<M extends DescMethod>(
  method: M,
): MethodDefinition<object, object> {
  const kind = method.methodKind;
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    originalName: method.localName,
    requestStream: kind === "client_streaming" || kind === "bidi_streaming",
    responseStream: kind === "server_streaming" || kind === "bidi_streaming",
    requestSerialize: serializer(method.input) as (value: object) => Buffer,
    requestDeserialize: deserializer(method.input),
    responseSerialize: serializer(method.output) as (value: object) => Buffer,
    responseDeserialize: deserializer(method.output),
  };
}

/** The handler of one method, by its kind. */
export type Handler<M extends DescMethod> = M["methodKind"] extends "unary"
  ? handleUnaryCall<MessageShape<M["input"]>, MessageInitShape<M["output"]>>
  : M["methodKind"] extends "server_streaming"
    ? handleServerStreamingCall<MessageShape<M["input"]>, MessageInitShape<M["output"]>>
    : handleBidiStreamingCall<MessageShape<M["input"]>, MessageInitShape<M["output"]>>;

/** A handler for each method of a service. */
export type Implementation<S extends DescService> = {
  readonly [K in keyof S["method"]]: Handler<S["method"][K]>;
};

/** The grpc-js definition of a generated service. */
export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [method.localName, methodDefinition(method)]),
  ) as ServiceDefinition;
}

/** A method that carries bytes as they are, for those who encode and decode by hand. */
export function rawMethodDefinition(method: DescMethod): MethodDefinition<Buffer, Buffer> {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    ...methodDefinition(method),
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

/** Calls methods of generated services over one channel. */
export interface GrpcCaller {
  /** Calls a unary method; grpc-js's own error goes to the callback. */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    metadata: Metadata,
    done: (error: ServiceError | null, response?: MessageShape<O>) => void,
  ): ClientUnaryCall;
  /** Opens a stream that carries bytes as they are, both ways. */
  rawBidi(method: DescMethod, metadata: Metadata): ClientDuplexStream<Buffer, Buffer>;
  /** Reads a server's stream. */
  serverStream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    metadata: Metadata,
  ): ClientReadableStream<MessageShape<O>>;
  /** The grpc-js client underneath, for its channel. */
  readonly client: Client;
}

/** Makes a caller; nothing is connected before the first call. */
export function createGrpcCaller(
  target: string,
  credentials: ChannelCredentials,
  options: ChannelOptions,
): GrpcCaller {
  const client = new Client(target, credentials, options);
  return {
    client,
    unary(method, request, metadata, done) {
      const definition = methodDefinition(method);
      return client.makeUnaryRequest(
        definition.path,
        serializer(method.input),
        deserializer(method.output),
        request,
        metadata,
        (error, response) => done(error, response),
      );
    },
    rawBidi(method, metadata) {
      const definition = rawMethodDefinition(method);
      return client.makeBidiStreamRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        metadata,
      );
    },
    serverStream(method, request, metadata) {
      const definition = methodDefinition(method);
      return client.makeServerStreamRequest(
        definition.path,
        serializer(method.input),
        deserializer(method.output),
        request,
        metadata,
      );
    },
  };
}
