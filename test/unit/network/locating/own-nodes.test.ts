// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { selectCrypto } from "../../../../server/src/crypto/index.js";
import { createIdentities } from "../../../../server/src/identity/index.js";
import { MOST_TOLD } from "../../../../server/src/network/constants.js";
import { createOwnNodes, noteTold } from "../../../../server/src/network/locating/own-nodes.js";
import { createRecordVerifier } from "../../../../server/src/network/records/verifier.js";
import { createSeededRandom } from "../../../support/seeded-random.js";

it("routers that come, ask where a node is and go for ever take bounded memory", () => {
  const random = createSeededRandom(1);
  const crypto = selectCrypto();
  const identities = createIdentities(crypto, random);
  const attachment = () => {
    const { address, publicKey } = identities.generate();
    return { address, publicKey: publicKey.serialize(), sign: () => new Uint8Array(64) };
  };
  const own = createOwnNodes({
    tag: new Uint8Array(32),
    self: attachment(),
    verifier: createRecordVerifier(crypto, identities.keys),
    random,
    unixMs: () => 0,
  });
  const node = own.attach(attachment(), 0);
  noteTold(node, "faithful", random.bytes(32));
  for (let i = 0; i < 3 * MOST_TOLD; i++) {
    noteTold(node, `${i}`, random.bytes(32));
    // It asks again now and then: it is among the last.
    if (i % 100 === 0) noteTold(node, "faithful", random.bytes(32));
  }
  expect(node.told.size).toBe(MOST_TOLD);
  expect(node.told.has("faithful")).toBe(true);
  expect(node.told.has(`${3 * MOST_TOLD - 1}`)).toBe(true);
  expect(node.told.has("0")).toBe(false);
});
