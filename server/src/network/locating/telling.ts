// SPDX-License-Identifier: GPL-3.0-or-later

// Who is told that a node of ours has come, or has gone. Invariant: nobody who did not ask, but for
// the router that has it still, or had it last (O4).

import type { Attachment } from "../network.js";
import { type Context, giveLocation, tell } from "./context.js";
import type { Standing } from "./standing.js";

/** A node is attached here: whoever asked for it a moment ago is told, and a rival. */
export function attachNode(
  context: Context,
  neighbours: Iterable<{ readonly standing: Standing }>,
  node: Attachment,
  nowMs: number,
): void {
  const { own, locations } = context;
  const address = node.address.bytes;
  const held = locations.get(address, 0);
  const attached = own.attach(node, held?.attach.seq ?? 0);
  if (held !== undefined) {
    const rival = context.correspondent(held.attach.router);
    locations.delete(held);
    if (rival !== undefined) giveLocation(context, attached, rival, 0, nowMs);
  }
  for (const { standing } of neighbours) {
    standing.take(address, nowMs, ({ query, router }) => {
      const asker = context.correspondent(router);
      if (asker !== undefined) giveLocation(context, attached, asker, query, nowMs);
    });
  }
}

/** It is not any more: whoever was told where it is learns that. */
export function detachNode(context: Context, address: Uint8Array, nowMs: number): void {
  const node = context.own.detach(address);
  if (node === undefined || node.displaced || node.told.size === 0) return;
  const record = context.own.detachRecord(node);
  for (const router of node.told.values()) {
    const told = context.correspondent(router);
    if (told !== undefined) tell(context, told, { type: "detach", record }, nowMs);
  }
}
