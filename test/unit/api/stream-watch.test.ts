// SPDX-License-Identifier: GPL-3.0-or-later

// What stands before grpc-js: whose calls begin when, and who is cut.

import { EventEmitter } from "node:events";
import type { Http2Server } from "node:http2";
import { expect, it } from "vitest";
import type { Caller } from "../../../server/src/api/callers.js";
import { createPacer } from "../../../server/src/api/pacer.js";
import { watchStreams } from "../../../server/src/api/stream-watch.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { fakeCaller } from "./fake-caller.js";

const HEADERS = [":path", "/x"];

function setUp(callers: Readonly<Record<string, Caller>>, most = 2) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const server = new EventEmitter();
  const begun: string[] = [];
  const cut = { strangers: 0, headers: 0 };
  server.on("stream", ({ label }: { label: string }) => begun.push(label));
  watchStreams([server as unknown as Http2Server], {
    callers: { find: (call) => callers[call.getPeer()] },
    beginnings: createPacer({ clock, deadlines }, most),
    cutStranger: () => {
      cut.strangers += 1;
    },
    cutHeaders: () => {
      cut.headers += 1;
    },
  });
  const connection = (remoteAddress: string) => {
    const session = {
      socket: { remoteAddress },
      destroyed: false,
      destroy: () => {
        session.destroyed = true;
      },
    };
    let number = 0;
    const begin = (raw: readonly string[] = HEADERS) => {
      number += 1;
      const stream = Object.assign(new EventEmitter(), {
        label: `${remoteAddress}${number}`,
        session,
        destroyed: false,
        aborted: false,
      });
      server.emit("stream", stream, {}, 0, raw);
      return stream;
    };
    return { session, begin };
  };
  return { clock, begun, cut, connection };
}

it("calls-begin-in-turn: one client's many keep another's one waiting for one of each", () => {
  const { clock, begun, connection } = setUp({ a: fakeCaller(), b: fakeCaller() });
  const [a, b] = [connection("a"), connection("b")];
  for (let i = 0; i < 50; i++) a.begin();
  b.begin();
  expect(begun).toEqual(["a1", "a2"]);
  clock.advance(1);
  expect(begun).toEqual(["a1", "a2", "a3", "b1"]);
});

it("calls-begin-in-turn: one that is reset while it waits breaks nothing and takes no place", () => {
  const { clock, begun, connection } = setUp({ a: fakeCaller() });
  const a = connection("a");
  const streams = Array.from({ length: 6 }, () => a.begin());
  for (const stream of streams.slice(2, 5)) {
    stream.destroyed = true;
    stream.emit("error", new Error("reset"));
  }
  clock.advance(1);
  expect(begun).toEqual(["a1", "a2", "a6"]);
});

it("cuts whom it does not know, a stranger who begins too many, and who brings too much", () => {
  const sizes: number[] = [];
  const { begun, cut, connection } = setUp({
    stranger: fakeCaller({ mayBegin: () => false }),
    long: fakeCaller({
      mayBring(bytes) {
        sizes.push(bytes);
        return false;
      },
    }),
  });
  for (const name of ["nobody", "stranger", "long"]) {
    const { session, begin } = connection(name);
    begin();
    expect(session.destroyed).toBe(true);
    // What came behind it is nothing any more.
    begin();
  }
  expect([begun, cut]).toEqual([[], { strangers: 1, headers: 1 }]);
  // RFC 9113, section 6.5.2: names and values, and 32 bytes for each field.
  expect(sizes).toEqual([":path".length + "/x".length + 32]);
});
