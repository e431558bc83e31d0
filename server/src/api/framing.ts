// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Messages of Connect that are written where they lie, and read into memory that is used again.
 * grpc-js makes new memory for each message that it reads or writes, and V8 stops everybody each
 * time 32 MiB of such memory were made: with one client that sends much, that is every hundredth
 * round trip of another one. The private members used here are looked at before they are touched:
 * where they have changed, grpc-js copies as it always did, and all else works.
 */
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { FRAME_BYTES, MAX_RECEIVE_BYTES } from "./constants.js";
import { createMessageDecoder, type MessageDecoder } from "./message-decoder.js";

/**
 * Writes a message that has FRAME_BYTES of room before it. `written` says that its memory may be
 * used again; it is never said of one that was being written when its stream broke.
 */
export type WriteMessage = (framed: Buffer, written: () => void) => void;

/** How to write to a call, which is written to in no other way from now on. */
export function createMessageWriter(
  call: Pick<ServerDuplexStream<Buffer, Buffer>, "write">,
): WriteMessage {
  const serializer = layerOf(call, isSerializer);
  if (serializer === undefined) {
    return (framed, written) => void call.write(framed.subarray(FRAME_BYTES), written);
  }
  serializer.serializeMessage = (framed) => framed;
  return (framed, written) => {
    framed[0] = 0;
    framed.writeUInt32BE(framed.length - FRAME_BYTES, 1);
    call.write(framed, written);
  };
}

/**
 * From now on what the call reads lies in memory that giveMessage gives back. Only before anything
 * was read; whether it was possible.
 */
export function reuseMemory(call: object): boolean {
  const reader = layerOf(call, isReader);
  if (reader === undefined) return false;
  reader.decoder = createMessageDecoder(MAX_RECEIVE_BYTES);
  return true;
}

interface Serializer {
  serializeMessage(message: Buffer): Buffer;
}

interface Reader {
  decoder: MessageDecoder;
}

// The part of a call that speaks HTTP/2 is the innermost; each interceptor is a layer around it.
function layerOf<T extends object>(
  call: object,
  isIt: (layer: object) => layer is T,
): T | undefined {
  let layer: unknown = "call" in call ? call.call : undefined;
  while (typeof layer === "object" && layer !== null) {
    if (isIt(layer)) return layer;
    layer = "nextCall" in layer ? layer.nextCall : undefined;
  }
  return undefined;
}

function isSerializer(layer: object): layer is Serializer {
  return "serializeMessage" in layer && typeof layer.serializeMessage === "function";
}

function isReader(layer: object): layer is Reader {
  if (!("decoder" in layer)) return false;
  const { decoder } = layer;
  if (typeof decoder !== "object" || decoder === null) return false;
  return "write" in decoder && typeof decoder.write === "function";
}
