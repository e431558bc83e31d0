// SPDX-License-Identifier: GPL-3.0-or-later

// The end of a channel: at any time, also from inside of what its owner is told.

import { describe, expect, it } from "vitest";
import {
  type Channel,
  type ChannelOwner,
  createCertificateVerifier,
  createCredentials,
  createEndpoint,
  type Endpoint,
  SESSION_LAYER,
} from "../../../server/src/channel/index.js";
import { createDeadlines, silentLogger } from "../../../server/src/core/index.js";
import { createIdentities, PURPOSES } from "../../../server/src/identity/index.js";
import { createChannelLab, type LabSource } from "../../support/channel-lab.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createToyCrypto } from "../../support/toy-crypto.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { watchCrypto } from "../../support/watched-crypto.js";

type Told = Exclude<keyof ChannelOwner<LabSource>, "transmit">;

/** Alice's channel to bob; she closes it when she is told `when` for the `nth` time. */
function createCloser(when: Told, nth: number) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const watched = watchCrypto(createToyCrypto());
  const { crypto } = watched;
  const random = createSeededRandom(3);
  const identities = createIdentities(crypto, random);
  const create = () => {
    const key = identities.generate();
    const signer = {
      publicKey: key.publicKey.serialize(),
      address: key.publicKey.address.bytes,
      sign: (bytes: Uint8Array) => identities.keys.signReserved(key, PURPOSES.noiseStatic, bytes),
    };
    const credentials = createCredentials({ crypto, random, layer: SESSION_LAYER, signer });
    return { credentials, source: { name: "", bytes: signer.address, group: "" } };
  };
  const alice = create();
  const bob = create();
  let told = 0;
  let afterwards = 0;
  let closed = false;
  let deaf = false;
  const tell = (what: Told): void => {
    if (closed) afterwards += 1;
    if (what !== when || ++told !== nth) return;
    closed = true;
    ends.alice.channel.close();
  };
  const ends = { alice: open(alice, bob, true), bob: open(bob, alice, false) };

  function open(own: typeof alice, other: typeof alice, telling: boolean) {
    const put = (datagram: Uint8Array): void => {
      if (telling && closed) afterwards += 1;
      if (deaf) return;
      const bytes = datagram.slice();
      const to = telling ? ends.bob : ends.alice;
      to.endpoint.receive(
        bytes,
        0,
        bytes.length,
        own.source,
        other.credentials,
        clock.monotonicMs(),
      );
    };
    const endpoint: Endpoint<LabSource> = createEndpoint<LabSource>({
      layer: SESSION_LAYER,
      crypto,
      random,
      deadlines,
      logger: silentLogger,
      verify: createCertificateVerifier(identities.keys),
      refusal: Uint8Array.of(2, 1),
      sink: { reply: put, admit: () => channel },
    });
    const on = (what: Told) => () => {
      if (telling) tell(what);
    };
    const channel: Channel = endpoint.createChannel({
      credentials: own.credentials,
      remote: other.credentials.address,
      owner: {
        transmit: put,
        received: on("received"),
        established: on("established"),
        ready: on("ready"),
        suspected: on("suspected"),
        down: on("down"),
      },
    });
    const buffer = new Uint8Array(100);
    return {
      endpoint,
      channel,
      say(): void {
        const length = channel.seal(buffer, 0, 10, clock.monotonicMs());
        if (length > 0) put(buffer.subarray(0, length));
      },
    };
  }
  return {
    clock,
    watched,
    deadlines,
    ...ends,
    get closed() {
      return closed;
    },
    get afterwards() {
      return afterwards;
    },
    goDeaf: () => {
      deaf = true;
    },
    wipe() {
      alice.credentials.wipe();
      bob.credentials.wipe();
    },
  };
}

describe("a channel that is closed", () => {
  it.each([
    ["established", 1],
    ["established", 2],
    ["ready", 1],
    ["received", 1],
    ["received", 5],
    ["suspected", 1],
    ["suspected", 2],
    ["down", 1],
  ] as const)("from inside of %s (no. %d) begins nothing after that", (when, nth) => {
    const lab = createCloser(when, nth);
    const { clock, alice, bob } = lab;
    alice.say();
    alice.channel.connect(clock.monotonicMs());
    for (let i = 0; i < 130 && !lab.closed; i++) {
      alice.say();
      bob.say();
      clock.advance(1_000);
    }
    lab.goDeaf();
    for (let i = 0; i < 200 && !lab.closed; i++) {
      alice.say();
      clock.advance(1_000);
    }
    expect(lab.closed).toBe(true);
    clock.advance(100_000);
    alice.channel.connect(clock.monotonicMs());
    alice.channel.doubt(clock.monotonicMs());
    alice.channel.wayCameUp(clock.monotonicMs());
    clock.advance(100_000);
    expect(alice.endpoint.indices()).toBe(0);
    expect(alice.channel.ready()).toBe(false);
    bob.endpoint.close();
    lab.wipe();
    expect(lab.deadlines.size()).toBe(0);
    expect(lab.watched.unwiped()).toBe(0);
  });

  it.each(["link", "session"] as const)("in the %s layer at any moment wipes its keys", (layer) => {
    for (let moment = 0; moment < 60; moment++) {
      const watched = watchCrypto(createToyCrypto());
      const lab = createChannelLab({ layer, seed: moment, crypto: watched.crypto });
      const alice = lab.host("alice");
      const bob = lab.host("bob");
      alice.send(bob, Uint8Array.of(1));
      if (moment % 3 === 0) bob.send(alice, Uint8Array.of(1));
      lab.run(moment);
      for (const host of [alice, bob]) {
        host.endpoint.close();
        host.credentials.wipe();
        expect(host.endpoint.indices()).toBe(0);
      }
      expect(watched.unwiped()).toBe(0);
    }
  });
});
