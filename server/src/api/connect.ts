// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * NodeService.Connect: one stream opens a node and carries its datagrams until it ends. The path
 * of a message from one local program to another leads through `onDatagrams` here and the
 * destination's stream writer, and nothing on it makes an object for the message.
 */
import { fromBinary } from "@bufbuild/protobuf";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { NodeError } from "@inet256/client";
import {
  ADDRESS_BYTES,
  createDatagramIndex,
  MAX_STREAM_MESSAGE_BYTES,
  scanRequest,
  statusOfError,
} from "@inet256/client/grpc";
import { type ConnectRequest, ConnectRequestSchema, type OpenRequest } from "@inet256/proto";
import { type Clock, createDeadline, type Deadlines, type Turns } from "../core/index.js";
import type { Opening } from "../node/index.js";
import { type DaemonService, refusalError } from "../service/index.js";
import type { Caller, Callers } from "./callers.js";
import { PATIENCE_MS } from "./constants.js";
import type { ApiCounters } from "./counters.js";
import { openNode, openResponse } from "./open.js";
import type { Sessions } from "./sessions.js";
import { createStreamWriter, type StreamWriter } from "./stream-writer.js";

type ConnectCall = ServerDuplexStream<Buffer, Buffer>;

/** What streams need. */
export interface ConnectOptions {
  readonly service: DaemonService;
  readonly callers: Callers;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly counters: ApiCounters;
  /** Streams that are open; counted here. */
  readonly open: Set<() => void>;
}

// One message is scanned and dealt with at a time.
const index = createDatagramIndex();

/** The handler of Connect. */
export function createConnectHandler(options: ConnectOptions): (call: ConnectCall) => void {
  return (call) => {
    try {
      const caller = options.callers.of(call);
      caller.countRequest();
      caller.checkStreams();
      serveStream(call, caller, options);
    } catch (error) {
      fail(call, error, options.counters);
    }
  };
}

function fail(call: ConnectCall, error: unknown, counters: ApiCounters): void {
  const known =
    error instanceof NodeError ? error : new NodeError("INTERNAL", "a fault of the daemon");
  if (known.reason === "BAD_REQUEST") counters.requestsMalformed += 1;
  call.emit("error", statusOfError(known));
}

function serveStream(call: ConnectCall, caller: Caller, options: ConnectOptions): void {
  const { counters, clock, deadlines } = options;
  let opening: Opening | undefined;
  let endSession: (() => void) | undefined;
  let number = 0;
  let over = false;
  let holding = false;
  caller.streams += 1;

  const writer: StreamWriter = createStreamWriter({
    call,
    budget: caller.budget,
    turns: options.turns,
    lost: () => opening?.lost ?? 0,
    onRoom() {
      if (over) return;
      opening?.ready();
      if (!writer.congested()) call.resume();
    },
    onLost() {
      counters.datagramsLost += 1;
    },
  });
  const finish = (error?: unknown): void => {
    if (over) return;
    over = true;
    caller.streams -= 1;
    options.open.delete(stop);
    endSession?.();
    opening?.close();
    writer.discard();
    deadlines.clear(patience);
    if (error === undefined) call.end();
    else fail(call, error, counters);
  };
  const stop = (): void => finish(new NodeError("UNAVAILABLE", "the daemon is shutting down"));
  options.open.add(stop);

  const openWith = (request: OpenRequest): void => {
    const opened = openNode(options.service, request);
    opening = opened;
    counters.streams += 1;
    opened.onEnd((reason) => finish(refusalError(reason)));
    const session = options.sessions.begin(opened, true);
    endSession = session.end;
    writer.opened(openResponse(opened, session.token));
    opened.read(writer.deliver);
  };
  const refuse = (reason: NodeError["reason"]): void => {
    writer.failed(number, reason);
  };
  // The acceptance is what lets a client go on: it waits a while for a reader that does not keep
  // up, so that a sender in a hurry does not push the messages before out of its inbox.
  const release = (): void => {
    if (!holding) return;
    holding = false;
    deadlines.clear(patience);
    writer.accepted(number);
  };
  const patience = createDeadline(release);
  const accept = (sender: Opening): void => {
    if (holding) return;
    if (!sender.crowding) {
      writer.accepted(number);
      return;
    }
    holding = true;
    deadlines.set(patience, clock.monotonicMs() + PATIENCE_MS);
    sender.onRelief(release);
  };
  // The hot path: the scan has proved every offset.
  const onDatagrams = (sender: Opening, message: Buffer): void => {
    const { offsets, count } = index;
    for (let slot = 0; slot < 3 * count; slot += 3) {
      number += 1;
      const refusal = sender.transmit(
        message,
        offsets[slot] as number,
        message,
        offsets[slot + 1] as number,
        offsets[slot + 2] as number,
      );
      if (refusal !== undefined) refuse(refusal);
      if (over) return;
    }
    accept(sender);
  };
  // Whatever the scanner did not take: the opening, or an encoder with other habits.
  const onOther = (request: ConnectRequest): void => {
    if (request.open !== undefined) {
      if (opening !== undefined)
        throw new NodeError("BAD_REQUEST", "open: only in the first message");
      openWith(request.open);
    }
    const sender = opening;
    if (sender === undefined)
      throw new NodeError("BAD_REQUEST", "the first message must hold open");
    for (const { address, payload } of request.datagrams) {
      number += 1;
      if (address.length !== ADDRESS_BYTES) refuse("BAD_ADDRESS");
      else {
        const refusal = sender.transmit(address, 0, payload, 0, payload.length);
        if (refusal !== undefined) refuse(refusal);
      }
      if (over) return;
    }
    if (number > 0) accept(sender);
  };

  call.on("data", (message: Buffer) => {
    if (over) return;
    try {
      if (message.length > MAX_STREAM_MESSAGE_BYTES) throw tooLong(message.length);
      if (opening !== undefined && scanRequest(message, index)) onDatagrams(opening, message);
      else onOther(parseRequest(message));
      if (writer.congested()) call.pause();
    } catch (error) {
      finish(error);
    }
  });
  call.on("end", () => finish());
  call.on("cancelled", () => finish());
  call.on("error", () => finish());
}

function tooLong(bytes: number): NodeError {
  return new NodeError(
    "BAD_REQUEST",
    `a stream message has at most ${MAX_STREAM_MESSAGE_BYTES} bytes, this one ${bytes}`,
  );
}

function parseRequest(message: Buffer): ConnectRequest {
  try {
    return fromBinary(ConnectRequestSchema, message);
  } catch (cause) {
    throw new NodeError("BAD_REQUEST", "expected an inet256.v1.ConnectRequest", { cause });
  }
}
