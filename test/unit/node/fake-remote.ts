// SPDX-License-Identifier: GPL-3.0-or-later

// What is beyond a daemon, for the tests of its nodes: who has joined, what was sent, and answers
// as a test wants them.

import type { Attachment, Found, Network } from "../../../server/src/network/index.js";
import type { SendOutcome, Sessions } from "../../../server/src/session/index.js";

const nameOf = (bytes: Uint8Array, at = 0): string =>
  Buffer.from(bytes.subarray(at, at + 32)).toString("hex");

/** The world beyond. */
export interface FakeRemote {
  readonly network: Pick<Network, "attach" | "detach" | "find">;
  readonly sessions: Pick<Sessions, "join" | "leave" | "send">;
  /** "join X", "attach X", "leave X", "detach X" in their order, addresses in hex. */
  readonly calls: string[];
  /** Is told of each call from inside of it, with who has joined last under that address. */
  onCall: (call: string, node: Attachment | undefined) => void;
  /** What was searched for: the whole prefix in hex. */
  readonly asked: { readonly prefix: string; readonly nbits: number; readonly nowMs: number }[];
  readonly sent: { readonly from: string; readonly to: string; readonly text: string }[];
  /** What becomes of a message; "unknown" unless set. */
  outcome: SendOutcome;
  /** What a search finds at once; "later": nothing until `answer` is called. */
  found: Found | undefined | "later";
  /** Answers every search that is not ended. */
  answer(found: Found | undefined): void;
  /** Searches that have not ended. */
  readonly searches: number;
}

/** Nobody is there. */
export function createFakeRemote(): FakeRemote {
  const waiting = new Set<(found: Found | undefined, nowMs: number) => void>();
  const calls: string[] = [];
  const joined = new Map<string, Attachment>();
  const note = (verb: string, address: Uint8Array): void => {
    const name = nameOf(address);
    calls.push(`${verb} ${name}`);
    remote.onCall(verb, joined.get(name));
  };
  const sent: FakeRemote["sent"] = [];
  const asked: FakeRemote["asked"] = [];
  const remote: FakeRemote = {
    calls,
    onCall: () => {},
    sent,
    asked,
    outcome: "unknown",
    found: undefined,
    answer(found) {
      const hearing = [...waiting];
      waiting.clear();
      for (const hear of hearing) hear(found, 0);
    },
    get searches() {
      return waiting.size;
    },
    network: {
      attach: ({ address }) => note("attach", address.bytes),
      detach: (address) => note("detach", address),
      find(prefix, nbits, found, nowMs) {
        asked.push({ prefix: Buffer.from(prefix).toString("hex"), nbits, nowMs });
        if (remote.found === "later") waiting.add(found);
        else found(remote.found, nowMs);
        return () => void waiting.delete(found);
      },
    },
    sessions: {
      join(node) {
        joined.set(nameOf(node.address.bytes), node);
        note("join", node.address.bytes);
      },
      leave: (address) => note("leave", address),
      send(source, addresses, at, buffer, start, end) {
        const text = Buffer.from(buffer.subarray(start, end)).toString();
        sent.push({ from: nameOf(source), to: nameOf(addresses, at), text });
        return remote.outcome;
      },
    },
  };
  return remote;
}
