// SPDX-License-Identifier: GPL-3.0-or-later

// What a link is measured against: UDP, segmentation offload and encryption, each alone, with nothing
// of the daemon's. Each function gives, for messages of one size, how many arrived in a second and
// how many million bytes that was, measured where they arrive, and how much was lost on the way.

import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const END = join(import.meta.dirname, "raw-end.mjs");
/** As large as IPv4 takes; a link's packets of 65,535 bytes are compared with it. */
const LARGEST_DATAGRAM = 65_507;
/** Bytes of a segment: what an Ethernet carries, rounded. */
const SEGMENT_BYTES = 1_400;
/** Of one call; beyond these bytes the kernel cuts them itself, slowly. */
const MOST_SEGMENTS = 64;
const MOST_BYTES = 65_400;
const SETTLE_MS = 100;

/** Sizes of messages: small, a datagram's, and large ones. */
export const RAW_SIZES = [64, 1_400, 32 * 1024, LARGEST_DATAGRAM];

const next = (child) =>
  new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a raw end ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });

/** Bytes that have come, once no more do. */
async function settled(child) {
  for (let before = -1; ; ) {
    child.send({ command: "tally" });
    const tally = await next(child);
    if (tally.bytes === before) return tally;
    before = tally.bytes;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
}

/** Two processes; undefined where this machine cannot. */
async function betweenTwo(kind, size, order) {
  const receiver = fork(END, [kind, "receive"]);
  const sender = fork(END, [kind, "send"]);
  try {
    const [{ port }] = await Promise.all([next(receiver), next(sender)]);
    if (port === 0) return undefined;
    sender.send({ command: "push", port, ...order });
    const sent = await next(sender);
    const { bytes, firstMs, lastMs } = await settled(receiver);
    const seconds = Math.max(lastMs - firstMs, 1) / 1_000;
    return {
      size,
      perSecond: Math.round(bytes / size / seconds),
      mbPerSecond: bytes / 1e6 / seconds,
      lossPercent: Math.max(0, 100 - (100 * bytes) / sent.bytes),
    };
  } finally {
    sender.disconnect();
    receiver.disconnect();
  }
}

/** Datagrams of this size through node:dgram, from one process to another on loopback. */
export function rawDgram({ size, ms }) {
  const bytes = Math.min(size, LARGEST_DATAGRAM);
  return betweenTwo("dgram", bytes, { size: bytes, ms });
}

/**
 * The same bytes with segmentation offload on both ways: messages above 1,400 bytes one after the
 * other, cut into segments of 1,400; smaller ones as many as the kernel takes in one call, a segment
 * each. Undefined without koffi or on another kernel.
 */
export function rawSegmentation({ size, ms }) {
  const bytes = Math.min(size, LARGEST_DATAGRAM);
  const segmentBytes = Math.min(bytes, SEGMENT_BYTES);
  const most = Math.min(MOST_SEGMENTS, Math.floor(MOST_BYTES / segmentBytes)) * segmentBytes;
  if (bytes <= most && bytes > SEGMENT_BYTES) {
    return betweenTwo("segments", bytes, { lengths: [bytes], segmentBytes, ms });
  }
  const lengths = bytes > most ? [most, bytes - most] : [most];
  return betweenTwo("segments", bytes, { lengths, segmentBytes, ms });
}

/** ChaCha20-Poly1305 of messages of this size, sealed in this process; undefined without libsodium. */
export function rawAead({ size, ms }) {
  let sodium;
  try {
    sodium = createRequire(new URL("../../../server/package.json", import.meta.url))(
      "sodium-native",
    );
  } catch {
    return undefined;
  }
  const [key, nonce] = [Buffer.alloc(32, 1), Buffer.alloc(12, 2)];
  const message = Buffer.alloc(size, 3);
  const sealed = Buffer.alloc(size + 16);
  const empty = Buffer.alloc(0);
  let count = 0;
  const startMs = performance.now();
  let nowMs = startMs;
  while (nowMs - startMs < ms) {
    for (let i = 0; i < 16; i++) {
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, message, empty, null, nonce, key);
    }
    count += 16;
    nowMs = performance.now();
  }
  const perSecond = (count * 1_000) / (nowMs - startMs);
  return {
    size,
    perSecond: Math.round(perSecond),
    mbPerSecond: (perSecond * size) / 1e6,
    lossPercent: 0,
  };
}
