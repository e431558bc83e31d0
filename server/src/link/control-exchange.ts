// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Control messages of a link, both ways: reliable, in order, once per incarnation of both ends.
 * Guards: a piece or an acknowledgement of another incarnation is ignored (rule L4).
 */
import { createDeadline, type Deadlines } from "../core/index.js";
import { CONTROL_RETRY_MAX_MS, CONTROL_RETRY_MIN_MS, CONTROL_RETRY_PIECES } from "./constants.js";
import { type ControlSink, createControlReceiver } from "./control-receiver.js";
import { createControlSender } from "./control-sender.js";
import type { DatagramWriter } from "./datagram-writer.js";
import {
  CONTROL_ACK_MAX_BYTES,
  type ControlAckFields,
  writeControlAck,
} from "./frames/control-ack-frame.js";
import {
  type ControlFields,
  controlFrameBytes,
  controlNumbering,
  writeControl,
} from "./frames/control-frame.js";
import type { Paths } from "./paths.js";

/** The control messages of a link. */
export interface ControlExchange {
  /** Takes a copy of a message; false when too much waits. */
  send(message: Uint8Array): boolean;
  received(fields: ControlFields, buffer: Uint8Array, nowMs: number): void;
  acknowledged(fields: ControlAckFields): void;
  /** Writes what is due into datagrams; asks to be called again when more will be. */
  write(nowMs: number): void;
  /** Both ends know each other's link numbers: a new numbering begins. */
  begin(own: number, peers: number): void;
  /** The numbering has ended: everything is forgotten, and nothing goes until the next begins. */
  end(): void;
  bytes(): number;
  /** Whether anything is not acknowledged yet. */
  waits(): boolean;
  retransmitted(): number;
}

/** Pieces that go out even if the path has no room: enough to find out that it has again. */
const ALWAYS_PIECES = 4;

/** No messages. `wake` is to have `write` called at the end of the turn. */
export function createControlExchange(
  writer: DatagramWriter,
  paths: Paths,
  deadlines: Deadlines,
  deliver: ControlSink,
  wake: (nowMs: number) => void,
): ControlExchange {
  const sender = createControlSender();
  const receiver = createControlReceiver(deliver);
  const deadline = createDeadline(wake);
  const state = { begun: false, outgoing: 0, incoming: 0, acknowledge: false };

  const retryMs = (): number => {
    const rtt = paths.used?.rtt;
    return rtt === undefined ? CONTROL_RETRY_MIN_MS : rtt.reorderedMs();
  };
  const writeAcknowledgement = (): void => {
    if (!state.acknowledge || !writer.reserve(CONTROL_ACK_MAX_BYTES)) return;
    state.acknowledge = false;
    const next = writeControlAck(writer.buffer(), writer.at(), state.incoming, receiver.next());
    writer.wrote(next, true);
  };
  /** Writes pieces; false when there is no datagram to write them into. */
  const writePieces = (nowMs: number): boolean => {
    let sequence = 0;
    let written = 0;
    let again = 0;
    for (;;) {
      const piece = sender.due(sequence, retryMs(), nowMs);
      if (piece === undefined) return true;
      if (written >= ALWAYS_PIECES && paths.used?.flight.open() !== true) return true;
      if (piece.sent > 0 && again === CONTROL_RETRY_PIECES) return true;
      if (!writer.reserve(controlFrameBytes(piece.sequence, piece.bytes.length))) return false;
      const buffer = writer.buffer();
      const at = writer.at();
      const { more, bytes } = piece;
      writer.wrote(writeControl(buffer, at, state.outgoing, piece.sequence, more, bytes), true);
      if (piece.sent > 0) again += 1;
      sender.sent(piece, nowMs);
      sequence = piece.sequence + 1;
      written += 1;
    }
  };

  return {
    send: (message) => sender.push(message),
    received(fields, buffer, nowMs) {
      if (!state.begun || fields.numbering !== state.incoming) return;
      state.acknowledge = true;
      receiver.add(fields, buffer, nowMs);
    },
    acknowledged({ numbering, next }) {
      if (state.begun && numbering === state.outgoing) sender.acknowledged(next);
    },
    write(nowMs) {
      if (!state.begun) return;
      writeAcknowledgement();
      if (sender.idle()) return;
      // Without a session or a path, whoever finds one has this called.
      const pauseMs = writePieces(nowMs) ? CONTROL_RETRY_MIN_MS : CONTROL_RETRY_MAX_MS;
      const nextMs = sender.nextMs(retryMs(), nowMs);
      if (nextMs >= 0) deadlines.set(deadline, Math.max(nextMs, nowMs + pauseMs));
    },
    begin(own, peers) {
      state.begun = true;
      state.outgoing = controlNumbering(own, peers);
      state.incoming = controlNumbering(peers, own);
    },
    end() {
      deadlines.clear(deadline);
      state.begun = false;
      state.acknowledge = false;
      sender.reset();
      receiver.reset();
    },
    waits() {
      return state.begun && !sender.idle();
    },
    bytes() {
      return sender.bytes();
    },
    retransmitted() {
      return sender.retransmitted();
    },
  };
}
