// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Datagrams that go to one certain path, whichever is used: challenges and their answers, tries of
 * a size, acknowledgements of what came that way, farewells. Guards: an address that is not proven
 * never gets more bytes than came from it (rule L2).
 */
import type { Channel } from "../channel/index.js";
import type { BatchPool } from "./batch-pool.js";
import { DATAGRAM_HEADER_BYTES, DATAGRAM_OVERHEAD_BYTES } from "./constants.js";
import { type AckFields, ackFrameBytes, writeAck } from "./frames/ack-frame.js";
import { CLOSE_FRAME_BYTES, type CloseReason, writeClose } from "./frames/close-frame.js";
import { MTU_PROBE, PADDING, PATH_CHALLENGE, PATH_RESPONSE } from "./frames/frame-types.js";
import { PATH_FRAME_BYTES, writePath } from "./frames/path-frame.js";
import type { Greeting } from "./greeting.js";
import type { Moment } from "./moment.js";
import type { Path } from "./path.js";
import { type Answer, noteSent, type Sealing } from "./sealing.js";
import { GREETS, PROBE } from "./sent-datagrams.js";

/** Sends single datagrams; each call says whether it was sent. */
export interface LoneDatagrams {
  challenge(path: Path, data: Uint8Array, at: number): boolean;
  response(path: Path, data: Uint8Array, at: number): boolean;
  acknowledge(path: Path, ack: AckFields): boolean;
  close(path: Path, reason: CloseReason): boolean;
  /** A datagram of exactly so many bytes. */
  probe(path: Path, bytes: number): boolean;
}

const MTU_PROBE_FRAME_BYTES = 2;

/** What lone datagrams need. */
export interface LoneDatagramsOptions {
  readonly channel: Channel;
  readonly pool: BatchPool;
  readonly sealing: Sealing;
  readonly greeting: Greeting;
  readonly moment: Moment;
}

/** A sender of single datagrams. */
export function createLoneDatagrams(options: LoneDatagramsOptions): LoneDatagrams {
  const { channel, pool, sealing, greeting, moment } = options;

  /** Whether a datagram with so many bytes of frames may go there now. */
  const may = (path: Path, frames: number): boolean => {
    const bytes = DATAGRAM_OVERHEAD_BYTES + greeting.bytes() + frames;
    if (!channel.ready()) return false;
    return path.proven || path.kind !== "learned" || bytes <= path.creditBytes;
  };
  const send = (batch: Uint8Array, end: number, path: Path, answer: Answer, kind: number) => {
    const asks = greeting.due() ? "acknowledgement" : answer;
    const kinds = greeting.due() ? kind | GREETS : kind;
    const bytes = sealing.seal(batch, 0, end - DATAGRAM_HEADER_BYTES, path, asks, kinds);
    if (bytes > 0) {
      path.address.transport.send(path.address, batch, 0, bytes, bytes);
      noteSent(path, 1, bytes, moment.nowMs);
    }
    pool.give(batch);
    return bytes > 0;
  };
  const begin = (batch: Uint8Array): number => greeting.write(batch, DATAGRAM_HEADER_BYTES);
  const sendPath = (
    path: Path,
    type: typeof PATH_CHALLENGE | typeof PATH_RESPONSE,
    data: Uint8Array,
    at: number,
  ): boolean => {
    if (!may(path, PATH_FRAME_BYTES)) return false;
    const batch = pool.take();
    return send(batch, writePath(batch, begin(batch), type, data, at), path, "none", 0);
  };

  return {
    challenge: (path, data, at) => sendPath(path, PATH_CHALLENGE, data, at),
    response: (path, data, at) => sendPath(path, PATH_RESPONSE, data, at),
    acknowledge(path, ack) {
      if (!may(path, ackFrameBytes(ack))) return false;
      const batch = pool.take();
      return send(batch, writeAck(batch, begin(batch), ack), path, "none", 0);
    },
    close(path, reason) {
      if (!may(path, CLOSE_FRAME_BYTES)) return false;
      const batch = pool.take();
      return send(batch, writeClose(batch, begin(batch), reason), path, "none", 0);
    },
    probe(path, bytes) {
      const frames = bytes - DATAGRAM_OVERHEAD_BYTES;
      if (frames < greeting.bytes() + MTU_PROBE_FRAME_BYTES) return false;
      if (!may(path, frames - greeting.bytes())) return false;
      const batch = pool.take();
      let at = begin(batch);
      batch[at++] = MTU_PROBE;
      batch[at++] = 0;
      const end = DATAGRAM_HEADER_BYTES + frames;
      batch.fill(PADDING, at, end);
      return send(batch, end, path, "acknowledgement", PROBE);
    },
  };
}
