// SPDX-License-Identifier: GPL-3.0-or-later

// What an implementation of the transport port brings to the contract, and what the cases get.

import type { Transport, TransportSink } from "../../../server/src/transport/index.js";
import { createRecorder, type Recorder } from "./recorder.js";

/** What an implementation brings for one case. Nothing is lost on its way but what must be. */
export interface TransportWorld {
  /** A transport bound to an address of its own, one that others can send to as it stands. */
  bind(sink: TransportSink): Promise<Transport>;
  /** Lets things happen until the condition holds; rejects when it does not come to hold. */
  settle(what: string, condition: () => boolean): Promise<void>;
  /** Lets so much happen that whatever was on its way has arrived. */
  quiet(): Promise<void>;
  /** Ends everything that was bound. */
  stop(): Promise<void>;
  /** Address texts of a family that is bound, and how the transport writes them. */
  readonly texts: readonly (readonly [text: string, written: string])[];
  /** Texts that are no address of it, beside those that are none of any transport. */
  readonly badTexts: readonly string[];
  /** An address that nobody listens at. */
  readonly nowhere: string;
  /** Bytes of the largest datagram that arrives here. */
  readonly largestBytes: number;
}

/** A transport and everything it has told. */
export interface Bound {
  readonly transport: Transport;
  readonly told: Recorder;
}

/** What the cases work with. */
export interface TransportHarness {
  readonly world: TransportWorld;
  /** Binds one more. */
  bind(): Promise<Bound>;
  /**
   * Sends through the port and sees to it that nothing is told meanwhile. Whole buffers as one
   * datagram unless said otherwise. `to` is told by the receiving transport.
   */
  send(from: Bound, to: Transport | string, bytes: Uint8Array, segmentBytes?: number): boolean;
}

/** Gives the harness of the case that runs. */
export type Harness = () => TransportHarness;

/** The harness of one case. */
export function createHarness(world: TransportWorld): TransportHarness {
  return {
    world,
    async bind() {
      const told = createRecorder();
      return { transport: await world.bind(told.sink), told };
    },
    send({ transport, told }, to, bytes, segmentBytes = bytes.length) {
      const text = typeof to === "string" ? to : addressText(to);
      const address = transport.address(text);
      if (address === undefined) throw new Error(`${text} is no address`);
      return told.whileSending(() => transport.send(address, bytes, 0, bytes.length, segmentBytes));
    },
  };
}

/** Where a transport that is bound to one address is reached. */
export function addressText(transport: Transport): string {
  const [address] = transport.localAddresses;
  if (address === undefined) throw new Error("the transport is bound to nothing");
  return address.text;
}
