// SPDX-License-Identifier: GPL-3.0-or-later

// What is kept of a token: its hash and nothing else (rule P2). Looks over the shoulder of the
// table that sessions are kept in.

import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { expect, it, vi } from "vitest";
import { createSessions } from "../../../server/src/api/sessions.js";
import { type AddressMap, createDeadlines } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock } from "../../support/virtual-clock.js";
import { expectNothingOf } from "../client/identity/leaks.js";
import { createHouse } from "../node/local-nodes.js";

const kept: (readonly [key: string, value: unknown])[] = [];

vi.mock(import("../../../server/src/core/address-map.js"), async (original) => {
  const actual = await original();
  return {
    ...actual,
    createAddressMap<V>(...args: Parameters<typeof actual.createAddressMap>): AddressMap<V> {
      const map = actual.createAddressMap<V>(...args);
      return {
        ...map,
        set(key, value) {
          kept.push([Buffer.from(key).toString("hex"), value]);
          map.set(key, value);
        },
      };
    },
  };
});

it("keeps only the SHA-256 of a token", () => {
  const { open } = createHouse();
  const time = createVirtualClock();
  const sessions = createSessions({
    clock: time,
    random: createSeededRandom(5),
    crypto: selectCrypto(),
    deadlines: createDeadlines(time, time.timer),
  });
  const opening = open(1);
  kept.length = 0;
  const { token } = sessions.begin(opening, false);
  const secret = Buffer.from(token, "hex");
  expect(kept.map(([key]) => key)).toEqual([createHash("sha256").update(secret).digest("hex")]);
  for (const [, value] of kept) {
    const text = inspect(value, { depth: 12, showHidden: true, maxArrayLength: 1_000 });
    expect(text).toContain("hash");
    expectNothingOf(secret, text);
  }
});
