// SPDX-License-Identifier: GPL-3.0-or-later

// The scene of most rules: alice and bob with known keys, a wire, and mallory, who may stand on it.

import type { Signer } from "../../../../server/src/channel/index.js";
import {
  type ChannelLab,
  createChannelLab,
  type LabHost,
  type LabOptions,
  type LabSource,
} from "../../../support/channel-lab.js";
import { createSigner } from "../../../support/handmade-handshake.js";

/** Both layers, for rules that hold in both. */
export const LAYERS = ["link", "session"] as const;

/** Alice, bob and mallory. */
export interface Scene {
  readonly lab: ChannelLab;
  readonly alice: LabHost;
  readonly bob: LabHost;
  readonly aliceSigner: Signer;
  readonly bobSigner: Signer;
  readonly mallorySigner: Signer;
  /** Where mallory is: in the session layer, what he claims honestly. */
  readonly mallory: LabSource;
}

/** A scene; 10 ms from anywhere to anywhere. */
export function createScene(options: LabOptions): Scene {
  const lab = createChannelLab(options);
  const aliceSigner = createSigner(lab);
  const bobSigner = createSigner(lab);
  const mallorySigner = createSigner(lab);
  const alice = lab.host("alice", { signer: aliceSigner });
  const bob = lab.host("bob", { signer: bobSigner });
  const mallory = sourceOf(lab, "mallory", mallorySigner.address);
  return { lab, alice, bob, aliceSigner, bobSigner, mallorySigner, mallory };
}

/** A source: a transport address of that name, or in the session layer a claimed address. */
export function sourceOf(lab: ChannelLab, name: string, address: Uint8Array): LabSource {
  return lab.rules.id === 1 ? lab.source(name) : { name, bytes: address, group: name };
}

/** A source of nobody's. */
export function strangerAt(lab: ChannelLab, name: string): LabSource {
  return sourceOf(lab, name, lab.random.bytes(32));
}

/** The bytes of a text. */
export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What arrived at a host, as text, sorted. */
export const heard = (host: LabHost): readonly string[] =>
  host.arrivals.map(({ bytes }) => new TextDecoder().decode(bytes)).sort();

/** The datagrams of a type that a host sent. */
export const sentBy = (lab: ChannelLab, host: LabHost, type: number): readonly Uint8Array[] =>
  lab.sent
    .filter(({ from, bytes }) => from.name === host.name && bytes[0] === type)
    .map(({ bytes }) => bytes);

/** The first of these; throws if there is none. */
export function first<T>(of: readonly T[]): T {
  const [one] = of;
  if (one === undefined) throw new Error("expected at least one, got none");
  return one;
}

/** A copy with one bit of this byte turned round. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Both sides exchange one more message; throws unless it arrives, once, within 3 s. */
export function exchange({ lab, alice, bob }: Scene, what: string): void {
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const message = `${what} from ${from.name}`;
    const before = to.arrivals.length;
    const sent = text(message);
    const times = () =>
      to.arrivals.slice(before).filter(({ bytes }) => Buffer.compare(bytes, sent) === 0).length;
    from.send(to, text(message));
    lab.runUntil(`${message} arrives`, () => times() === 1, 3_000);
  }
  lab.run(50);
  for (const host of [alice, bob]) {
    const messages = heard(host);
    if (new Set(messages).size !== messages.length) throw new Error(`${what}: doubled`);
  }
}
