// SPDX-License-Identifier: GPL-3.0-or-later

// What an authenticated neighbour, or whoever copies its datagrams, can make a link do.

import { describe, expect, it } from "vitest";
import { controlNumbering, writeControl } from "../../../server/src/link/frames/control-frame.js";
import { writeFragment } from "../../../server/src/link/frames/fragment-frame.js";
import { writeHello } from "../../../server/src/link/frames/hello-frame.js";
import { writePacket } from "../../../server/src/link/frames/packet-frame.js";
import { createFakeLink } from "../../support/fake-link.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const out = new Uint8Array(4_000);

function hello(tag = 1, linkNumber = 5, windowBytes = 1 << 20): Uint8Array {
  const end = writeHello(out, 0, 1, new Uint8Array(32).fill(tag), linkNumber, windowBytes);
  return Uint8Array.from(out.subarray(0, end));
}

function packet(...bytes: readonly number[]): Uint8Array {
  const end = writePacket(out, 0, Uint8Array.from(bytes), 0, bytes.length);
  return Uint8Array.from(out.subarray(0, end));
}

const together = (...parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A link that is up, with what its owner was told. */
function upLink() {
  const told: string[] = [];
  const packets: number[][] = [];
  const fake = createFakeLink({
    packet: (_link, buffer, at, length) => void packets.push([...buffer.subarray(at, at + length)]),
    control: (_link, _buffer, _at, length) => void told.push(`control ${length}`),
    up: () => void told.push("up"),
    down: (_link, reason) => void told.push(`down ${reason}`),
  });
  fake.establish("peer");
  fake.receive(hello());
  fake.run(1);
  expect(told).toEqual(["up"]);
  return { ...fake, told, packets };
}

describe("before HELLO", () => {
  it("no packet, fragment or control message passes, and none is remembered", () => {
    const told: string[] = [];
    const fake = createFakeLink({
      packet: () => void told.push("packet"),
      control: () => void told.push("control"),
      up: () => void told.push("up"),
    });
    fake.establish("peer");
    const piece = new Uint8Array(10);
    fake.receive(packet(1, 2, 3));
    const fragmentEnd = writeFragment(
      out,
      0,
      { id: 1, offset: 0, total: 10, at: 0, length: 10 },
      piece,
    );
    fake.receive(Uint8Array.from(out.subarray(0, fragmentEnd)));
    fake.receive(Uint8Array.from(out.subarray(0, writeControl(out, 0, 0, 0, false, piece))));
    fake.run(10);
    expect(told).toEqual([]);
    expect(fake.link.stats().counters.beforeHello).toBe(3);
    fake.receive(together(hello(), packet(9)));
    expect(told.sort()).toEqual(["packet", "up"]);
  });

  it("of another network comes a farewell, once, and silence", () => {
    const told: string[] = [];
    const fake = createFakeLink({ down: (_link, reason) => void told.push(reason) });
    fake.establish("peer");
    fake.run(1);
    fake.sent.length = 0;
    for (let i = 0; i < 5; i++) fake.receive(together(hello(2), packet(1)));
    fake.run(5_000);
    expect(told).toEqual(["other-network"]);
    expect(fake.sent.length).toBe(1);
    expect([...(fake.sent[0]?.bytes.subarray(-19, -16) ?? [])]).toEqual([0x09, 1, 2]);
    expect(fake.channel.resting).toBe(true);
  });
});

describe("a datagram in which anything is wrong", () => {
  it("has no effect, not even its acknowledgement", () => {
    const { receive, run, sent, packets, link } = upLink();
    run(3_000);
    sent.length = 0;
    receive(together(packet(1), Uint8Array.of(0x30, 0)));
    receive(together(packet(1), Uint8Array.of(0x01, 9)));
    run(20);
    expect(packets).toEqual([]);
    expect(sent).toEqual([]);
    expect(link.stats().counters.invalidDatagrams).toBe(2);
  });
});

describe("an incarnation that is over", () => {
  it("has no effect any more, whatever arrives of it late", () => {
    const { receive, establish, told, packets, link } = upLink();
    receive(packet(1), "peer", 77);
    establish("peer", { newIncarnation: true });
    expect(told).toEqual(["up", "down restarted"]);
    receive(together(hello(1, 5), packet(2)), "peer", 77);
    expect(told.length).toBe(2);
    receive(together(hello(1, 6), packet(3)), "peer", 78);
    receive(packet(4), "peer", 77);
    receive(packet(5), "peer", 78);
    expect(packets).toEqual([[1], [3], [5]]);
    expect(told).toEqual(["up", "down restarted", "up"]);
    expect(link.stats().counters.staleDatagrams).toBe(2);
  });

  it("shows by its link number even when its static key is the same", () => {
    const { receive, establish, told, packets } = upLink();
    establish("peer");
    receive(together(hello(1, 99), packet(3)), "peer", 78);
    receive(packet(4), "peer", 77);
    expect(told).toEqual(["up", "down restarted", "up"]);
    expect(packets).toEqual([[3]]);
  });

  it("does not begin again because HELLO is repeated", () => {
    const { receive, told } = upLink();
    for (let i = 0; i < 10; i++) receive(hello());
    expect(told).toEqual(["up"]);
  });
});

describe("whatever a neighbour sends", () => {
  it("nothing throws, and what is held stays bounded", () => {
    const runs = Number(process.env["FUZZ_INPUTS"] ?? 20_000);
    const { receive, run, establish, link, sent, channel } = upLink();
    const random = createSeededRandom(11);
    const kinds = [1, 2, 3, 4, 5, 6, 7, 10, 0x40];
    for (let round = 0; round < runs; round++) {
      const frames: number[] = [];
      for (let i = random.below(4); i >= 0; i--) {
        const body = [...random.bytes(random.below(60))];
        frames.push(random.pick(kinds), body.length, ...body);
      }
      receive(Uint8Array.from(frames), "peer", 76 + channel.index - random.below(2));
      if (random.oneIn(20)) run(1);
      if (sent.length > 1_000) sent.length = 0;
      if (random.oneIn(2_000)) establish("peer");
    }
    const fragment = { id: 0, offset: 5, total: 69_632, at: 0, length: 1 };
    for (fragment.id = 0; fragment.id < 3_000; fragment.id++) {
      const end = writeFragment(out, 0, fragment, Uint8Array.of(1));
      receive(Uint8Array.from(out.subarray(0, end)));
    }
    expect(link.stats().counters.reassemblyEvicted).toBeGreaterThan(2_000);
    expect(link.up()).toBe(true);
  });

  it("an address that has not answered never gets more bytes than came from it", () => {
    const { receive, run, sent, link } = upLink();
    const random = createSeededRandom(12);
    const came = new Map<string, number>();
    for (let round = 0; round < 5_000; round++) {
      const from = `stranger ${random.below(30)}`;
      const plaintext = random.oneIn(3) ? packet(1, 2, 3) : new Uint8Array(0);
      came.set(from, (came.get(from) ?? 0) + plaintext.length + 32);
      receive(random.oneIn(5) ? Uint8Array.from([0x05, 8, ...random.bytes(8)]) : plaintext, from);
      if (random.oneIn(4)) link.send(new Uint8Array(500), 0, 500, 0, 1_000 + round);
      run(random.below(20));
    }
    const went = new Map<string, number>();
    for (const { to, bytes } of sent) went.set(to, (went.get(to) ?? 0) + bytes.length);
    let answered = 0;
    for (const [to, bytes] of went) {
      if (!to.startsWith("stranger")) continue;
      answered += 1;
      expect(bytes).toBeLessThanOrEqual(came.get(to) ?? 0);
    }
    expect(answered).toBeGreaterThan(20);
    expect(
      link.stats().paths.every(({ address, state }) => address === "peer" || state === "unproven"),
    ).toBe(true);
  });
});

describe("a new address", () => {
  it("is challenged three times, further and further apart, and left alone when it is silent", () => {
    const { receive, run, sent, clock } = upLink();
    run(3);
    const startMs = clock.monotonicMs();
    const atMs: number[] = [];
    let before = sent.length;
    receive(packet(...new Uint8Array(600)), "stranger");
    for (let ms = 0; ms < 60_000; ms++) {
      if (sent.slice(before).some(({ to }) => to === "stranger")) {
        atMs.push(clock.monotonicMs() - startMs);
      }
      before = sent.length;
      run(1);
    }
    expect(atMs.length).toBe(3);
    const [first = 0, second = 0, third = 0] = atMs;
    expect(first).toBeLessThanOrEqual(2);
    expect(second - first).toBeGreaterThanOrEqual(99);
    expect(third - second).toBeGreaterThanOrEqual(199);
    expect(third).toBeLessThan(1_000);
  });
});

describe("control messages", () => {
  it("of another numbering are ignored, and not acknowledged", () => {
    const { receive, run, sent, told } = upLink();
    run(3);
    // Our own link number is in our HELLO: after type, length, version and tag.
    const greeting = sent.find(({ bytes }) => bytes[16] === 0x08)?.bytes ?? new Uint8Array(64);
    const own = new DataView(greeting.buffer).getUint32(16 + 2 + 1 + 32, true);
    const piece = (numbering: number): Uint8Array => {
      const end = writeControl(out, 0, numbering, 0, false, new Uint8Array(10));
      return Uint8Array.from(out.subarray(0, end));
    };
    receive(piece(controlNumbering(6, own)));
    receive(piece(controlNumbering(own, 5)));
    expect(told).toEqual(["up"]);
    receive(piece(controlNumbering(5, own)));
    receive(piece(controlNumbering(5, own)));
    expect(told).toEqual(["up", "control 10"]);
  });
});

describe("an owner", () => {
  it("may close the link in the middle of a datagram: the rest is left", () => {
    const packets: number[] = [];
    const fake = createFakeLink({
      packet: (link, buffer, at) => {
        packets.push(buffer[at] ?? -1);
        link.close("shutting-down", 2_000);
      },
    });
    fake.establish("peer");
    fake.receive(together(hello(), packet(1), packet(2), packet(3)));
    fake.run(1_000);
    expect(packets).toEqual([1]);
    expect(fake.channel.closed).toBe(true);
    const { length } = fake.sent;
    fake.receive(packet(4));
    fake.run(60_000);
    expect(fake.sent.length).toBe(length);
    expect(fake.link.send(new Uint8Array(1), 0, 1, 0, 3_000)).toBe(false);
  });

  it("may answer from inside a call", () => {
    const fake = createFakeLink({
      packet: (link, buffer, at, length, nowMs) => void link.send(buffer, at, length, 0, nowMs),
    });
    fake.establish("peer");
    fake.receive(hello());
    fake.run(2);
    fake.sent.length = 0;
    fake.receive(together(packet(1, 1), packet(2, 2)));
    fake.run(1);
    const bytes = fake.sent.flatMap((datagram) => [...datagram.bytes]);
    expect(bytes.join()).toContain([1, 2, 1, 1, 1, 2, 2, 2].join());
  });
});
