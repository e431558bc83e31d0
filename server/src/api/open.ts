// SPDX-License-Identifier: GPL-3.0-or-later

/** Opening a node by request, for the stream and for the unary way alike. */
import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { MTU, NodeError } from "@inet256/client";
import {
  type NodeKey,
  type OpenRequest,
  type OpenResponse,
  OpenResponseSchema,
} from "@inet256/proto";
import type { DaemonService, Opening } from "../service/index.js";
import { LEASE_MS } from "./constants.js";

/** Lends the private key of a request, and wipes it where it stands in the request's buffer. */
export function withPrivateKey<T>(key: NodeKey | undefined, use: (serialized: Uint8Array) => T): T {
  if (key?.key.case !== "privateKey") {
    throw new NodeError("BAD_KEY", "key.private_key: expected a serialized private key");
  }
  const serialized = key.key.value;
  try {
    return use(serialized);
  } finally {
    serialized.fill(0);
  }
}

/**
 * Opens the node that a request asks for, once `admit` has not thrown: whatever refuses the
 * request, its key is wiped. Throws NodeError.
 */
export function openNode(
  service: DaemonService,
  request: OpenRequest,
  admit: () => void = () => {},
): Opening {
  return withPrivateKey(request.key, (serialized) => {
    admit();
    const { options } = request;
    // A field this daemon does not know is an option it cannot honour.
    const unknown = options?.$unknown?.[0];
    if (unknown !== undefined) {
      throw new NodeError(
        "UNSUPPORTED_OPTION",
        `options: field ${unknown.no} is unknown to this daemon`,
      );
    }
    const inboxBytes = options?.inboxBytes;
    return service.openSerialized(serialized, {
      inboxBytes: inboxBytes === 0 ? undefined : inboxBytes,
    });
  });
}

/** The answer to an opening. */
export function openResponse(opening: Opening, token: string): OpenResponse {
  return create(OpenResponseSchema, {
    session: token,
    address: opening.address.bytes,
    addressText: opening.address.toString(),
    publicKey: opening.publicKey.serialize(),
    mtu: MTU,
    lease: create(DurationSchema, { seconds: BigInt(LEASE_MS / 1000) }),
  });
}
