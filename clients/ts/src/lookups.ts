// SPDX-License-Identifier: Apache-2.0

/** The unary calls of a node beside its stream: finding addresses and keys, and dropping. */
import { Metadata } from "@grpc/grpc-js";
import { NodeService } from "@inet256/proto";
import { type Connection, sessionMetadata } from "./connection.js";
import { LOOKUP_MS } from "./constants.js";
import { Address, checkPrefix, IdentityError, PublicKey } from "./identity/index.js";
import type { Node } from "./node.js";
import { NodeError } from "./reasons.js";
import { readAnswer, unary } from "./unary.js";

/** Gives the session of the stream; waits while there is none. */
export interface SessionSource {
  session(signal: AbortSignal): Promise<string>;
}

/** Lookups over a connection. */
export function createLookups(
  connection: Connection,
  source: SessionSource,
): Pick<Node, "findAddress" | "lookupPublicKey"> {
  const withSession = async <T>(
    signal: AbortSignal | undefined,
    call: (metadata: Metadata, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const timeout = AbortSignal.timeout(LOOKUP_MS);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await call(sessionMetadata(await source.session(either)), either);
    } catch (error) {
      if (timeout.aborted && signal?.aborted !== true && error === timeout.reason) {
        throw new NodeError("UNREACHABLE", `no answer within ${LOOKUP_MS} ms`);
      }
      throw error;
    }
  };
  return {
    async findAddress(prefix, nbits, { signal } = {}) {
      checked(() => checkPrefix(prefix, nbits));
      const found = await withSession(signal, (metadata, either) =>
        unary(connection, NodeService.method.findAddress, { prefix, nbits }, metadata, either),
      );
      const address = readAnswer(() => Address.fromBytes(found.address));
      if (address.hasPrefix(prefix, nbits)) return address;
      throw new NodeError("INTERNAL", "the daemon answered an address without that prefix");
    },
    async lookupPublicKey(address, { signal } = {}) {
      if (!(address instanceof Address))
        throw new NodeError("BAD_ADDRESS", "address: expected an Address");
      const found = await withSession(signal, (metadata, either) =>
        unary(
          connection,
          NodeService.method.lookupPublicKey,
          { address: address.bytes },
          metadata,
          either,
        ),
      );
      const publicKey = readAnswer(() => PublicKey.parse(found.publicKey));
      if (publicKey.address.equals(address)) return publicKey;
      throw new NodeError("INTERNAL", "the daemon answered a key of another address");
    },
  };
}

/** Drops a node by its serialized private key, which is wiped. */
export async function dropNode(connection: Connection, privateKey: Uint8Array): Promise<void> {
  try {
    const key = { key: { case: "privateKey", value: privateKey } } as const;
    await unary(connection, NodeService.method.drop, { key }, new Metadata());
  } finally {
    privateKey.fill(0);
  }
}

// What the identity checks refuse is the caller's mistake.
function checked(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (cause instanceof IdentityError)
      throw new NodeError("BAD_REQUEST", cause.message, { cause });
    throw cause;
  }
}
