// SPDX-License-Identifier: GPL-3.0-or-later

// The funnel between NodeError and gRPC: every reason gets through, and garbage gives a reason too.

import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Metadata, status } from "@grpc/grpc-js";
import { NODE_ERROR_REASONS, NodeError } from "@inet256/client";
import { errorOfStatus, reasonNumber, reasonOfNumber, statusOfError } from "@inet256/client/grpc";
import { ErrorInfoSchema, Reason, ReasonSchema, StatusSchema } from "@inet256/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const DETAILS = "grpc-status-details-bin";

function metadataWith(...values: readonly Uint8Array[]): Metadata {
  const metadata = new Metadata();
  for (const value of values) metadata.add(DETAILS, Buffer.from(value));
  return metadata;
}

function details(...infos: readonly { reason: string; domain: string }[]): Uint8Array {
  const packed = infos.map((info) => anyPack(ErrorInfoSchema, create(ErrorInfoSchema, info)));
  return toBinary(StatusSchema, create(StatusSchema, { details: packed }));
}

describe("an error over gRPC", () => {
  it.each(NODE_ERROR_REASONS)("%s comes out as it went in", (reason) => {
    const message = `words for people: ${reason}, ünï ✓`;
    const sent = statusOfError(new NodeError(reason, message));
    const received = errorOfStatus(sent);
    expect(received).toBeInstanceOf(NodeError);
    expect([received.reason, received.message, received.cause]).toEqual([reason, message, sent]);
    expect(sent.code).not.toBe(status.OK);
  });

  it.each(NODE_ERROR_REASONS)("%s has a number of its own", (reason) => {
    expect(reasonOfNumber(reasonNumber(reason))).toBe(reason);
    expect(reasonNumber(reason)).not.toBe(Reason.UNSPECIFIED);
  });

  it("the reasons are those of the protocol, all of them", () => {
    const named = ReasonSchema.values.map(({ localName }) => localName);
    expect([...NODE_ERROR_REASONS].sort()).toEqual(
      named.filter((name) => name !== "UNSPECIFIED").sort(),
    );
  });

  it("an unknown number is INTERNAL", () => {
    for (const number of [0, -1, 20, 4711]) expect(reasonOfNumber(number)).toBe("INTERNAL");
  });
});

describe("a status without a known reason", () => {
  it.each([
    [status.UNAVAILABLE, "UNAVAILABLE"],
    [status.UNAUTHENTICATED, "UNAUTHENTICATED"],
    [status.RESOURCE_EXHAUSTED, "LIMIT_BYTES"],
    [status.CANCELLED, "INTERNAL"],
    [status.UNIMPLEMENTED, "INTERNAL"],
    [undefined, "INTERNAL"],
  ] as const)("of code %s is %s", (code, reason) => {
    expect(errorOfStatus(code === undefined ? {} : { code }).reason).toBe(reason);
  });

  it("says what the call said", () => {
    expect(errorOfStatus({ details: "a", message: "b" }).message).toBe("a");
    expect(errorOfStatus({ message: "b" }).message).toBe("b");
    expect(errorOfStatus({}).message).toBe("the call failed");
  });

  it("passes over foreign domains, unknown reasons and foreign details", () => {
    const foreign = { reason: "NODE_DROPPED", domain: "example.org" };
    const unknown = { reason: "NO_SUCH_THING", domain: "inet256" };
    const known = { reason: "NODE_DROPPED", domain: "inet256" };
    const code = status.UNAVAILABLE;
    expect(errorOfStatus({ code, metadata: metadataWith(details(foreign)) }).reason).toBe(
      "UNAVAILABLE",
    );
    expect(errorOfStatus({ code, metadata: metadataWith(details(unknown)) }).reason).toBe(
      "UNAVAILABLE",
    );
    const all = metadataWith(details(foreign, unknown), details(unknown, known));
    expect(errorOfStatus({ code, metadata: all }).reason).toBe("NODE_DROPPED");
    const other = toBinary(
      StatusSchema,
      create(StatusSchema, { details: [{ typeUrl: "type.googleapis.com/x.Y" }] }),
    );
    expect(errorOfStatus({ code, metadata: metadataWith(other) }).reason).toBe("UNAVAILABLE");
  });

  it("never throws, whatever the details are", () => {
    const good = details({ reason: "NODE_DROPPED", domain: "inet256" });
    const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
    const code = fc.oneof(fc.nat(16), fc.integer());
    fc.assert(
      fc.property(
        code,
        fc.oneof(cut, fc.uint8Array({ maxLength: 60, size: "max" })),
        (number, bytes) => {
          const error = errorOfStatus({ code: number, metadata: metadataWith(bytes) });
          expect(NODE_ERROR_REASONS).toContain(error.reason);
        },
      ),
    );
  });
});
