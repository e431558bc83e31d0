// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Datagrams from the neighbour: looked through first, then acted on. Guards: no packet and no
 * control message gets further before HELLO has named our network and the owner knows the link to be
 * up, nothing of an incarnation that is over has any effect, and a new source address is only asked, never used (rule L2).
 */
import { createDeadline, type Deadline, type Deadlines } from "../core/index.js";
import type { TransportAddress } from "../transport/index.js";
import type { Acknowledger, ReceivingSession } from "./acknowledger.js";
import {
  ACK_DELAY_MS,
  DATAGRAM_OVERHEAD_BYTES,
  MOST_COSTLY_FRAMES,
  NETWORK_TAG_BYTES,
} from "./constants.js";
import type { ControlExchange } from "./control-exchange.js";
import { copyOf } from "./copy-bytes.js";
import type { Delivery } from "./delivery.js";
import { createFrameDispatch, type FrameSink } from "./frame-dispatch.js";
import type { CloseReason } from "./frames/close-frame.js";
import type { HelloFields } from "./frames/hello-frame.js";
import { createFrameValidator } from "./frames/valid-frames.js";
import type { Greeting } from "./greeting.js";
import type { OwnCounters } from "./link-counters.js";
import type { LinkLife } from "./link-life.js";
import type { LoneDatagrams } from "./lone-datagram.js";
import type { Moment } from "./moment.js";
import type { PacketSender } from "./packet-sender.js";
import type { Path } from "./path.js";
import type { PathKeeper } from "./path-keeper.js";
import type { PathProber } from "./path-prober.js";
import type { Paths } from "./paths.js";
import type { Reassembly } from "./reassembly.js";
import type { TurnEnd } from "./turn-end.js";

/** What comes of datagrams that concerns the link as a whole. */
export interface ReceivingSink {
  packet(buffer: Uint8Array, at: number, length: number): void;
  /** HELLO of our network. */
  hello(linkNumber: number, windowBytes: number, session: ReceivingSession): void;
  /** HELLO of another network came this way. */
  otherNetwork(path: Path): void;
  closed(reason: CloseReason): void;
}

/** What receiving needs. */
export interface ReceivingOptions {
  readonly networkTag: Uint8Array;
  readonly deadlines: Deadlines;
  readonly moment: Moment;
  readonly counters: OwnCounters;
  readonly paths: Paths;
  readonly prober: PathProber;
  readonly keeper: PathKeeper;
  readonly delivery: Delivery;
  readonly acknowledger: Acknowledger;
  readonly greeting: Greeting;
  readonly lone: LoneDatagrams;
  readonly control: ControlExchange;
  readonly reassembly: Reassembly;
  readonly sender: PacketSender;
  readonly life: LinkLife;
  readonly turnEnd: TurnEnd;
  readonly listening: () => boolean;
  readonly sink: ReceivingSink;
}

/** The receiving half of a link. */
export interface Receiving {
  received(
    buffer: Uint8Array,
    at: number,
    length: number,
    from: TransportAddress,
    index: number,
    counter: number,
    nowMs: number,
  ): void;
  /** Waits for nothing until more comes. */
  rest(): void;
}

/** The datagram that is being acted on. */
interface Source {
  path: Path | undefined;
  session: ReceivingSession | undefined;
  /** How many of its frames have been acted on whose handling costs more than they do. */
  costly: number;
}

/** Acts on frames. */
function createFrames(options: ReceivingOptions, source: Source, ageing: Deadline): FrameSink {
  const { moment, counters, paths, prober, keeper, delivery, greeting } = options;
  const { lone, control, reassembly, sender, life, turnEnd, sink } = options;
  const tag = copyOf(options.networkTag, 0, NETWORK_TAG_BYTES);
  // Nobody but who was told that the link is up can take anything; control messages come again.
  const isUp = (): boolean => {
    if (!life.up()) counters.beforeHello += 1;
    return life.up();
  };
  const sameTag = (buffer: Uint8Array, at: number): boolean => {
    for (let i = 0; i < NETWORK_TAG_BYTES; i++) if (buffer[at + i] !== tag[i]) return false;
    return true;
  };
  const costly = (): boolean => {
    source.costly += 1;
    return source.costly <= MOST_COSTLY_FRAMES;
  };
  const hello = (fields: HelloFields, buffer: Uint8Array): void => {
    const { path, session } = source;
    if (path === undefined || session === undefined) return;
    // A link has one number and one window, and a session is of one link.
    if (session.greeted) return;
    session.greeted = true;
    if (sameTag(buffer, fields.tagAt)) sink.hello(fields.linkNumber, fields.windowBytes, session);
    else sink.otherNetwork(path);
    // What follows in the same datagram is of a link that is up.
    if (!life.up() && options.listening()) keeper.look(moment.nowMs);
  };
  return {
    packet(buffer, at, length) {
      if (!isUp()) return;
      counters.packetsReceived += 1;
      sink.packet(buffer, at, length);
    },
    fragment(fields, buffer) {
      if (!isUp()) return;
      if (reassembly.add(fields, buffer, moment.nowMs)) {
        counters.packetsReceived += 1;
        sink.packet(reassembly.packet(), 0, reassembly.packetBytes());
      } else if (ageing.slot < 0 && reassembly.size() > 0) {
        options.deadlines.set(ageing, reassembly.expire(moment.nowMs));
      }
    },
    control(fields, buffer) {
      if (!isUp()) return;
      control.received(fields, buffer, moment.nowMs);
      turnEnd.schedule();
    },
    controlAck(fields) {
      control.acknowledged(fields);
      turnEnd.schedule();
    },
    challenge(buffer, at) {
      if (source.path !== undefined && costly()) lone.response(source.path, buffer, at);
    },
    response(buffer, at) {
      if (source.path === undefined || !costly()) return;
      const isNew = prober.answered(buffer, at, source.path, moment.nowMs);
      // A peer with a new address may have left the old one.
      if (isNew && paths.used !== undefined) prober.askAnyhow(paths.used, moment.nowMs);
      keeper.look(moment.nowMs);
    },
    ack(fields) {
      if (source.path === undefined || !costly()) return;
      const greeted = delivery.acknowledge(fields, source.path, moment.nowMs);
      if (greeted) greeting.acknowledged(fields.index);
      if (paths.used !== undefined) keeper.tryLarger(paths.used, moment.nowMs);
      if (!sender.idle()) turnEnd.schedule();
    },
    hello,
    close: (reason) => sink.closed(reason),
    listening() {
      return (
        options.listening() && source.session?.incarnation === options.acknowledger.incarnation()
      );
    },
  };
}

/** A receiver of which nothing has come yet. */
export function createReceiving(options: ReceivingOptions): Receiving {
  const { moment, counters, paths, prober, keeper, acknowledger, life, turnEnd } = options;
  const validator = createFrameValidator();
  const source: Source = { path: undefined, session: undefined, costly: 0 };
  const ageing = createDeadline((nowMs) => {
    const nextMs = options.reassembly.expire(nowMs);
    if (nextMs >= 0) options.deadlines.set(ageing, nextMs);
  });
  const dispatch = createFrameDispatch(createFrames(options, source, ageing));
  const patience = createDeadline((nowMs) => {
    if (!acknowledger.waiting() || !options.listening()) return;
    // What it was set for has gone with other datagrams, and something else has come since.
    const dueMs = acknowledger.waitingSinceMs() + ACK_DELAY_MS;
    if (dueMs > nowMs) {
      options.deadlines.set(patience, dueMs);
      return;
    }
    moment.nowMs = nowMs;
    turnEnd.acknowledgeNow();
    turnEnd.schedule();
  });

  return {
    received(buffer, at, length, from, index, counter, nowMs) {
      moment.nowMs = nowMs;
      if (!options.listening()) return;
      const session = acknowledger.session(index);
      if (session?.incarnation !== acknowledger.incarnation()) {
        counters.staleDatagrams += 1;
        return;
      }
      const bytes = length + DATAGRAM_OVERHEAD_BYTES;
      const verdict = validator.verdict(buffer, at, length);
      if (verdict < 0) {
        counters.invalidDatagrams += 1;
        return;
      }
      const path = paths.heard(from, bytes, nowMs);
      session.received.add(counter, bytes, verdict === 1, nowMs);
      turnEnd.heard(path);
      if (!path.proven) prober.heard(path, nowMs);
      else if (path !== paths.used && prober.heardElsewhere(nowMs)) keeper.look(nowMs);
      source.path = path;
      source.session = session;
      source.costly = 0;
      const wasUp = life.up();
      dispatch(buffer, at, length);
      if (!wasUp && options.listening()) keeper.look(nowMs);
      if (verdict === 0 || !options.listening()) return;
      if (acknowledger.due()) turnEnd.schedule();
      else if (patience.slot < 0) options.deadlines.set(patience, nowMs + ACK_DELAY_MS);
    },
    rest() {
      options.deadlines.clear(patience);
      options.deadlines.clear(ageing);
    },
  };
}
