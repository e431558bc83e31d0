// SPDX-License-Identifier: GPL-3.0-or-later

// What somebody can do with nothing but grpcurl: no .proto at hand, only the daemon's reflection.
// One conversation, each step of which needs those before it.

import assert from "node:assert/strict";
import { createCurl } from "./curl.mjs";

const NODES = "inet256.v1.NodeService";
const SERVICES = [
  NODES,
  "inet256.v1.AdminService",
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];
const RPCS = [
  "GenerateKey",
  "Open",
  "Close",
  "Drop",
  "Connect",
  "Send",
  "Receive",
  "FindAddress",
  "LookupPublicKey",
];

/** Makes each step a check of the report. The steps after one that failed fail as well. */
export async function checkGrpcurl(report, program, endpoint) {
  const curl = createCurl(program, endpoint);
  const said = {};
  for (const [name, step] of STEPS) {
    await report.check(`grpcurl: ${name}`, () => step(curl, said));
  }
}

/** The steps; `said` holds what the daemon has answered so far. */
const STEPS = [
  [
    "list",
    async ({ text }) => {
      const services = (await text("list")).trim().split("\n");
      assert.deepEqual(services.sort(), SERVICES.toSorted());
    },
  ],
  [
    "describe inet256.v1.NodeService",
    async ({ text }) => {
      const description = await text("describe", NODES);
      for (const rpc of RPCS) assert.match(description, new RegExp(`\\brpc ${rpc} \\(`));
    },
  ],
  [
    "describe a message",
    async ({ text }) => {
      const description = await text("describe", "inet256.v1.SendRequest");
      assert.match(description, /string address_text = 2;/);
    },
  ],
  [
    "GenerateKey",
    async ({ call }, said) => {
      for (const name of ["alice", "bob"]) {
        said[name] = await call("GenerateKey", {});
        assert.equal(said[name].addressText.length, 43);
      }
      assert.notEqual(said.alice.addressText, said.bob.addressText);
    },
  ],
  [
    "Open, twice",
    async ({ call }, said) => {
      for (const name of ["alice", "bob"]) {
        const { addressText, privateKey } = said[name];
        const opened = await call("Open", { key: { private_key: privateKey } });
        assert.equal(opened.addressText, addressText);
        assert.equal(opened.mtu, 65_535);
        assert.match(opened.session, /^[0-9a-f]{64}$/);
        said[name].session = opened.session;
      }
    },
  ],
  [
    "Send by address_text",
    async ({ call }, { alice, bob }) => {
      const message = { address_text: bob.addressText, payload: base64("hello") };
      assert.deepEqual(await call("Send", message, alice.session), {});
    },
  ],
  [
    "Receive",
    async ({ call }, { alice, bob }) => {
      const { datagrams } = await call("Receive", { wait: "5s" }, bob.session);
      assert.equal(datagrams.length, 1);
      assert.equal(datagrams[0].payload, base64("hello"));
      assert.equal(datagrams[0].addressText, alice.addressText);
    },
  ],
  [
    "FindAddress",
    async ({ call }, { alice, bob }) => {
      const found = await call("FindAddress", { prefix: bob.address, nbits: 100 }, alice.session);
      assert.equal(found.addressText, bob.addressText);
    },
  ],
  [
    "LookupPublicKey",
    async ({ call }, { alice, bob }) => {
      const wanted = { address_text: bob.addressText };
      const { publicKey } = await call("LookupPublicKey", wanted, alice.session);
      assert.equal(publicKey, bob.publicKey);
    },
  ],
  [
    "a wrong address text is refused with its reason",
    async ({ refused }, { alice }) => {
      const wrong = { address_text: "nobody" };
      await refused("Send", wrong, alice.session, ["BAD_ADDRESS"]);
    },
  ],
  [
    "Close",
    async ({ call, refused }, { alice, bob }) => {
      const { session } = await call("Open", { key: { private_key: alice.privateKey } });
      assert.deepEqual(await call("Close", {}, session), {});
      await refused("Send", { address: bob.address }, session, ["SESSION_EXPIRED"]);
    },
  ],
  [
    "Drop, after which the token is dead",
    async ({ call, refused }, { alice, bob }) => {
      assert.deepEqual(await call("Drop", { key: { private_key: alice.privateKey } }), {});
      const dead = ["SESSION_EXPIRED", "NODE_DROPPED"];
      await refused("Send", { address: bob.address }, alice.session, dead);
    },
  ],
  [
    "health check",
    async ({ json }) => {
      for (const service of ["", NODES]) {
        const answer = await json("grpc.health.v1.Health/Check", { service });
        assert.equal(answer.status, "SERVING");
      }
    },
  ],
];

function base64(text) {
  return Buffer.from(text).toString("base64");
}
