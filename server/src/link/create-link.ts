// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * One neighbour, put together from its parts: what comes goes through receiving.ts, what leaves
 * goes through packet-sender.ts and control-exchange.ts and leaves in turn-end.ts; path-keeper.ts
 * looks after the ways there, link-life.ts knows whether the link is up.
 */
import type { ChannelOwner, Established } from "../channel/index.js";
import type { TransportAddress } from "../transport/index.js";
import { createAcknowledger, type ReceivingSession } from "./acknowledger.js";
import { createBatchPool } from "./batch-pool.js";
import {
  DATA,
  FLOW_ROOM_BYTES,
  MAX_CONTROL_BYTES,
  MAX_PACKET_BYTES,
  MTU_WINDOW_SHARE,
  QUEUE_BYTES,
} from "./constants.js";
import { createControlExchange } from "./control-exchange.js";
import { createDatagramWriter } from "./datagram-writer.js";
import { createDelivery } from "./delivery.js";
import type { CloseReason } from "./frames/close-frame.js";
import { createGreeting } from "./greeting.js";
import type { DownReason, Link, LinkOptions } from "./link.js";
import { createOwnCounters } from "./link-counters.js";
import { createLinkLife } from "./link-life.js";
import { linkStats } from "./link-stats.js";
import { createLoneDatagrams } from "./lone-datagram.js";
import { createPacketSender } from "./packet-sender.js";
import { noteProven, type Path } from "./path.js";
import { inDoubt } from "./path-choice.js";
import { createPathKeeper, type PathKeeper } from "./path-keeper.js";
import { createPathProber } from "./path-prober.js";
import { createPaths } from "./paths.js";
import { createReassembly } from "./reassembly.js";
import { createReceiving } from "./receiving.js";
import { createSealing, noteSent } from "./sealing.js";
import { createTurnEnd, type TurnEnd } from "./turn-end.js";
import { createWaitingClock } from "./waiting-clock.js";

/** A link without addresses and without a session; `connect` makes it want one. */
export function createLink(options: LinkOptions): Link {
  const { owner, random, deadlines } = options;
  const pool = options.pool ?? createBatchPool();
  const number = random.u32();
  const moment = { nowMs: 0 };
  const counters = createOwnCounters();
  // `resting`: the neighbour does not want us; nothing is sent until one of us begins again.
  const state = { closed: false, resting: false, roomWanted: false, peers: 0, windowBytes: 0 };
  /** Flows that were told that there is no room. */
  const crowdedFlows = new Set<number>();
  const living = (): boolean => !state.closed && !state.resting;

  // ---- the parts ----

  const paths = createPaths(random, (path) => setWindow(path));
  const delivery = createDelivery(paths);
  const channel = options.createChannel(channelOwner());
  const greeting = createGreeting(channel, options.networkTag, number, options.receiveWindowBytes);
  const sealing = createSealing(channel, delivery, moment);
  const lone = createLoneDatagrams({ channel, pool, sealing, greeting, moment });
  const prober = createPathProber(paths, random, lone.challenge);
  const keeper: PathKeeper = createPathKeeper({
    channel,
    paths,
    prober,
    delivery,
    lone,
    deadlines,
    blocked: () => !sender.idle(),
    looked,
    tick: (nowMs) => {
      moment.nowMs = nowMs;
    },
  });
  const writer = createDatagramWriter({
    channel,
    paths,
    pool,
    sealing,
    greeting,
    moment,
    second: () => keeper.second(moment.nowMs),
  });
  const waiting = createWaitingClock();
  const sender = createPacketSender({ writer, paths, delivery, pool, random, moment, waiting });
  const control = createControlExchange(writer, paths, deadlines, deliverControl, (nowMs) => {
    moment.nowMs = nowMs;
    turnEnd.schedule();
  });
  const acknowledger = createAcknowledger();
  const reassembly = createReassembly();
  const life = createLinkLife({
    up: (nowMs) => owner.up(link, nowMs),
    down: (reason, nowMs) => owner.down(link, reason, nowMs),
    changed: (quality, nowMs) => owner.changed(link, quality, nowMs),
  });
  const turnEnd: TurnEnd = createTurnEnd({
    turns: options.turns,
    moment,
    paths,
    writer,
    sender,
    control,
    acknowledger,
    greeting,
    lone,
    living,
    leaving,
  });
  const receiving = createReceiving({
    networkTag: options.networkTag,
    deadlines,
    moment,
    counters,
    paths,
    prober,
    keeper,
    delivery,
    acknowledger,
    greeting,
    lone,
    control,
    reassembly,
    sender,
    life,
    turnEnd,
    listening: living,
    sink: {
      packet: (buffer, at, length) => owner.packet(link, buffer, at, length, moment.nowMs),
      hello: helloCame,
      otherNetwork: (path) => {
        lone.close(path, "other-network");
        rest("other-network", moment.nowMs);
      },
      closed: closedByPeer,
    },
  });
  const shown = { paths, life, sender, control, delivery, reassembly, sealing, keeper, counters };

  // ---- the neighbour's life ----

  function setWindow(path: Path): void {
    if (state.windowBytes === 0) return;
    path.flight.setWindow(state.windowBytes);
    path.mtu.setLargest(Math.floor(state.windowBytes / MTU_WINDOW_SHARE));
  }
  /** What was known of the neighbour's present incarnation is over. */
  function forget(reason: DownReason, tell: boolean, nowMs: number): void {
    counters.droppedAtEnd += sender.clear();
    control.end();
    reassembly.clear();
    delivery.reset();
    greeting.reset();
    acknowledger.newIncarnation();
    life.end(reason, tell, nowMs);
  }
  function rest(reason: DownReason, nowMs: number): void {
    state.resting = true;
    channel.drop();
    keeper.rest();
    receiving.rest();
    forget(reason, true, nowMs);
  }
  function closedByPeer(reason: CloseReason): void {
    const { nowMs } = moment;
    if (reason === "refused") rest("peer-refused", nowMs);
    else if (reason === "other-network") rest("other-network", nowMs);
    else {
      forget("peer-shutting-down", false, nowMs);
      channel.doubt(nowMs);
    }
  }
  function helloCame(linkNumber: number, windowBytes: number, session: ReceivingSession): void {
    if (life.greeted() && linkNumber !== state.peers) {
      forget("restarted", false, moment.nowMs);
      if (!living()) return;
      acknowledger.adopt(session);
    }
    if (windowBytes !== state.windowBytes) {
      state.windowBytes = windowBytes;
      for (const path of paths.all) setWindow(path);
    }
    if (life.greeted()) return;
    state.peers = linkNumber;
    control.begin(number, linkNumber);
    life.greet();
  }
  function looked(nowMs: number): void {
    if (!living()) return;
    const session = channel.sendingIndex() !== 0;
    const used = paths.used?.failed === true ? undefined : paths.used;
    const doubtful = used !== undefined && inDoubt(used, nowMs);
    waiting.silentSince(doubtful ? used?.silentSinceMs : undefined, nowMs);
    life.assess({ session, used, silentMs: keeper.silentMs(nowMs), doubtful }, nowMs);
    if (greeting.due() || !sender.idle() || control.waits()) turnEnd.schedule();
  }
  function deliverControl(buffer: Uint8Array, at: number, length: number, nowMs: number): void {
    counters.controlReceived += 1;
    owner.control(link, buffer, at, length, nowMs);
  }
  function hasMoreRoom(): boolean {
    if (state.roomWanted && sender.bytes() <= QUEUE_BYTES / 2) return true;
    for (const flow of crowdedFlows) {
      if (sender.queue.bytesOf(flow) <= FLOW_ROOM_BYTES / 2) return true;
    }
    return false;
  }
  // Those that find no room even then ask for it again.
  function leaving(): void {
    if (!hasMoreRoom()) return;
    state.roomWanted = false;
    crowdedFlows.clear();
    owner.writable(link, moment.nowMs);
  }

  // ---- the channel ----

  function transmitTo(to: TransportAddress, datagram: Uint8Array, nowMs: number): void {
    to.transport.send(to, datagram, 0, datagram.length, datagram.length);
    const path = paths.find(to);
    if (path !== undefined) noteSent(path, 1, datagram.length, nowMs);
  }
  function transmit(datagram: Uint8Array, to: TransportAddress | undefined, nowMs: number): void {
    const { used } = paths;
    if (datagram[0] === DATA) paths.againMs = nowMs;
    if (to !== undefined) transmitTo(to, datagram, nowMs);
    else if (used !== undefined && !channel.suspect() && !inDoubt(used, nowMs)) {
      transmitTo(used.address, datagram, nowMs);
    } else {
      for (const path of paths.candidates()) transmitTo(path.address, datagram, nowMs);
    }
  }
  function established(session: Established<TransportAddress>, nowMs: number): void {
    moment.nowMs = nowMs;
    if (state.closed) return;
    state.resting = false;
    if (session.newIncarnation) forget("restarted", false, nowMs);
    if (!living()) return;
    acknowledger.begin(session.index);
    const path = paths.heard(session.from, 0, nowMs);
    // L2: what answers our message 1 may be a copy, sent from an address that we never asked.
    const asked = session.role === "responder" || path.kind !== "learned";
    if (session.proven && asked) noteProven(path, nowMs);
    turnEnd.greetNow();
    keeper.look(nowMs);
    turnEnd.schedule();
  }
  function channelOwner(): ChannelOwner<TransportAddress> {
    const event = (act: (nowMs: number) => void) => (nowMs: number) => {
      moment.nowMs = nowMs;
      if (living()) act(nowMs);
    };
    return {
      transmit,
      received: (buffer, at, length, from, index, counter, nowMs) =>
        receiving.received(buffer, at, length, from, index, counter, nowMs),
      established,
      ready: event(() => turnEnd.schedule()),
      suspected: event((nowMs) => {
        for (const path of paths.all) prober.ask(path, nowMs);
        keeper.look(nowMs);
      }),
      down: event((nowMs) => looked(nowMs)),
    };
  }

  // ---- the owner ----

  const link: Link = {
    remote() {
      return channel.remote;
    },
    up() {
      return life.up();
    },
    send(buffer, at, length, flow, nowMs) {
      moment.nowMs = nowMs;
      if (!life.up() || length > MAX_PACKET_BYTES) {
        if (life.up()) counters.droppedTooLong += 1;
        else counters.droppedDown += 1;
        return false;
      }
      keeper.busy(nowMs);
      turnEnd.schedule();
      if (sender.send(buffer, at, length, flow)) return true;
      state.roomWanted = true;
      return false;
    },
    hasRoom(flow) {
      if (sender.queue.bytesOf(flow) < FLOW_ROOM_BYTES) return true;
      crowdedFlows.add(flow);
      return false;
    },
    sendControl(message, nowMs) {
      moment.nowMs = nowMs;
      if (!life.up() || message.length > MAX_CONTROL_BYTES || !control.send(message)) return false;
      counters.controlSent += 1;
      turnEnd.schedule();
      return true;
    },
    addAddress(address, kind, nowMs) {
      moment.nowMs = nowMs;
      if (paths.add(address, kind) === undefined) return false;
      if (!living()) return true;
      channel.wayCameUp(nowMs);
      keeper.look(nowMs);
      return true;
    },
    removeAddress(address, nowMs) {
      moment.nowMs = nowMs;
      paths.remove(address);
      if (living()) keeper.look(nowMs);
    },
    connect(nowMs) {
      moment.nowMs = nowMs;
      if (state.closed) return;
      state.resting = false;
      channel.connect(nowMs);
    },
    close(reason, nowMs) {
      moment.nowMs = nowMs;
      if (state.closed) return;
      if (!state.resting) {
        writer.flush(true);
        if (paths.used !== undefined) lone.close(paths.used, reason);
      }
      counters.droppedAtEnd += sender.clear();
      state.closed = true;
      life.close();
      control.end();
      reassembly.clear();
      receiving.rest();
      keeper.rest();
      channel.close();
    },
    unreachable(to, nowMs) {
      moment.nowMs = nowMs;
      const path = paths.find(to);
      if (path !== undefined && living()) prober.ask(path, nowMs);
    },
    failed(to, nowMs) {
      moment.nowMs = nowMs;
      const path = paths.find(to);
      if (path === undefined || !living()) return;
      path.failed = true;
      keeper.look(nowMs);
    },
    transportWritable(nowMs) {
      moment.nowMs = nowMs;
      writer.machineHasRoom();
      if (living()) turnEnd.schedule();
    },
    stats: () => linkStats(shown, moment.nowMs),
  };
  return link;
}
