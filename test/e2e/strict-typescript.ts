// SPDX-License-Identifier: GPL-3.0-or-later

// What a program in strict TypeScript sees of the built package; compiled by
// plain-javascript.test.ts with nothing of this repository's settings. Lines marked as expected
// errors must be errors: they are how types keep mistakes out.

import {
  Address,
  type Client,
  type ClientEvent,
  connect,
  type Datagram,
  type DatagramBatch,
  generateKey,
  type Node,
  NodeError,
  type NodeErrorReason,
  type OpenOptions,
  type PrivateKey,
  readKeyFile,
  type Service,
} from "@inet256/client";
import { serviceDefinition } from "@inet256/client/grpc";
import { createKeys, type Keys, portableEd25519 } from "@inet256/client/identity";

export async function use(endpoint: string): Promise<NodeErrorReason | undefined> {
  const client: Client = connect(endpoint, {
    onEvent(event: ClientEvent) {
      if (event.type === "lost") console.log(event.at, event.total);
      else if (event.type === "disconnected") console.log(event.error.reason);
    },
  });
  const service: Service = client;
  const key: PrivateKey = generateKey();
  const options: OpenOptions = { inboxBytes: 1_000_000, signal: AbortSignal.timeout(1_000) };
  const node: Node = await service.open(key, options);
  try {
    await node.send(node.address, new Uint8Array(3));
    await node.send(node.address, Buffer.from("abc"), { signal: AbortSignal.timeout(1_000) });
    const taken: boolean = node.trySend(Address.EVERYONE, new Uint8Array());
    const { source, payload }: Datagram = await node.receive();
    for await (const batch of node.batches()) print(batch);
    const found: Address = await node.findAddress(source.bytes, 32);
    console.log(taken, payload.length, found.toString(), (await client.status()).counters["x"]);
  } catch (error) {
    if (error instanceof NodeError) return error.reason;
  }
  return undefined;
}

function print(batch: DatagramBatch): void {
  for (let i = 0; i < batch.length; i++) console.log(batch.source(i), batch.payload(i).length);
  for (const { source, payload } of batch) console.log(`${source}`, payload);
}

export function mistakes(node: Node, client: Client): unknown {
  const keys: Keys = createKeys(portableEd25519);
  return [
    // @ts-expect-error An address is not a string.
    () => node.send("an address", new Uint8Array()),
    // @ts-expect-error A payload is not a string.
    () => node.send(node.address, "text"),
    // @ts-expect-error A key is not its bytes.
    () => client.open(readKeyFile("key.pem").key.serialize()),
    // @ts-expect-error There is no such option.
    () => client.open(generateKey(), { mtu: 1_000 }),
    // @ts-expect-error An address is made by parsing.
    () => new Address(new Uint8Array(32)),
    // @ts-expect-error The node's address does not change.
    () => (node.address = Address.NO_ONE),
    // @ts-expect-error There is no such reason.
    () => new NodeError("NO_SUCH_REASON", "words"),
    // @ts-expect-error A service definition is made of a generated service.
    () => serviceDefinition({}),
    keys,
  ];
}
