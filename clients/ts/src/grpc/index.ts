// SPDX-License-Identifier: Apache-2.0

/**
 * What both ends of the gRPC API need: the bridge between protobuf-es and grpc-js, the hand codec
 * of the data path, and the mapping of errors. For those who build a daemon or another client.
 */
export {
  createGrpcCaller,
  type GrpcCaller,
  type Handler,
  type Implementation,
  methodDefinition,
  rawMethodDefinition,
  serviceDefinition,
} from "./bridge.js";
export { type BufferPool, createBufferPool } from "./buffer-pool.js";
export {
  ADDRESS_BYTES,
  createDatagramIndex,
  type DatagramIndex,
  encodedDatagramBytes,
  MAX_ACCEPTED_THROUGH_BYTES,
  MAX_STREAM_MESSAGE_BYTES,
  MAX_UNACCEPTED_BYTES,
  scanRequest,
  scanResponse,
  varintBytes,
  writeAcceptedThrough,
  writeDatagram,
} from "./datagram-codec.js";
export { errorOfStatus, reasonNumber, reasonOfNumber, statusOfError } from "./errors.js";
