// SPDX-License-Identifier: GPL-3.0-or-later

// Words that the cases of the contract share.

import type { Address, Node, NodeErrorReason } from "@inet256/client";
import { expect } from "vitest";

/** No case waits longer for anything, in milliseconds. */
export const DEADLINE_MS = 8_000;

/** A message as text, for messages that are about who gets which. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The next message of a node as text. */
export async function next(node: Node): Promise<string> {
  const { payload } = await node.receive({ signal: AbortSignal.timeout(DEADLINE_MS) });
  return Buffer.from(payload).toString();
}

/** The next messages of a node as texts. */
export async function nextOf(node: Node, count: number): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let i = 0; i < count; i++) texts.push(await next(node));
  return texts;
}

/** The texts `word 0`, `word 1` and so on. */
export function words(word: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${word} ${i}`);
}

/** Sends texts one after the other, each when the one before was accepted. */
export async function sendAll(from: Node, to: Address, texts: readonly string[]): Promise<void> {
  for (const text of texts) await from.send(to, bytes(text));
}

/** That a call rejects with a NodeError of this reason, and in good time. */
export async function rejects(call: Promise<unknown>, reason: NodeErrorReason): Promise<void> {
  await expect(call).rejects.toMatchObject({ name: "NodeError", reason });
}
