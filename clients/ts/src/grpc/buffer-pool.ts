// SPDX-License-Identifier: Apache-2.0

/**
 * Large buffers that are used again and again. A fresh one costs a system call and a page fault
 * for every 4 KiB, which is more than filling it.
 */

/** A pool of buffers of one size. */
export interface BufferPool {
  /** Bytes of each buffer. */
  readonly size: number;
  /** A buffer with anything in it. */
  take(): Buffer;
  /** Gives a buffer back that nobody looks at any more; one of another size is forgotten. */
  give(buffer: Buffer): void;
}

/** A pool that keeps at most `keep` unused buffers of `size` bytes. */
export function createBufferPool(size: number, keep: number): BufferPool {
  const unused: Buffer[] = [];
  return {
    size,
    take: () => unused.pop() ?? Buffer.allocUnsafeSlow(size),
    give(buffer) {
      if (buffer.length === size && unused.length < keep) unused.push(buffer);
    },
  };
}
