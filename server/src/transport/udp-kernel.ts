// SPDX-License-Identifier: GPL-3.0-or-later

// The fast way: a socket of the kernel's, through sys.

import { ipOfName, portOfName, type SendOutcome, type Sys, type UdpSocket } from "../sys/index.js";
import type { UdpAddress } from "./udp-address.js";
import type { OpenUdpEnd, UdpShared } from "./udp-end.js";

/** Opens sockets by what sys has. */
export function createKernelOpener(openSocket: NonNullable<Sys["openUdpSocket"]>): OpenUdpEnd {
  return async (shared, bind) => {
    const { counters } = shared;
    const socket = openSocket({
      name: bind.name,
      receiveBufferBytes: shared.receiveBufferBytes,
      sendBufferBytes: shared.sendBufferBytes,
      turns: shared.turns,
      handler: createHandler(shared, bind),
    });
    return {
      family: bind.family,
      local: localAddress(shared, bind, socket),
      dontFragment: socket.dontFragment,
      receiveBufferBytes: socket.receiveBufferBytes,
      // Nothing is told before the next turn, when all are open.
      start() {},
      send(to, buffer, at, length, segmentBytes) {
        const outcome = socket.send(to.name, buffer, at, length, segmentBytes);
        counters.datagramsSent += outcome.datagrams;
        counters.bytesSent += outcome.bytes;
        if (outcome.failure === undefined) return true;
        return failed(shared, socket, to, outcome, length, segmentBytes);
      },
      async close() {
        socket.close();
      },
    };
  };
}

function localAddress(shared: UdpShared, bind: UdpAddress, { name }: UdpSocket): UdpAddress {
  const zone = /%(.*)$/.exec(bind.host)?.[1] ?? "";
  return shared.addresses.fromEndpoint({ ip: ipOfName(name), port: portOfName(name), zone });
}

/** Counts what was not sent. False when there is no room. */
function failed(
  { counters, notices }: UdpShared,
  socket: UdpSocket,
  to: UdpAddress,
  { bytes, failure }: SendOutcome,
  length: number,
  segmentBytes: number,
): boolean {
  const datagrams = Math.ceil((length - bytes) / segmentBytes);
  if (failure === "full" || failure === "lost") {
    counters.droppedQueueFull += datagrams;
    // Of a queue that is not the socket's nobody would say that it has room again.
    if (failure === "full") socket.awaitRoom();
    return failure === "lost";
  }
  if (failure === "too-large") {
    counters.droppedTooLarge += datagrams;
  } else {
    counters.droppedNoRoute += datagrams;
    notices.failed(to);
  }
  return true;
}

function createHandler(shared: UdpShared, { family }: UdpAddress) {
  const { addresses, clock, counters, isClosed, notices, sink } = shared;
  let nowMs = 0;
  return {
    wakeUp() {
      nowMs = clock.monotonicMs();
    },
    message(
      bytes: Uint8Array,
      at: number,
      length: number,
      segmentBytes: number,
      names: Uint32Array,
      nameAt: number,
    ) {
      const from = addresses.fromName(family, names, nameAt);
      for (let done = 0; done < length && !isClosed(); done += segmentBytes) {
        const one = Math.min(segmentBytes, length - done);
        counters.datagramsReceived += 1;
        counters.bytesReceived += one;
        sink.received(bytes, at + done, one, from, nowMs);
      }
    },
    messagesEnd: () => sink.receivedAll(nowMs),
    unreachable: (names: Uint32Array, nameAt: number) =>
      notices.unreachable(addresses.fromName(family, names, nameAt)),
    writable: () => notices.writable(),
  };
}
