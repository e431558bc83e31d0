// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createSegmentSender } from "../../../server/src/sys/segmentation.js";
import { socketName } from "../../../server/src/sys/socket-name.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createFakeKernel, type FakeKernel, type SendCall } from "./fake-kernel.js";

const NAME = socketName(Uint8Array.of(192, 0, 2, 1), 25_632, 0);
const OTHER = socketName(new Uint8Array(16).fill(0xfe), 1, 7);
const EIO = 5;
const EAGAIN = 11;
const EINVAL = 22;
const EMSGSIZE = 90;
const ENETUNREACH = 101;
const ENOBUFS = 105;
const ECONNREFUSED = 111;

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8));

function create(segmentation = true) {
  const kernel = createFakeKernel();
  const sender = createSegmentSender(kernel.koffi, kernel.libc, 3, { segmentation });
  return { kernel, sender };
}

/** What plain sends would have sent. */
function cut(bytes: Uint8Array, segmentBytes: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += segmentBytes) {
    parts.push(bytes.slice(at, at + segmentBytes));
  }
  return parts;
}

const sentBytes = ({ sent }: FakeKernel): Uint8Array[] => sent.map(({ bytes }) => bytes);
const cuts = ({ segmentBytes }: SendCall): boolean => segmentBytes > 0;

describe("sending with segmentation", () => {
  it("sends one datagram without asking for cuts", () => {
    const { kernel, sender } = create();
    expect(sender.send(NAME, bytesOf(1_400), 0, 1_400, 1_400)).toEqual({
      bytes: 1_400,
      datagrams: 1,
      failure: undefined,
    });
    expect(kernel.calls).toEqual([{ bytes: 1_400, segmentBytes: 0 }]);
    expect(kernel.sent[0]?.name).toBe(Buffer.from(NAME).toString("hex"));
  });

  it("cuts as plain sends would, for any lengths", () => {
    const random = createSeededRandom(5);
    for (let i = 0; i < 80; i++) {
      const { kernel, sender } = create(random.below(3) > 0);
      const segmentBytes = 1 + random.below(random.pick([40, 1_500, 65_507]));
      const bytes = bytesOf(1 + random.below(Math.min(200_000, 300 * segmentBytes)));
      const outcome = sender.send(NAME, bytes, 0, bytes.length, segmentBytes);
      const parts = cut(bytes, segmentBytes);
      expect(sentBytes(kernel).map(({ length }) => length)).toEqual(
        parts.map((part) => part.length),
      );
      expect(Buffer.concat(sentBytes(kernel)).equals(bytes)).toBe(true);
      expect(outcome).toEqual({ bytes: bytes.length, datagrams: parts.length, failure: undefined });
    }
  });

  it("asks for no more than older kernels take in one call", () => {
    const { kernel, sender } = create();
    sender.send(NAME, bytesOf(200_000), 0, 200_000, 300);
    for (const { bytes } of kernel.calls) expect(bytes).toBeLessThanOrEqual(64 * 300);
    sender.send(NAME, bytesOf(200_000), 0, 200_000, 9_000);
    for (const { bytes } of kernel.calls) expect(bytes).toBeLessThanOrEqual(65_400);
  });

  it("sends from the middle of a view, and to one name after the other", () => {
    const { kernel, sender } = create();
    const memory = bytesOf(4_000);
    sender.send(NAME, memory.subarray(1_000, 3_000), 50, 100, 60);
    sender.send(OTHER, memory.subarray(2_000), 0, 10, 10);
    sender.send(NAME, memory, 3_999, 1, 1);
    expect(sentBytes(kernel)).toEqual([
      memory.slice(1_050, 1_110),
      memory.slice(1_110, 1_150),
      memory.slice(2_000, 2_010),
      memory.slice(3_999),
    ]);
    const names = [NAME, NAME, OTHER, NAME].map((name) => Buffer.from(name).toString("hex"));
    expect(kernel.sent.map(({ name }) => name)).toEqual(names);
  });

  it("reads nothing beyond the buffer, nor a detached one", () => {
    const { kernel, sender } = create();
    const detached = bytesOf(100);
    sender.send(NAME, detached, 0, 100, 100);
    structuredClone(detached.buffer, { transfer: [detached.buffer as ArrayBuffer] });
    sender.send(NAME, detached, 0, 100, 100);
    sender.send(NAME, bytesOf(100), 1, 100, 100);
    sender.send(NAME, bytesOf(100), -1, 10, 10);
    sender.send(NAME, bytesOf(100), 0, 10, 0);
    sender.send(NAME, bytesOf(100), 0, 0, 10);
    sender.send(NAME, bytesOf(100), Number.NaN, 10, 10);
    sender.send(NAME, bytesOf(100), 0, Number.NaN, 10);
    sender.send(NAME, bytesOf(100), 0, 10, Number.NaN);
    expect(kernel.calls).toHaveLength(1);
  });
});

describe("a kernel that cannot cut", () => {
  it.each([EIO, EINVAL])(
    "gets plain sends from error %d on, and every datagram leaves",
    (errno) => {
      const { kernel, sender } = create();
      kernel.answer = (call) => (cuts(call) ? errno : 0);
      const bytes = bytesOf(100_000);
      const outcome = sender.send(NAME, bytes, 0, bytes.length, 1_200);
      expect(outcome).toEqual({ bytes: 100_000, datagrams: 84, failure: undefined });
      expect(sentBytes(kernel)).toEqual(cut(bytes, 1_200));
      expect(sender.segmentation()).toBe(false);
      const calls = kernel.calls.length;
      sender.send(NAME, bytes, 0, 12_000, 1_200);
      expect(kernel.calls.slice(calls).some(cuts)).toBe(false);
    },
  );

  it("is not what segments larger than the interface takes show", () => {
    const { kernel, sender } = create();
    kernel.answer = (call) => (cuts(call) ? EINVAL : call.bytes > 1_372 ? EMSGSIZE : 0);
    expect(sender.send(NAME, bytesOf(9_000), 0, 9_000, 1_400)).toMatchObject({
      bytes: 0,
      failure: "too-large",
    });
    expect(sender.segmentation()).toBe(true);
  });
});

describe("a kernel that refuses", () => {
  it.each([
    [EAGAIN, "full"],
    [ENOBUFS, "lost"],
    [12, "lost"],
    [EMSGSIZE, "too-large"],
    [ENETUNREACH, "no-way"],
    [113, "no-way"],
    [99, "no-way"],
    [1, "no-way"],
    [EINVAL, "no-way"],
  ])("error %d is %s", (errno, failure) => {
    const { kernel, sender } = create();
    kernel.answer = () => errno;
    expect(sender.send(NAME, bytesOf(10), 0, 10, 10)).toEqual({ bytes: 0, datagrams: 0, failure });
    expect(sender.send(NAME, bytesOf(3_000), 0, 3_000, 1_000)).toMatchObject({ bytes: 0, failure });
  });

  it("in the middle: says how many left before", () => {
    const { kernel, sender } = create();
    kernel.answer = () => (kernel.calls.length > 2 ? EAGAIN : 0);
    const outcome = sender.send(NAME, bytesOf(200_000), 0, 200_000, 1_000);
    expect(outcome).toEqual({ bytes: 128_000, datagrams: 128, failure: "full" });
  });

  it("by an error of an earlier datagram: sends again, once", () => {
    const { kernel, sender } = create();
    kernel.answer = () => (kernel.calls.length === 1 ? ECONNREFUSED : 0);
    const outcome = sender.send(NAME, bytesOf(3_000), 0, 3_000, 1_000);
    expect(outcome).toEqual({ bytes: 3_000, datagrams: 3, failure: undefined });
    expect(kernel.sent).toHaveLength(3);
    expect(sender.segmentation()).toBe(true);
  });
});
