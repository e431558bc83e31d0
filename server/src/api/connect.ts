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
  encodedDatagramBytes,
  MAX_STREAM_MESSAGE_BYTES,
  scanRequest,
  statusOfError,
} from "@inet256/client/grpc";
import { type ConnectRequest, ConnectRequestSchema, type OpenRequest } from "@inet256/proto";
import type { Clock, Deadlines, Turns } from "../core/index.js";
import { type DaemonService, type Opening, refusalError } from "../service/index.js";
import { type Acceptance, createAcceptance } from "./acceptance.js";
import type { Audit } from "./audit.js";
import type { Caller, Callers } from "./callers.js";
import { type ApiCounters, countFailure } from "./counters.js";
import { createMessageWriter, reuseMemory } from "./framing.js";
import { giveMessage } from "./message-decoder.js";
import { openNode, openResponse } from "./open.js";
import type { Pacer } from "./pacer.js";
import type { Sessions } from "./sessions.js";
import { createStreamWriter } from "./stream-writer.js";

/** A call of Connect whose messages are bytes. */
export type ConnectCall = ServerDuplexStream<Buffer, Buffer>;

/** What streams need. */
export interface ConnectOptions {
  readonly service: DaemonService;
  readonly callers: Callers;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly counters: ApiCounters;
  readonly audit: Audit;
  /** Paces first messages: opening a node is the costliest thing that a client can ask for. */
  readonly pacer: Pacer;
  /** How to end each stream that is open; kept here. */
  readonly open: Set<() => void>;
}

/** A stream's node, once it is open. */
interface Sender {
  readonly opening: Opening;
  readonly acceptance: Acceptance;
  readonly endSession: () => void;
}

/** As many as fit into a message when each has an address; more cannot be meant seriously. */
const MOST_DATAGRAMS = Math.floor(MAX_STREAM_MESSAGE_BYTES / encodedDatagramBytes(0));

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
  countFailure(counters, known.reason);
  call.emit("error", statusOfError(known));
}

function serveStream(call: ConnectCall, caller: Caller, options: ConnectOptions): void {
  const { counters } = options;
  let sender: Sender | undefined;
  let number = 0;
  let over = false;
  let first = true;

  const writer = createStreamWriter({
    write: createMessageWriter(call),
    budget: caller.budget,
    turns: options.turns,
    lost: () => sender?.opening.lost() ?? 0,
    onRoom() {
      if (over) return;
      sender?.opening.ready();
      if (!writer.congested()) call.resume();
    },
    onLost() {
      counters.datagramsLost += 1;
    },
    onOverrun() {
      finish(new NodeError("LIMIT_BYTES", "too much waits to be read by this client"));
    },
  });
  const finish = (error?: unknown): void => {
    if (over) return;
    over = true;
    ended();
    options.open.delete(stop);
    sender?.acceptance.settle();
    sender?.endSession();
    if (sender !== undefined) {
      sender.opening.close();
      options.audit.node(caller, "closed", sender.opening.address.toString());
    }
    writer.finish();
    if (error === undefined) call.end();
    else fail(call, error, counters);
  };
  const stop = (): void => finish(new NodeError("UNAVAILABLE", "the daemon is shutting down"));

  const open = (request: OpenRequest): Sender => {
    const opening = openNode(options.service, request, caller.countOpen);
    options.audit.node(caller, "opened", opening.address.toString());
    const session = options.sessions.begin(opening, true);
    counters.streams += 1;
    caller.served();
    opening.onEnd((reason) => {
      // Its own end needs no words: making an error is the dearest part of it.
      if (!over) finish(refusalError(reason));
    });
    writer.opened(openResponse(opening, session.token));
    opening.read(writer.deliver);
    return {
      opening,
      acceptance: createAcceptance({
        ...options,
        sender: opening,
        lazily: request.options?.acceptLazily ?? false,
        say: writer.accepted,
        ride: writer.acceptedSilently,
      }),
      endSession: session.end,
    };
  };
  // The hot path: the scan has proved every offset.
  const onDatagrams = ({ opening, acceptance }: Sender, message: Buffer): void => {
    const { offsets, count } = index;
    for (let slot = 0; slot < 3 * count && !over; slot += 3) {
      number += 1;
      const refusal = opening.transmit(
        message,
        offsets[slot] as number,
        message,
        offsets[slot + 1] as number,
        offsets[slot + 2] as number,
      );
      if (refusal !== undefined) writer.failed(number, refusal);
    }
    acceptance.through(number, message.length);
  };
  // Whatever the scanner did not take: the opening, or an encoder with other habits.
  const onOther = (request: ConnectRequest, bytes: number): void => {
    if (request.open !== undefined) {
      if (sender !== undefined) throw badRequest("open: expected in the first message only");
      sender = open(request.open);
    }
    if (sender === undefined) throw badRequest("the first message: expected open");
    const { opening, acceptance } = sender;
    if (request.datagrams.length > MOST_DATAGRAMS) throw tooMany(request.datagrams.length);
    for (const { address, payload } of request.datagrams) {
      if (over) return;
      number += 1;
      const refusal =
        address.length === ADDRESS_BYTES
          ? opening.transmit(address, 0, payload, 0, payload.length)
          : "BAD_ADDRESS";
      if (refusal !== undefined) writer.failed(number, refusal);
    }
    if (number > 0) acceptance.through(number, bytes);
  };

  reuseMemory(call);
  const ended = caller.begin();
  options.open.add(stop);
  const take = (message: Buffer): void => {
    try {
      if (message.length > MAX_STREAM_MESSAGE_BYTES) throw tooLong(message.length);
      if (sender !== undefined && scanRequest(message, index)) onDatagrams(sender, message);
      else onOther(parseRequest(message), message.length);
      if (writer.congested()) call.pause();
    } catch (error) {
      finish(error);
    }
    giveMessage(message);
  };
  const takeFirst = (message: Buffer): void => {
    call.pause();
    options.pacer.run(caller, () => {
      first = false;
      if (over) {
        // A key that nobody waits for any more.
        message.fill(0);
        return false;
      }
      take(message);
      if (!(over || writer.congested())) call.resume();
      return true;
    });
  };
  call.on("data", (message: Buffer) => {
    if (over) return;
    if (first) {
      takeFirst(message);
      return;
    }
    options.pacer.busyWith(caller);
    take(message);
  });
  call.on("end", () => finish());
  call.on("cancelled", () => {
    finish();
    writer.gone();
  });
  call.on("error", () => finish());
}

function badRequest(message: string): NodeError {
  return new NodeError("BAD_REQUEST", message);
}

function tooMany(count: number): NodeError {
  return badRequest(`a stream message: expected at most ${MOST_DATAGRAMS} datagrams, got ${count}`);
}

function tooLong(bytes: number): NodeError {
  return badRequest(
    `a stream message: expected at most ${MAX_STREAM_MESSAGE_BYTES} bytes, got ${bytes}`,
  );
}

function parseRequest(message: Buffer): ConnectRequest {
  try {
    return fromBinary(ConnectRequestSchema, message);
  } catch (cause) {
    throw new NodeError("BAD_REQUEST", "expected an inet256.v1.ConnectRequest", { cause });
  }
}
