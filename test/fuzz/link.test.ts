// SPDX-License-Identifier: GPL-3.0-or-later

// Plaintexts of a hostile neighbour into every decoder of the link at once: random ones, and real
// frames after accidents, in a link that is in use. What must hold: nothing throws, what is held
// stays bounded, and the link goes on carrying packets. FUZZ_INPUTS says how many; FUZZ_SEED which.

import { expect, it } from "vitest";
import { createAckFields, writeAck } from "../../server/src/link/frames/ack-frame.js";
import { writeClose } from "../../server/src/link/frames/close-frame.js";
import { writeControlAck } from "../../server/src/link/frames/control-ack-frame.js";
import { controlNumbering, writeControl } from "../../server/src/link/frames/control-frame.js";
import { writeFragment } from "../../server/src/link/frames/fragment-frame.js";
import { PATH_CHALLENGE, PATH_RESPONSE } from "../../server/src/link/frames/frame-types.js";
import { writeHello } from "../../server/src/link/frames/hello-frame.js";
import { writePacket } from "../../server/src/link/frames/packet-frame.js";
import { writePath } from "../../server/src/link/frames/path-frame.js";
import { createFakeLink, type FakeLink } from "../support/fake-link.js";
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? "20000");
const SEED = Number(process.env["FUZZ_SEED"] ?? "1");
const BATCH = 500;
const TAG = 1;
const LINK_NUMBER = 5;
const out = new Uint8Array(4_000);

const cut = (end: number): Uint8Array => Uint8Array.from(out.subarray(0, end));
const number = (random: SeededRandom): number => Math.floor(2 ** (random.below(40) / 2));

/** A frame as a peer would write it, but with whatever numbers. */
function frame(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(random.below(60));
  switch (random.below(9)) {
    case 0:
      return cut(writePacket(out, 0, bytes, 0, bytes.length));
    case 1: {
      const total = Math.max(bytes.length, random.below(70_000)) + 1;
      const offset = random.below(total - bytes.length);
      const fields = { id: random.below(200), offset, total, at: 0, length: bytes.length };
      return cut(writeFragment(out, 0, fields, bytes));
    }
    case 2: {
      const numbering = controlNumbering(LINK_NUMBER, number(random));
      return cut(writeControl(out, 0, numbering, random.below(300), random.oneIn(2), bytes));
    }
    case 3:
      return cut(writeControlAck(out, 0, random.u32(), number(random)));
    case 4: {
      const type = random.oneIn(2) ? PATH_CHALLENGE : PATH_RESPONSE;
      return cut(writePath(out, 0, type, random.bytes(8), 0));
    }
    case 5: {
      const ack = createAckFields();
      ack.index = 1 + random.below(3);
      ack.delayMicros = number(random);
      ack.ranges = 1;
      ack.highs[0] = number(random);
      ack.lows[0] = Math.floor((ack.highs[0] ?? 0) / 2);
      return cut(writeAck(out, 0, ack));
    }
    case 6: {
      const tag = new Uint8Array(32).fill(random.oneIn(20) ? 9 : TAG);
      const linkNumber = random.oneIn(10) ? random.u32() : LINK_NUMBER;
      return cut(writeHello(out, 0, 1, tag, linkNumber, number(random)));
    }
    case 7:
      return random.oneIn(20) ? cut(writeClose(out, 0, "shutting-down")) : random.bytes(3);
    default:
      return random.bytes(random.below(40));
  }
}

/** A plaintext: frames, and in half of them some accidents. */
function plaintext(random: SeededRandom): Uint8Array {
  const frames = Array.from({ length: 1 + random.below(4) }, () => frame(random));
  const bytes = Uint8Array.from(frames.flatMap((part) => [...part]));
  if (random.oneIn(2)) return bytes;
  for (let times = 1 + random.below(3); times > 0 && bytes.length > 0; times--) {
    bytes[random.below(bytes.length)] = random.u32();
  }
  return random.oneIn(3) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
}

/** A peer that has restarted says HELLO in a session of this index. */
function greet(fake: FakeLink, index: number): void {
  fake.link.connect(fake.clock.monotonicMs());
  fake.establish("peer", { newIncarnation: true, index });
  const hello = writeHello(out, 0, 1, new Uint8Array(32).fill(TAG), LINK_NUMBER, 1 << 20);
  fake.receive(cut(hello), "peer", index);
  fake.run(2);
}

it(`${INPUTS} plaintexts of a hostile neighbour change nothing for the next one`, () => {
  const random = createSeededRandom(SEED);
  const marker = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  let arrived = 0;
  const fake = createFakeLink({
    packet(_link, buffer, at, length) {
      if (length === marker.length && marker.every((byte, i) => buffer[at + i] === byte)) {
        arrived += 1;
      }
    },
  });
  let session = 1_000;
  greet(fake, session);
  for (let done = 0; done < INPUTS; done += BATCH) {
    for (let i = 0; i < BATCH; i++) {
      const from = random.oneIn(30) ? `stranger ${random.below(50)}` : "peer";
      fake.receive(plaintext(random), from, session);
      if (!fake.link.up()) {
        session += 1;
        greet(fake, session);
      }
      if (random.oneIn(50)) fake.run(1 + random.below(20));
      if (fake.link.up() && random.oneIn(5)) {
        fake.link.send(random.bytes(100), 0, 100, i, fake.clock.monotonicMs());
      }
    }
    fake.sent.length = 0;
    fake.runs.length = 0;
    session += 1;
    greet(fake, session);
    const before = arrived;
    fake.receive(
      cut(writePacket(out, 0, Uint8Array.from(marker), 0, marker.length)),
      "peer",
      session,
    );
    expect(arrived, `after ${done + BATCH} inputs`).toBe(before + 1);
    const { paths, queuedBytes, queuedControlBytes } = fake.link.stats();
    expect(paths.length).toBeLessThanOrEqual(9);
    expect(queuedBytes + queuedControlBytes).toBeLessThanOrEqual(5 * 1024 * 1024);
  }
  expect(fake.link.stats().counters.invalidDatagrams).toBeGreaterThan(INPUTS / 20);
  expect(fake.link.stats().counters.packetsReceived).toBeGreaterThan(INPUTS / 100);
});
