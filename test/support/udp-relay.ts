// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Somebody on the way between two daemons: carries their datagrams, keeps copies of them, and can
 * send what it likes in the name of the one that dialled. And somebody beside the way.
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

/** On IPv4 loopback. */
export interface UdpRelay {
  /** Where the one that dials is told that the other one is. */
  readonly address: string;
  /** Datagrams of the one that dials, and the answers, each in its order. */
  readonly there: readonly Buffer[];
  readonly back: readonly Buffer[];
  /** Where to carry them. */
  carryTo(address: string): void;
  /** Loses everything, in both directions and without a word, until it is told false. */
  cut(isCut: boolean): void;
  /** Sends to where it carries, as if it came from the one that dials. */
  forge(datagram: Uint8Array): void;
  close(): Promise<void>;
}

/** A relay that has yet to be told where to. */
export async function createUdpRelay(): Promise<UdpRelay> {
  const outside = await bound();
  const inside = await bound();
  const [there, back]: [Buffer[], Buffer[]] = [[], []];
  let target: string | undefined;
  let dialler: RemoteInfo | undefined;
  let lost = false;
  const deliver = (datagram: Uint8Array): void => {
    if (target !== undefined) sendTo(inside, datagram, target);
  };
  outside.on("message", (datagram, from) => {
    dialler = from;
    there.push(datagram);
    if (!lost) deliver(datagram);
  });
  inside.on("message", (datagram) => {
    back.push(datagram);
    if (dialler !== undefined && !lost) outside.send(datagram, dialler.port, dialler.address);
  });
  return {
    address: `127.0.0.1:${outside.address().port}`,
    there,
    back,
    carryTo(address) {
      target = address;
    },
    cut(isCut) {
      lost = isCut;
    },
    forge: deliver,
    async close() {
      await Promise.all([closed(outside), closed(inside)]);
    },
  };
}

/** Somebody with a port of his own, to whom nobody owes an answer. */
export interface Stranger {
  /** What has been sent to him. */
  readonly heard: readonly Buffer[];
  send(datagram: Uint8Array, address: string): void;
  close(): Promise<void>;
}

/** A stranger on IPv4 loopback. */
export async function createStranger(): Promise<Stranger> {
  const socket = await bound();
  const heard: Buffer[] = [];
  socket.on("message", (datagram) => heard.push(datagram));
  return {
    heard,
    send: (datagram, address) => sendTo(socket, datagram, address),
    close: () => closed(socket),
  };
}

function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  // A daemon that is gone is told by the kernel as an error.
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.bind(0, "127.0.0.1", () => resolve(socket));
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => resolve());
  });
}

function sendTo(socket: Socket, datagram: Uint8Array, address: string): void {
  const [host, port] = address.split(":");
  socket.send(datagram, Number(port), host);
}
