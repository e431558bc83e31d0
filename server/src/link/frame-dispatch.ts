// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The second of two passes over a datagram: every frame is decoded again, which cannot fail now,
 * and acted on. What is done may end the link: then the rest is left.
 */
import { type AckFields, createAckFields, readAck } from "./frames/ack-frame.js";
import { type CloseReason, closeReason } from "./frames/close-frame.js";
import {
  type ControlAckFields,
  createControlAckFields,
  readControlAck,
} from "./frames/control-ack-frame.js";
import { type ControlFields, createControlFields, readControl } from "./frames/control-frame.js";
import {
  createFragmentFields,
  type FragmentFields,
  readFragment,
} from "./frames/fragment-frame.js";
import {
  ACK,
  CLOSE,
  CONTROL,
  CONTROL_ACK,
  FRAGMENT,
  HELLO,
  PACKET,
  PADDING,
  PATH_CHALLENGE,
  PATH_RESPONSE,
} from "./frames/frame-types.js";
import { createHelloFields, type HelloFields, readHello } from "./frames/hello-frame.js";
import { createFrameReader, readVarint } from "./varint.js";

/** Is told what the frames say; fields hold until the call returns. */
export interface FrameSink {
  packet(buffer: Uint8Array, at: number, length: number): void;
  fragment(fields: FragmentFields, buffer: Uint8Array): void;
  control(fields: ControlFields, buffer: Uint8Array): void;
  controlAck(fields: ControlAckFields): void;
  challenge(buffer: Uint8Array, at: number): void;
  response(buffer: Uint8Array, at: number): void;
  ack(fields: AckFields): void;
  hello(fields: HelloFields, buffer: Uint8Array): void;
  close(reason: CloseReason): void;
  /** Whether the rest of the datagram is still wanted. */
  listening(): boolean;
}

/** Acts on the frames of a plaintext that has been found valid. */
export type DispatchFrames = (buffer: Uint8Array, at: number, length: number) => void;

/** A dispatcher to this sink. */
export function createFrameDispatch(sink: FrameSink): DispatchFrames {
  const reader = createFrameReader();
  const fragment = createFragmentFields();
  const control = createControlFields();
  const controlAck = createControlAckFields();
  const ack = createAckFields();
  const hello = createHelloFields();

  const act = (type: number, buffer: Uint8Array): void => {
    const { at, end } = reader;
    switch (type) {
      case FRAGMENT:
        if (readFragment(reader, fragment)) sink.fragment(fragment, buffer);
        break;
      case CONTROL:
        if (readControl(reader, control)) sink.control(control, buffer);
        break;
      case CONTROL_ACK:
        if (readControlAck(reader, controlAck)) sink.controlAck(controlAck);
        break;
      case PATH_CHALLENGE:
        sink.challenge(buffer, at);
        break;
      case PATH_RESPONSE:
        sink.response(buffer, at);
        break;
      case ACK:
        if (readAck(reader, ack)) sink.ack(ack);
        break;
      case HELLO:
        if (readHello(reader, hello)) sink.hello(hello, buffer);
        break;
      case CLOSE:
        sink.close(closeReason(buffer[at] ?? 0));
        break;
      default:
        // MTU_PROBE wants its acknowledgement only; unknown types from SKIPPED_FROM on: nothing.
        if (end < at) return;
    }
  };

  return (buffer, at, length) => {
    const end = at + length;
    reader.buffer = buffer;
    for (let place = at; place < end && sink.listening(); ) {
      const type = buffer[place] ?? 0;
      if (type === PADDING) return;
      reader.at = place + 1;
      reader.end = end;
      const bytes = readVarint(reader);
      const body = reader.at;
      place = body + bytes;
      if (type === PACKET) {
        sink.packet(buffer, body, bytes);
        continue;
      }
      reader.end = place;
      act(type, buffer);
    }
  };
}
