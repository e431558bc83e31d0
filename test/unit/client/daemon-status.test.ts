// SPDX-License-Identifier: GPL-3.0-or-later

// Answers of daemons of other versions, and of broken ones.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { generateKey, NodeError } from "@inet256/client";
import { GetStatusResponseSchema, type PathKind, type PathState } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { readDaemonStatus } from "../../../clients/ts/src/daemon-status.js";

const { publicKey } = generateKey();

const read = (answer: MessageInitShape<typeof GetStatusResponseSchema>) =>
  readDaemonStatus(
    create(GetStatusResponseSchema, {
      address: publicKey.address.bytes,
      publicKey: publicKey.serialize(),
      ...answer,
    }),
  );

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof NodeError ? error.reason : "not a NodeError";
  }
  return "nothing was thrown";
}

describe("the status of a daemon", () => {
  it("that knows nothing of peers and sessions is empty there", () => {
    expect(read({})).toEqual({
      address: publicKey.address,
      publicKey,
      version: "",
      uptimeMs: 0,
      endpoints: [],
      network: "",
      transportAddresses: [],
      peers: [],
      routes: [],
      sessions: { remotes: 0, sessions: 0, waitingRemotes: 0, waitingBytes: 0 },
      nodes: 0,
      clients: 0,
      streams: 0,
      queuedBytes: 0,
      counters: {},
    });
  });

  it("that names kinds and states this client has not heard of has unknown ones", () => {
    const bytes = publicKey.address.bytes;
    const later = { kind: 99 as PathKind, state: 99 as PathState };
    const { peers } = read({ peers: [{ address: bytes, paths: [later, {}] }] });
    const unknown = { kind: "unknown", state: "unknown", rttMicros: undefined, address: "" };
    expect(peers[0]?.paths).toMatchObject([unknown, unknown]);
  });

  it("that names a peer without an address is at fault", () => {
    expect(reasonOf(() => read({ peers: [{}] }))).toBe("INTERNAL");
    expect(reasonOf(() => read({ address: new Uint8Array(31) }))).toBe("INTERNAL");
    expect(reasonOf(() => read({ publicKey: new Uint8Array(3) }))).toBe("INTERNAL");
  });

  it("may have counters of any name", () => {
    const { counters } = read({ counters: [{ name: "__proto__", value: 3n }] });
    expect(Object.entries(counters)).toEqual([["__proto__", 3]]);
  });
});
