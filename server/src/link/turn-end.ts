// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a link does at the end of a turn in which anything happened: control messages first, then
 * packets that waited, then acknowledgements, and then everything leaves.
 */
import type { Turns } from "../core/index.js";
import type { Acknowledger } from "./acknowledger.js";
import { GREET_AGAIN_MAX_MS, GREET_AGAIN_MS } from "./constants.js";
import type { ControlExchange } from "./control-exchange.js";
import type { DatagramWriter } from "./datagram-writer.js";
import { ackFrameBytes, writeAck } from "./frames/ack-frame.js";
import type { Greeting } from "./greeting.js";
import type { LoneDatagrams } from "./lone-datagram.js";
import type { Moment } from "./moment.js";
import type { PacketSender } from "./packet-sender.js";
import type { Path } from "./path.js";
import type { Paths } from "./paths.js";

/** Ends turns. */
export interface TurnEnd {
  /** Has everything done at the end of the turn. */
  schedule(): void;
  /** Acknowledgements are to leave at the end of the turn, however few. */
  acknowledgeNow(): void;
  /** A datagram came this way: acknowledgements go back that way, if the address is proven. */
  heard(path: Path): void;
  /** Another session is to be greeted at once. */
  greetNow(): void;
}

/** What it needs. */
export interface TurnEndOptions {
  readonly turns: Turns;
  readonly moment: Moment;
  readonly paths: Paths;
  readonly writer: DatagramWriter;
  readonly sender: PacketSender;
  readonly control: ControlExchange;
  readonly acknowledger: Acknowledger;
  readonly greeting: Greeting;
  readonly lone: LoneDatagrams;
  /** Whether anything may be sent at all. */
  readonly living: () => boolean;
  /** Called before everything leaves; may send more. `wrote`: whether anything does. */
  readonly leaving: () => void;
}

/** Nothing scheduled. */
export function createTurnEnd(options: TurnEndOptions): TurnEnd {
  const { turns, moment, paths, writer, sender, control, acknowledger, greeting, lone } = options;
  const state = { scheduled: false, now: false, greetMs: 0, greetGapMs: GREET_AGAIN_MS };
  let heardOn: Path | undefined;

  // With nothing else to say, HELLO goes alone, again and again until it is acknowledged.
  const greet = (nowMs: number): void => {
    if (!greeting.due() || writer.open() || nowMs < state.greetMs) return;
    if (!writer.reserve(0)) return;
    writer.wrote(writer.at(), true);
    state.greetMs = nowMs + state.greetGapMs;
    state.greetGapMs = Math.min(2 * state.greetGapMs, GREET_AGAIN_MAX_MS);
  };
  const acknowledge = (nowMs: number): void => {
    if (!acknowledger.waiting()) return;
    if (!writer.open() && !state.now && !acknowledger.due()) return;
    const elsewhere = heardOn?.proven === true && heardOn !== paths.used ? heardOn : undefined;
    for (let ack = acknowledger.next(nowMs); ack !== undefined; ack = acknowledger.next(nowMs)) {
      if (elsewhere !== undefined) lone.acknowledge(elsewhere, ack);
      else if (writer.reserve(ackFrameBytes(ack))) {
        writer.wrote(writeAck(writer.buffer(), writer.at(), ack), false);
      }
    }
  };
  const run = (): void => {
    state.scheduled = false;
    const nowMs = moment.nowMs;
    if (!options.living()) {
      writer.discard();
      return;
    }
    control.write(nowMs);
    sender.pump();
    options.leaving();
    greet(nowMs);
    acknowledge(nowMs);
    state.now = false;
    writer.flush(sender.idle());
  };

  return {
    schedule() {
      if (state.scheduled) return;
      state.scheduled = true;
      turns.atEnd(run);
    },
    acknowledgeNow() {
      state.now = true;
    },
    heard(path) {
      heardOn = path;
    },
    greetNow() {
      state.greetMs = 0;
      state.greetGapMs = GREET_AGAIN_MS;
    },
  };
}
