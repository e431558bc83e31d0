// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The way that works everywhere: node:dgram. No segmentation, no don't-fragment, nothing of what
 * ICMP says. Guards that what dgram holds back is bounded and copied, so that the caller's bytes
 * are its own again after `send`.
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { UdpAddress } from "./udp-address.js";
import type { OpenUdpEnd, UdpShared } from "./udp-end.js";
import { createPlainQueue } from "./udp-plain-queue.js";
import { parseEndpoint } from "./udp-text.js";

/** dgram resolves names unless told that an address is one, and takes a turn for it. */
const asItIs = (
  host: string,
  _options: unknown,
  done: (error: null, host: string, family: number) => void,
): void => done(null, host, 0);

/** Opens a socket of node:dgram. */
export const openPlainEnd: OpenUdpEnd = async (shared, bind) => {
  const socket = createSocket({
    type: bind.family === 4 ? "udp4" : "udp6",
    ipv6Only: bind.family === 16,
    lookup: asItIs as never,
    recvBufferSize: shared.receiveBufferBytes,
    sendBufferSize: shared.sendBufferBytes,
  });
  await bound(socket, bind);
  socket.on("error", (error: NodeJS.ErrnoException) => {
    shared.logger.warn("a UDP socket reported an error", { code: error.code });
  });
  const queue = createPlainQueue(socket, shared);
  return {
    family: bind.family,
    local: localAddress(shared, socket),
    dontFragment: false,
    receiveBufferBytes: socket.getRecvBufferSize() / 2,
    start: () => listen(socket, shared),
    send(to, buffer, at, length, segmentBytes) {
      for (let done = 0; done < length; done += segmentBytes) {
        const one = Math.min(segmentBytes, length - done);
        if (queue.send(to, buffer, at + done, one)) continue;
        shared.counters.droppedQueueFull += Math.ceil((length - done) / segmentBytes);
        return false;
      }
      return true;
    },
    close() {
      socket.removeAllListeners("message");
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
};

/** Binds; the sizes of buffers that the machine does not give are no reason to fail. */
function bound(socket: Socket, { host, port }: UdpAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve();
    });
  });
}

function localAddress({ addresses }: UdpShared, socket: Socket): UdpAddress {
  const { address, port } = socket.address();
  const found = addresses.fromText(
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  );
  if (found === undefined) throw new Error("the system named an address that cannot be read");
  return found;
}

function listen(socket: Socket, shared: UdpShared): void {
  const { clock, counters, isClosed, sink, turns } = shared;
  const fromInfo = createSenders(shared);
  let nowMs: number | undefined;
  const endTurn = (): void => {
    nowMs = undefined;
    // Read anew: something else may have been told at the end of this turn.
    if (!isClosed()) sink.receivedAll(clock.monotonicMs());
  };
  socket.on("message", (message, info) => {
    if (message.length === 0) return;
    const from = fromInfo(info);
    if (from === undefined) return;
    if (nowMs === undefined) {
      nowMs = clock.monotonicMs();
      turns.atEnd(endTurn);
    }
    counters.datagramsReceived += 1;
    counters.bytesReceived += message.length;
    sink.received(message, 0, message.length, from, nowMs);
  });
}

/** Addresses by what dgram says of a sender; the last one is tried first. */
function createSenders({ addresses }: UdpShared): (info: RemoteInfo) => UdpAddress | undefined {
  let last: UdpAddress | undefined;
  let lastHost = "";
  return ({ address, family, port }) => {
    if (last !== undefined && port === last.port && address === lastHost) return last;
    const text = family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
    const found = addresses.fromText(text);
    if (found === undefined) {
      // A zone that cannot be read: the address without it.
      const endpoint = parseEndpoint(text.replace(/%[^\]]*/, ""));
      return endpoint === undefined ? undefined : addresses.fromEndpoint(endpoint);
    }
    last = found;
    lastHost = address;
    return found;
  };
}
