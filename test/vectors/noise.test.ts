// SPDX-License-Identifier: GPL-3.0-or-later

// Whole sessions of Noise_XX_25519_ChaChaPoly_SHA256 from two sources: what each side writes and
// reads, the transcript hash, and the transport messages under the keys of the split.

import { describe, expect, it } from "vitest";
import type { Crypto } from "../../server/src/crypto/index.js";
import {
  createHandshakeState,
  type HandshakeState,
  type KeyPair,
  PROTOCOL_NAME,
  type SplitKeys,
} from "../../server/src/noise/index.js";
import { ADAPTERS, bytes, damaged, expectToNotice, hex, readVectors } from "./support.js";

type Role = "initiator" | "responder";

interface Message {
  readonly kind: "handshake" | "transport";
  readonly sender: Role;
  readonly payload: string;
  readonly ciphertext: string;
}

interface NoiseCase {
  readonly protocol: string;
  readonly from: string;
  readonly prologue: string;
  readonly initiator: { readonly ephemeral: string; readonly static: string };
  readonly responder: { readonly ephemeral: string; readonly static: string };
  readonly handshakeHash?: string;
  readonly messages: readonly Message[];
}

const all = readVectors<{ cases: readonly NoiseCase[] }>("noise.json").cases;
const cases = all.filter(({ protocol }) => protocol === PROTOCOL_NAME);

function keyPair(crypto: Crypto, secret: string): KeyPair {
  return { secret: bytes(secret), publicKey: crypto.x25519PublicKey(bytes(secret)) };
}

function side(crypto: Crypto, vector: NoiseCase, role: Role): HandshakeState {
  const keys = vector[role];
  return createHandshakeState({
    crypto,
    role,
    prologue: bytes(vector.prologue),
    s: keyPair(crypto, keys.static),
    e: keyPair(crypto, keys.ephemeral),
  });
}

function write(state: HandshakeState, payload: Uint8Array): string {
  const out = new Uint8Array(state.messageBytes(payload.length));
  expect(state.writeMessage(payload, out)).toBe(out.length);
  return hex(out);
}

function read(state: HandshakeState, ciphertext: string): string {
  const payload = new Uint8Array(ciphertext.length / 2);
  const length = state.readMessage(bytes(ciphertext), payload);
  if (length < 0) throw new Error("the message does not open");
  return hex(payload.subarray(0, length));
}

/** Walks through the handshake as one of the two, with nothing of the other but its messages. */
function exchange(state: HandshakeState, messages: readonly Message[]) {
  for (const { sender, payload, ciphertext } of messages) {
    if (sender === state.role) expect(write(state, bytes(payload))).toBe(ciphertext);
    else expect(read(state, ciphertext)).toBe(payload);
  }
}

/** Seals and opens one transport message under the split's key; nonce = 0 × 4 ‖ counter. */
function checkTransport(crypto: Crypto, keys: SplitKeys, message: Message, counter: bigint) {
  const key =
    message.sender === "initiator" ? keys.initiatorToResponder : keys.responderToInitiator;
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, counter, true);
  const none = new Uint8Array(0);
  const sealed = new Uint8Array(message.payload.length / 2 + 16);
  crypto.seal(key, nonce, none, bytes(message.payload), sealed);
  expect(hex(sealed)).toBe(message.ciphertext);
  const opened = new Uint8Array(message.payload.length / 2);
  expect(crypto.open(key, nonce, none, bytes(message.ciphertext), opened)).toBe(true);
  expect(hex(opened)).toBe(message.payload);
}

function check(crypto: Crypto, vector: NoiseCase, role: Role) {
  const state = side(crypto, vector, role);
  const handshake = vector.messages.filter(({ kind }) => kind === "handshake");
  expect(handshake).toHaveLength(3);
  exchange(state, handshake);
  expect(state.step).toBe(3);
  const other = role === "initiator" ? vector.responder : vector.initiator;
  expect(hex(state.rs ?? none())).toBe(hex(keyPair(crypto, other.static).publicKey));
  expect(hex(state.re ?? none())).toBe(hex(keyPair(crypto, other.ephemeral).publicKey));
  if (vector.handshakeHash !== undefined) expect(hex(state.h)).toBe(vector.handshakeHash);
  const keys = state.split();
  const transport = vector.messages.filter(({ kind }) => kind === "transport");
  const counters = { initiator: 0n, responder: 0n };
  for (const message of transport) {
    checkTransport(crypto, keys, message, counters[message.sender]);
    counters[message.sender] += 1n;
  }
}

function none(): Uint8Array {
  return new Uint8Array(0);
}

/** The case with one byte of one message turned over. */
function withDamage(vector: NoiseCase, index: number, at: number): NoiseCase {
  const messages = vector.messages.map((message, i) =>
    i === index ? damaged(message, "ciphertext", () => at) : message,
  );
  return { ...vector, messages };
}

describe.each(ADAPTERS)("noise.json, %s", (_, crypto) => {
  it("has the cases that it should have", () => {
    expect(cases).toHaveLength(5);
    expect(cases.filter(({ from }) => from === "cacophony")).toHaveLength(1);
    expect(cases.filter(({ from }) => from === "flynn")).toHaveLength(4);
    expect(cases.filter(({ handshakeHash }) => handshakeHash !== undefined)).toHaveLength(1);
    const messages = cases.flatMap((vector) => vector.messages);
    expect(messages.filter(({ kind }) => kind === "handshake")).toHaveLength(15);
    expect(messages.filter(({ kind }) => kind === "transport")).toHaveLength(11);
  });

  describe.each(cases.map((vector, i) => [i + 1, vector.from, vector] as const))(
    "case %i, %s",
    (_number, _from, vector) => {
      it.each(["initiator", "responder"] as const)("agrees as the %s", (role) => {
        check(crypto, vector, role);
      });

      it("notices a flipped byte anywhere in the messages", () => {
        for (const [index, { ciphertext, kind }] of vector.messages.entries()) {
          const size = ciphertext.length / 2;
          const step = kind === "handshake" ? 7 : size;
          for (let at = 0; at < size; at += step) {
            for (const role of ["initiator", "responder"] as const) {
              const turned = withDamage(vector, index, at);
              expect(() => check(crypto, turned, role), `message ${index}, ${at}`).toThrow();
            }
          }
        }
      });

      it("notices another prologue, other keys and another hash", () => {
        const other = { ...vector, prologue: `${vector.prologue}00` };
        expect(() => check(crypto, other, "initiator")).toThrow();
        expect(() => check(crypto, other, "responder")).toThrow();
        if (vector.handshakeHash !== undefined) {
          expectToNotice((turned) => check(crypto, turned, "initiator"), vector, ["handshakeHash"]);
        }
        for (const role of ["initiator", "responder"] as const) {
          for (const field of ["static", "ephemeral"] as const) {
            const turned = { ...vector, [role]: damaged(vector[role], field) };
            expect(() => check(crypto, turned, role), `${role} ${field}`).toThrow();
          }
        }
      });
    },
  );
});
