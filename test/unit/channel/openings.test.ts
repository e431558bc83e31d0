// SPDX-License-Identifier: GPL-3.0-or-later

// Which handshake a message belongs to: of which opening, of which claimed address, of which index.

import { describe, expect, it } from "vitest";
import {
  type Channel,
  createCertificateVerifier,
  createCredentials,
  createEndpoint,
  type Endpoint,
  SESSION_LAYER,
} from "../../../server/src/channel/index.js";
import { createDeadlines, readU32, silentLogger } from "../../../server/src/core/index.js";
import { createIdentities } from "../../../server/src/identity/index.js";
import { createChannelLab, type LabSource } from "../../support/channel-lab.js";
import {
  createHandmadeInitiator,
  createSigner,
  payloadOf,
} from "../../support/handmade-handshake.js";
import { createScene, first, heard, LAYERS, sentBy, text } from "./rules/scene.js";

describe("a handshake that an earlier opening began", () => {
  it.each([
    ["is completed by the opening that began it", false],
    ["is not completed by the next one (O3)", true],
  ])("%s", (_name, reopened) => {
    const lab = createChannelLab({ layer: "session" });
    const { clock, crypto, random } = lab;
    const [bob, alice] = [createSigner(lab), createSigner(lab)];
    const source: LabSource = { name: "alice", bytes: alice.address, group: "alice" };
    const open = () => createCredentials({ crypto, random, layer: SESSION_LAYER, signer: bob });
    const replies: Uint8Array[] = [];
    const endpoint: Endpoint<LabSource> = createEndpoint<LabSource>({
      layer: SESSION_LAYER,
      crypto,
      random,
      deadlines: createDeadlines(clock, clock.timer),
      logger: silentLogger,
      verify: createCertificateVerifier(createIdentities(crypto, random).keys),
      refusal: Uint8Array.of(2, 1),
      sink: { reply: (datagram) => void replies.push(datagram.slice()), admit: () => channel },
    });
    let credentials = open();
    const receive = (bytes: Uint8Array): void =>
      endpoint.receive(bytes, 0, bytes.length, source, credentials, clock.monotonicMs());
    const initiator = createHandmadeInitiator(lab, {
      responder: bob.address,
      initiator: alice.address,
    });
    receive(initiator.message1.slice());
    const answer = initiator.read(first(replies));
    if (reopened) {
      credentials.wipe();
      credentials = open();
    }
    const channel: Channel = endpoint.createChannel({
      credentials,
      remote: alice.address,
      owner: {
        transmit() {},
        received() {},
        established() {},
        ready() {},
        suspected() {},
        down() {},
      },
    });
    const { index: sender, s } = initiator;
    const payload = payloadOf(lab, alice, { sender, staticKey: s.publicKey });
    receive(first(initiator.write(payload, answer?.sender ?? 0)).slice());
    expect(channel.ready()).toBe(!reopened);
    expect(endpoint.counters.handshakesCompleted).toBe(reopened ? 0 : 1);
    expect(endpoint.counters.droppedIdentity).toBe(reopened ? 1 : 0);
  });
});

it("a copy of message 1 that claims another address is another handshake (C4, M1)", () => {
  const { lab, alice, bob, mallory } = createScene({ layer: "session" });
  // Whoever carries message 1 says it first, in his own name.
  lab.fate = ({ bytes, from }) => {
    if (bytes[0] !== 0x51 || from.name !== "alice") return [{ delayMs: 10 }];
    return [{ delayMs: 1, from: mallory }, { delayMs: 10 }];
  };
  alice.send(bob, text("hello"));
  lab.run(100);
  expect(heard(bob)).toEqual(["hello"]);
  expect(alice.endpoint.counters.droppedHandshake).toBe(0);
});

describe.each(LAYERS)("in the %s layer", (layer) => {
  it("an index of 0 is none (S14)", () => {
    const { lab, bob, mallory } = createScene({ layer });
    const knock = (index: number): void => {
      const { message1 } = createHandmadeInitiator(lab, {
        responder: bob.credentials.address,
        initiator: mallory.bytes,
        index,
      });
      lab.inject(bob, message1, mallory);
      lab.run(1);
    };
    knock(0);
    expect(bob.endpoint.counters.droppedMalformed).toBe(1);
    expect(bob.endpoint.halfOpen()).toBe(0);
    knock(0x8000_0000);
    knock(0xffff_ffff);
    expect(sentBy(lab, bob, 0x52).map((bytes) => readU32(bytes, 8))).toEqual([
      0x8000_0000, 0xffff_ffff,
    ]);
  });

  it("a channel that is closed while its message 3 is sent leaves nothing behind", () => {
    const { lab, alice, bob } = createScene({ layer });
    lab.fate = ({ bytes, from }) => {
      if (bytes[0] === 0x53 && from.name === "alice") alice.channelTo(bob).close();
      return [{ delayMs: 10 }];
    };
    alice.send(bob, text("hello"));
    lab.run(1_000);
    expect(alice.events).toEqual([]);
    // Bob, who was told nothing, knocks.
    expect(alice.endpoint.indices()).toBe(alice.endpoint.halfOpen());
    lab.run(200_000);
    expect(alice.endpoint.indices() + bob.endpoint.indices()).toBe(0);
  });
});
