// SPDX-License-Identifier: GPL-3.0-or-later

// Opening by request: the key is used and then zeros, in the request's own buffer, whatever
// happened; an option that cannot be honoured is an error.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { NodeError } from "@inet256/client";
import {
  ConnectRequestSchema,
  DropRequestSchema,
  NodeKeySchema,
  type OpenRequest,
  OpenRequestSchema,
} from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { openNode, openResponse, withPrivateKey } from "../../../server/src/api/open.js";
import { addressOf, keyOf, OWN, serializedKeyOf } from "../node/local-nodes.js";
import { createServiceHouse } from "../service/daemon-service.js";

/** A request as it comes: decoded from a buffer that it is a view of. */
function received(number: number, options: Uint8Array = new Uint8Array(0)) {
  const open = toBinary(
    OpenRequestSchema,
    create(OpenRequestSchema, {
      key: { key: { case: "privateKey", value: serializedKeyOf(number) } },
    }),
  );
  // Field 2, the options, as bytes: also what no schema of ours would write.
  const body = Buffer.concat([open, Buffer.of(0x12, options.length), options]);
  const buffer = Buffer.concat([Buffer.of(0x0a), varint(body.length), body]);
  const request = fromBinary(ConnectRequestSchema, buffer).open;
  if (request === undefined) throw new Error("nothing to open");
  const seed = Buffer.from(serializedKeyOf(number).subarray(-64, -32));
  return { buffer, request, seed };
}

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >> 7);
}

function reasonOf(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return error instanceof NodeError ? error.reason : String(error);
  }
}

const inboxBytes = (value: number): Buffer => Buffer.concat([Buffer.of(0x08), varint(value)]);

describe("openNode", () => {
  it("opens the node, and leaves zeros where the key was", () => {
    const { service, nodes } = createServiceHouse();
    const { buffer, request, seed } = received(1);
    expect(buffer.includes(seed)).toBe(true);
    const opening = openNode(service, request);
    expect(opening.address.equals(addressOf(1))).toBe(true);
    expect(buffer.includes(seed)).toBe(false);
    expect(buffer.includes(seed.subarray(0, 8))).toBe(false);
    expect(nodes.size()).toBe(1);
  });

  it("leaves zeros too when the request is not admitted, and opens nothing", () => {
    const { service } = createServiceHouse();
    const { buffer, request, seed } = received(1);
    expect(buffer.includes(seed)).toBe(true);
    const admit = (): void => {
      throw new NodeError("LIMIT_NODES", "no room");
    };
    expect(reasonOf(() => openNode(service, request, admit))).toBe("LIMIT_NODES");
    expect(buffer.includes(seed)).toBe(false);
    expect(service.status().nodes).toBe(0);
  });

  it("leaves zeros too when it refuses", () => {
    const { service, nodes } = createServiceHouse({ limit: 0, inboxBytes: 50 });
    const cases = [
      ["LIMIT_NODES", received(1)],
      ["KEY_IN_USE_BY_DAEMON", received(OWN)],
      ["UNSUPPORTED_OPTION", received(1, inboxBytes(101))],
      ["UNSUPPORTED_OPTION", received(1, Buffer.of(0x78, 1))],
    ] as const;
    for (const [reason, { buffer, request, seed }] of cases) {
      expect(reasonOf(() => openNode(service, request))).toBe(reason);
      expect(buffer.includes(seed.subarray(0, 8)), reason).toBe(false);
    }
    expect(nodes.size()).toBe(0);
  });

  it("takes 0 for the default inbox, and what is allowed for what it is", () => {
    const { service, nodes } = createServiceHouse({ inboxBytes: 50 });
    for (const bytes of [inboxBytes(0), inboxBytes(1), inboxBytes(100), Buffer.alloc(0)]) {
      openNode(service, received(1, bytes).request);
    }
    expect(nodes.size()).toBe(1);
  });

  it("names the first unknown option, by its field number", () => {
    const { service } = createServiceHouse();
    const unknown = Buffer.concat([inboxBytes(1), Buffer.of(0xf8, 0x06, 5, 0x1a, 1, 0x41)]);
    expect(() => openNode(service, received(1, unknown).request)).toThrow("field 111 is unknown");
  });

  it("refuses a request without a key", () => {
    const { service } = createServiceHouse();
    const none: OpenRequest = create(OpenRequestSchema, {});
    expect(reasonOf(() => openNode(service, none))).toBe("BAD_KEY");
    expect(reasonOf(() => openNode(service, create(OpenRequestSchema, { key: {} })))).toBe(
      "BAD_KEY",
    );
    // The reserved delegation is no key yet.
    const delegation = fromBinary(OpenRequestSchema, Buffer.of(0x0a, 3, 0x12, 1, 0x41));
    expect(reasonOf(() => openNode(service, delegation))).toBe("BAD_KEY");
  });
});

describe("withPrivateKey", () => {
  it("lends the key, and wipes it when it is done, also after a fault", () => {
    const bytes = toBinary(
      DropRequestSchema,
      create(DropRequestSchema, {
        key: { key: { case: "privateKey", value: serializedKeyOf(1) } },
      }),
    );
    const { key } = fromBinary(DropRequestSchema, bytes);
    let lent: Uint8Array | undefined;
    expect(() =>
      withPrivateKey(key, (serialized) => {
        lent = serialized;
        expect(Buffer.from(serialized).equals(serializedKeyOf(1))).toBe(true);
        throw new Error("a fault");
      }),
    ).toThrow("a fault");
    expect(lent).toEqual(new Uint8Array(81));
    expect(Buffer.from(bytes).includes(Buffer.from(serializedKeyOf(1)).subarray(17, 25))).toBe(
      false,
    );
    expect(reasonOf(() => withPrivateKey(undefined, () => 1))).toBe("BAD_KEY");
    expect(reasonOf(() => withPrivateKey(create(NodeKeySchema, {}), () => 1))).toBe("BAD_KEY");
  });
});

describe("openResponse", () => {
  it("says who is open, and for how long", () => {
    const { open } = createServiceHouse();
    const response = openResponse(open(1), "ab".repeat(32));
    expect(response).toMatchObject({
      session: "ab".repeat(32),
      addressText: addressOf(1).toString(),
      mtu: 65_535,
      lease: { seconds: 60n, nanos: 0 },
    });
    expect(Buffer.from(response.address).equals(addressOf(1).bytes)).toBe(true);
    expect(Buffer.from(response.publicKey).equals(keyOf(1).publicKey.serialize())).toBe(true);
  });
});
