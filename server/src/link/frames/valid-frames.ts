// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The first of two passes over a datagram: every frame is decoded, nothing is done. Guards: a
 * datagram in which anything is wrong has no effect at all.
 */
import { CHALLENGE_BYTES, MAX_PACKET_BYTES } from "../constants.js";
import { createFrameReader, type FrameReader, readVarint } from "../varint.js";
import { createAckFields, readAck } from "./ack-frame.js";
import { createControlAckFields, readControlAck } from "./control-ack-frame.js";
import { createControlFields, readControl } from "./control-frame.js";
import { createFragmentFields, readFragment } from "./fragment-frame.js";
import {
  ACK,
  CLOSE,
  CONTROL,
  CONTROL_ACK,
  FRAGMENT,
  HELLO,
  MTU_PROBE,
  PACKET,
  PADDING,
  PATH_CHALLENGE,
  PATH_RESPONSE,
  SKIPPED_FROM,
} from "./frame-types.js";
import { createHelloFields, readHello } from "./hello-frame.js";

/** What a datagram is, from its frames. */
export type Verdict =
  /** Something in it is wrong: it is dropped. */
  | -1
  /** Nothing in it wants an acknowledgement. */
  | 0
  /** It is to be acknowledged. */
  | 1;

/** Looks through datagrams; keeps nothing between them. */
export interface FrameValidator {
  /** Looks at the plaintext of `length` bytes at `at`. */
  verdict(buffer: Uint8Array, at: number, length: number): Verdict;
}

/** A validator, with its own scratch fields. */
export function createFrameValidator(): FrameValidator {
  const body = createFrameReader();
  const fragment = createFragmentFields();
  const control = createControlFields();
  const controlAck = createControlAckFields();
  const ack = createAckFields();
  const hello = createHelloFields();

  // Whether the body that the reader holds is valid; unknown types have been dealt with.
  const validBody = (type: number, reader: FrameReader): boolean => {
    const length = reader.end - reader.at;
    switch (type) {
      case PACKET:
        return length <= MAX_PACKET_BYTES;
      case FRAGMENT:
        return readFragment(reader, fragment);
      case CONTROL:
        return readControl(reader, control);
      case CONTROL_ACK:
        return readControlAck(reader, controlAck);
      case PATH_CHALLENGE:
      case PATH_RESPONSE:
        return length === CHALLENGE_BYTES;
      case ACK:
        return readAck(reader, ack);
      case HELLO:
        return readHello(reader, hello);
      case CLOSE:
        return length >= 1;
      default:
        return type === MTU_PROBE && length === 0;
    }
  };

  return {
    verdict(buffer, at, length) {
      const end = at + length;
      let eliciting: Verdict = 0;
      body.buffer = buffer;
      for (let place = at; place < end; ) {
        const type = buffer[place] ?? 0;
        if (type === PADDING) return eliciting;
        body.at = place + 1;
        body.end = end;
        const bytes = readVarint(body);
        if (bytes < 0 || bytes > end - body.at) return -1;
        place = body.at + bytes;
        body.end = place;
        if (type < SKIPPED_FROM && !validBody(type, body)) return -1;
        if (type !== ACK && type !== CLOSE) eliciting = 1;
      }
      return eliciting;
    },
  };
}
