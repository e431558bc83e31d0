// SPDX-License-Identifier: GPL-3.0-or-later

// What a neighbour that holds a session can try with frames that are all valid.

import { describe, expect, it, vi } from "vitest";
import { MOST_COSTLY_FRAMES } from "../../../server/src/link/constants.js";
import { createAckFields, writeAck } from "../../../server/src/link/frames/ack-frame.js";
import { writeClose } from "../../../server/src/link/frames/close-frame.js";
import { writeHello } from "../../../server/src/link/frames/hello-frame.js";
import { writePacket } from "../../../server/src/link/frames/packet-frame.js";
import { createSentDatagrams } from "../../../server/src/link/sent-datagrams.js";
import { createFakeLink } from "../../support/fake-link.js";

const out = new Uint8Array(4_000);
const HELLO_AT = 16;

const written = (write: () => number) => Uint8Array.from(out.subarray(0, write()));
const hello = (linkNumber = 5, windowBytes = 1 << 20) =>
  written(() => writeHello(out, 0, 1, new Uint8Array(32).fill(1), linkNumber, windowBytes));
const packet = (...bytes: readonly number[]) =>
  written(() => writePacket(out, 0, Uint8Array.from(bytes), 0, bytes.length));
const stopping = () => written(() => writeClose(out, 0, "shutting-down"));
const together = (...parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** Acknowledges the counters of one session from `low` to `high`. */
function acknowledge(index: number, low: number, high: number): Uint8Array {
  const fields = createAckFields();
  fields.index = index;
  fields.ranges = 1;
  fields.lows[0] = low;
  fields.highs[0] = high;
  return written(() => writeAck(out, 0, fields));
}

/** A link that is up and has had its HELLO acknowledged, with what its owner was told. */
function upLink() {
  const told: string[] = [];
  const packets: number[][] = [];
  const fake = createFakeLink({
    packet: (_link, buffer, at, length) => void packets.push([...buffer.subarray(at, at + length)]),
    up: () => void told.push("up"),
    down: (_link, reason) => void told.push(`down ${reason}`),
  });
  fake.establish("peer");
  fake.receive(hello());
  fake.run(1);
  fake.receive(acknowledge(1, 0, 100));
  fake.run(5);
  // Every datagram that was sealed went out, and counters begin with 1.
  const sealed = fake.sent.splice(0).length;
  expect(told).toEqual(["up"]);
  return { ...fake, told, packets, sealed };
}

describe("a session", () => {
  it("of before the restart has no effect, even if nothing of it had come before", () => {
    const { receive, establish, told, packets, link } = upLink();
    establish("peer");
    establish("peer", { newIncarnation: true });
    receive(together(hello(), packet(1)), "peer", 78);
    expect(told).toEqual(["up", "down restarted"]);
    receive(together(hello(9), packet(2)), "peer", 79);
    receive(together(hello(), packet(3)), "peer", 78);
    expect(packets).toEqual([[2]]);
    expect(link.stats().counters.staleDatagrams).toBe(2);
  });

  it("of two that began at once with a new link is as good as the other", () => {
    const { receive, establish, told, packets } = upLink();
    establish("peer");
    establish("peer");
    receive(together(hello(9), packet(1)), "peer", 79);
    receive(together(hello(9), packet(2)), "peer", 78);
    receive(together(hello(), packet(3)), "peer", 77);
    expect(told).toEqual(["up", "down restarted", "up"]);
    expect(packets).toEqual([[1], [2]]);
  });

  it("in use outlives any number of others that nothing comes of", () => {
    const { receive, establish, packets } = upLink();
    for (let i = 0; i < 20; i++) {
      establish("peer");
      receive(packet(i), "peer", 77);
    }
    expect(packets.length).toBe(20);
  });

  it("names its link once: other numbers and windows in it change nothing", () => {
    const { receive, run, told, packets } = upLink();
    for (let i = 0; i < 50; i++) {
      receive(together(hello(i, i % 2 === 0 ? 0 : 2 ** 53 - 1), hello(i + 1), packet(i)));
      run(1);
    }
    expect(told).toEqual(["up"]);
    expect(packets.length).toBe(50);
  });

  it("is over with CLOSE: what follows in the datagram is left", () => {
    const { receive, run, told, packets } = upLink();
    receive(together(stopping(), hello(), packet(1)));
    receive(together(hello(), packet(2)));
    run(10);
    expect(told).toEqual(["up", "down peer-shutting-down"]);
    expect(packets).toEqual([]);
  });

  it("is greeted until a datagram with HELLO arrived, whatever else arrives", () => {
    const { link, receive, establish, run, sent, clock, sealed } = upLink();
    // Written in the old session, sealed in the new one.
    expect(link.send(new Uint8Array(100), 0, 100, 0, clock.monotonicMs())).toBe(true);
    establish("peer", { newIncarnation: true });
    clock.endTurn();
    const place = sent.findIndex(({ bytes }) => bytes[HELLO_AT] === 0x01);
    expect(place).toBeGreaterThanOrEqual(0);
    receive(acknowledge(2, sealed + 1 + place, sealed + 1 + place));
    sent.length = 0;
    run(500);
    expect(sent.some(({ bytes }) => bytes[HELLO_AT] === 0x08)).toBe(true);
    receive(acknowledge(2, 0, 2 ** 40));
    run(500);
    sent.length = 0;
    run(30_000);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.some(({ bytes }) => bytes[HELLO_AT] === 0x08)).toBe(false);
  });
});

describe("one datagram", () => {
  it("is answered with a few, however many challenges are in it", () => {
    const { receive, sent } = upLink();
    const challenges = Array.from({ length: 110 }, (_, i) =>
      Uint8Array.of(0x05, 8, i, 1, 2, 3, 4, 5, 6, 7),
    );
    receive(together(...challenges));
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThanOrEqual(MOST_COSTLY_FRAMES);
  });

  it("with thousands of answers that nobody asked for costs no look at the paths each", () => {
    const { receive, channel, link } = upLink();
    // Each look asks the channel.
    let asked = 0;
    const get = (): number => {
      asked += 1;
      return 1;
    };
    Object.defineProperty(channel, "index", { get });
    const answers = Array.from({ length: 3_000 }, () =>
      Uint8Array.of(0x06, 8, 9, 9, 9, 9, 9, 9, 9, 9),
    );
    receive(together(...answers));
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(200);
    expect(link.up()).toBe(true);
  });
});

describe("an end", () => {
  it("is one: nothing is taken, told, sent or waited for after close", () => {
    const { link, run, sent, told, deadlines, clock, channel } = upLink();
    link.close("shutting-down", clock.monotonicMs());
    expect(link.up()).toBe(false);
    const count = sent.length;
    expect(link.send(new Uint8Array(9), 0, 9, 0, clock.monotonicMs())).toBe(false);
    expect(link.sendControl(new Uint8Array(9), clock.monotonicMs())).toBe(false);
    run(10);
    expect(deadlines.size()).toBe(0);
    run(5_000);
    expect(sent.length).toBe(count);
    expect(told).toEqual(["up"]);
    expect(link.stats().queuedBytes).toBe(0);
    expect(channel.doubts).toBe(0);
  });

  it("from inside of up is one", () => {
    const told: string[] = [];
    const fake = createFakeLink({
      up: (link, nowMs) => {
        told.push("up");
        link.close("refused", nowMs);
      },
      down: (_link, reason) => void told.push(reason),
    });
    fake.establish("peer");
    fake.receive(hello());
    fake.run(10);
    expect(fake.deadlines.size()).toBe(0);
    fake.run(10_000);
    expect(told).toEqual(["up"]);
  });

  it("lets go what was sent in its turn, before CLOSE", () => {
    const { link, run, sent, clock } = upLink();
    link.send(Uint8Array.of(7, 7, 7), 0, 3, 0, clock.monotonicMs());
    link.close("shutting-down", clock.monotonicMs());
    run(1);
    expect(sent.map(({ bytes }) => bytes[HELLO_AT])).toEqual([0x01, 0x09]);
  });

  it("of the neighbour's wish leaves no frame for whom comes after it", () => {
    const { link, receive, establish, run, sent, clock } = upLink();
    link.send(Uint8Array.of(7, 7, 7), 0, 3, 0, clock.monotonicMs());
    receive(Uint8Array.of(0x09, 1, 1));
    run(10);
    sent.length = 0;
    link.connect(clock.monotonicMs());
    establish("peer", { newIncarnation: true });
    run(50);
    const bytes = sent.flatMap((datagram) => [...datagram.bytes]).join();
    expect(sent.length).toBeGreaterThan(0);
    expect(bytes).not.toContain([1, 3, 7, 7, 7].join());
  });
});

describe("time without a session", () => {
  it("is slept through, though control messages wait", () => {
    const { link, run, channel, clock, deadlines } = upLink();
    expect(link.sendControl(new Uint8Array(5_000), clock.monotonicMs())).toBe(true);
    channel.index = 0;
    run(100);
    const set = vi.spyOn(deadlines, "set");
    run(100_000);
    // Two a second would be many; it was fifty.
    expect(set.mock.calls.length).toBeLessThan(1_000);
  });
});

describe("a machine's queue that is full for ever", () => {
  it("holds up only what goes through it", () => {
    const { link, run, machine, addresses, address, establish, clock } = upLink();
    machine.room = false;
    link.send(new Uint8Array(100), 0, 100, 0, clock.monotonicMs());
    run(1);
    const carried: (number | undefined)[] = [];
    const first = address("peer");
    const transport = {
      ...first.transport,
      send: (_to: unknown, buffer: Uint8Array, at: number) =>
        carried.push(buffer[at + HELLO_AT]) > 0,
    };
    // The same neighbour by another transport, over which a session is established.
    const other = { ...first, text: "other", transport };
    link.addAddress(other, "configured", clock.monotonicMs());
    addresses.set("other", other);
    establish("other");
    link.failed(first, clock.monotonicMs());
    link.send(new Uint8Array(100), 0, 100, 0, clock.monotonicMs());
    run(10);
    // The packet itself, with HELLO before it.
    expect(carried).toContain(0x08);
    expect(link.stats().queuedPackets).toBe(0);
  });
});

describe("sent datagrams", () => {
  it("that a long row of others has passed are forgotten, not kept open for ever", () => {
    const told: string[] = [];
    const sent = createSentDatagrams(1, {
      acknowledged: () => {},
      patienceMs: () => 10_000,
      lost: () => void told.push("lost"),
      forgotten: () => void told.push("forgotten"),
    });
    sent.add(5, 0, 100, 0, 0, 0, 0);
    sent.add(6, 0, 100, 0, 0, 0, 0);
    sent.add(20_000, 0, 100, 0, 0, 0, 1);
    expect(told).toEqual(["forgotten", "forgotten"]);
    expect(sent.open()).toBe(1);
    sent.findLost(20_000);
    expect(sent.open()).toBe(0);
  });
});
