// SPDX-License-Identifier: GPL-3.0-or-later

// Two ends of a handshake, and steps on the way through it.

import type { Crypto } from "../../../server/src/crypto/index.js";
import {
  createHandshakeState,
  generateKeypair,
  type HandshakeState,
  type KeyPair,
} from "../../../server/src/noise/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";

export interface Ends {
  readonly initiator: HandshakeState;
  readonly responder: HandshakeState;
  /** The key pairs given to the two; e is theirs. */
  readonly keys: Readonly<Record<"is" | "ie" | "rs" | "re", KeyPair>>;
}

/** Both ends of a handshake of these two; the same seed gives the same keys. */
export function createEnds(crypto: Crypto, seed = 1): Ends {
  const random = createSeededRandom(seed);
  const pair = (): KeyPair => generateKeypair(crypto, random);
  const keys = { is: pair(), ie: pair(), rs: pair(), re: pair() };
  const prologue = Buffer.from("prologue");
  return {
    initiator: createHandshakeState({
      crypto,
      role: "initiator",
      prologue,
      s: keys.is,
      e: keys.ie,
    }),
    responder: createHandshakeState({
      crypto,
      role: "responder",
      prologue,
      s: keys.rs,
      e: keys.re,
    }),
    keys,
  };
}

/** The next message of this state, with this payload. */
export function written(state: HandshakeState, payload = new Uint8Array(0)): Uint8Array {
  const out = new Uint8Array(state.messageBytes(payload.length));
  const length = state.writeMessage(payload, out);
  if (length !== out.length) throw new Error(`expected ${out.length} bytes written, got ${length}`);
  return out;
}

/** The payload of a message; undefined when the state refuses it. */
export function readBy(state: HandshakeState, message: Uint8Array): Uint8Array | undefined {
  const payload = new Uint8Array(message.length);
  const length = state.readMessage(message, payload);
  return length < 0 ? undefined : payload.subarray(0, length);
}

/** Hands on the next `count` messages between the two, without payloads. */
export function advance({ initiator, responder }: Ends, count: number): void {
  for (let i = 0; i < count; i++) {
    const [from, to] = initiator.step % 2 === 0 ? [initiator, responder] : [responder, initiator];
    if (readBy(to, written(from)) === undefined) throw new Error("the message was refused");
  }
}
