// SPDX-License-Identifier: GPL-3.0-or-later

// What a program in plain JavaScript does with the built package; run by plain-javascript.test.ts
// with the endpoint in its environment. It prints what it has seen, as one line of JSON.

import { Address, connect, generateKey, NodeError } from "@inet256/client";
import { scanRequest } from "@inet256/client/grpc";
import { createKeys, portableEd25519, Address as SameAddress } from "@inet256/client/identity";

const text = (bytes) => new TextDecoder().decode(bytes);
const bytes = (words) => new TextEncoder().encode(words);
const reasonOf = (call) =>
  call().then(
    () => "nothing",
    (error) => (error instanceof NodeError ? error.reason : `not a NodeError: ${error}`),
  );

const client = connect();
const [alice, bob] = await Promise.all([client.open(generateKey()), client.open(generateKey())]);

await alice.send(bob.address, bytes("hello"));
const hello = await bob.receive();
alice.sendBatch([
  { to: bob.address, payload: bytes("one") },
  { to: Address.parse(bob.address.toString()), payload: Buffer.from("two") },
]);
const batched = [];
for await (const batch of bob.batches()) {
  for (const { payload } of batch) batched.push(text(payload));
  if (batched.length === 2) break;
}
const key = createKeys(portableEd25519).fromSeed(new Uint8Array(32).fill(1));
const found = await alice.findAddress(bob.address.bytes, 64);

const seen = {
  hello: text(hello.payload),
  from: hello.source.equals(alice.address),
  batched,
  found: found.equals(bob.address),
  oneAddressClass: Address === SameAddress && key.address instanceof Address,
  scanner: typeof scanRequest,
  wrong: [
    await reasonOf(() => alice.send("an address", bytes("x"))),
    await reasonOf(() => alice.send(bob.address, "text")),
    await reasonOf(() => client.open("a key")),
    await reasonOf(() => client.open(generateKey(), { nonsense: true })),
    await reasonOf(() => alice.findAddress("prefix", 8)),
  ],
};
await client.close();
seen.wrong.push(await reasonOf(() => alice.receive()));
console.log(JSON.stringify(seen));
