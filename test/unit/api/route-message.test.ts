// SPDX-License-Identifier: GPL-3.0-or-later

// The way to an address on its way: from the service into the message, over the wire, and out of
// the client again; what is not known stays unknown.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Address, generateKey, NodeError } from "@inet256/client";
import { type ExplainRouteRequest, ExplainRouteResponseSchema, RouteSchema } from "@inet256/proto";
import { describe, expect, it } from "vitest";
import { readExplanation, readRoute } from "../../../clients/ts/src/routes.js";
import { createAdminHandlers } from "../../../server/src/api/admin-handlers.js";
import { explanationMessage, routeMessage } from "../../../server/src/api/route-message.js";
import type { UnaryMaker } from "../../../server/src/api/unary.js";
import type { RouteExplanation } from "../../../server/src/service/index.js";
import { fakeCaller } from "./fake-caller.js";
import { NO_ADMIN } from "./no-admin.js";

const [nextHop, router, destination] = [1, 2, 3].map(() => generateKey().address) as [
  Address,
  Address,
  Address,
];

const NOTHING: RouteExplanation = {
  ready: false,
  why: "nobody has it",
  local: false,
  nextHop: undefined,
  router: undefined,
  hops: undefined,
  costMicros: undefined,
};
const FAR: RouteExplanation = {
  ready: true,
  why: "the best way",
  local: false,
  nextHop,
  router,
  hops: 3,
  costMicros: 1_234_567.5,
};

type Message = MessageInitShape<typeof ExplainRouteResponseSchema>;

const sent = (message: Message) =>
  fromBinary(
    ExplainRouteResponseSchema,
    toBinary(ExplainRouteResponseSchema, create(ExplainRouteResponseSchema, message)),
  );

describe("an explanation", () => {
  it.each([
    ["nobody", NOTHING],
    ["somebody far", FAR],
    ["somebody here", { ...NOTHING, ready: true, local: true, router, hops: 0 }],
    ["somebody whose way costs nothing", { ...FAR, costMicros: 0 }],
    ["somebody who is lost", { ...NOTHING, router }],
  ])("of %s arrives as the service told it", (_, explanation) => {
    expect(readExplanation(sent(explanationMessage(explanation)))).toEqual(explanation);
  });

  it("names addresses in both forms, or not at all", () => {
    expect(sent(explanationMessage(FAR))).toMatchObject({
      nextHopText: `${nextHop}`,
      routerText: `${router}`,
      cost: { seconds: 1n, nanos: 234_567_500 },
    });
    const nothing = sent(explanationMessage(NOTHING));
    expect([nothing.nextHopText, nothing.routerText, nothing.cost]).toEqual(["", "", undefined]);
  });
});

describe("a route", () => {
  it.each([5_000, undefined])("that costs %s arrives as the service told it", (costMicros) => {
    const route = { router, nextHop, hops: 3, costMicros };
    const message = create(RouteSchema, routeMessage(route));
    expect(readRoute(message)).toEqual(route);
    expect([message.routerText, message.nextHopText]).toEqual([`${router}`, `${nextHop}`]);
  });
});

describe("the handler", () => {
  const asked: [Address, AbortSignal | undefined][] = [];
  const { signal } = new AbortController();
  const unary: UnaryMaker = (_, answer) => (call, done) => {
    const run = async () =>
      answer(call.request, { token: undefined, signal, caller: fakeCaller() });
    run().then(
      (message) => done(null, message as never),
      (error) => done(error),
    );
  };
  const service = {
    status: () => expect.unreachable(),
    explain: async (address: Address, options: { readonly signal?: AbortSignal } = {}) => {
      asked.push([address, options.signal]);
      return FAR;
    },
  };
  const { explainRoute } = createAdminHandlers({
    ...NO_ADMIN,
    service: { ...NO_ADMIN.service, ...service },
    unary,
  });
  const ask = (request: Partial<ExplainRouteRequest>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const whole = { address: new Uint8Array(0), addressText: "", ...request };
      explainRoute({ request: whole } as never, (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      );
    });

  it("takes an address in either form, and hands on the caller's deadline", async () => {
    expect(await ask({ address: destination.bytes })).toMatchObject({ hops: 3 });
    expect(await ask({ addressText: `${destination}` })).toMatchObject({ ready: true });
    expect(asked).toEqual([
      [destination, signal],
      [destination, signal],
    ]);
  });

  it.each([
    {},
    { address: destination.bytes, addressText: `${destination}` },
    { address: new Uint8Array(31) },
    { addressText: "abc" },
  ])("refuses what is no address", async (request) => {
    const before = asked.length;
    const error = await ask(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NodeError);
    expect(error).toMatchObject({ reason: "BAD_ADDRESS" });
    expect(asked).toHaveLength(before);
  });
});
