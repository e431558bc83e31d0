// SPDX-License-Identifier: GPL-3.0-or-later

// Everything that AdminService offers, with nothing but grpcurl. A method that is not called here
// fails the last step.

import assert from "node:assert/strict";
import { createCurl } from "./curl.mjs";

const ADMIN = "inet256.v1.AdminService";
/** Nobody's, and nobody is there. */
const PEER = "0kR60kR60kR60kR60kR60kR60kR60kR60kR60kR60kR";
const PLACE = "127.0.0.1:9";

/**
 * Makes each step a check of the report; `how` are grpcurl's flags for who asks, and over what.
 * `saves` says that the daemon has a configuration to write into.
 */
export async function checkGrpcurlAdmin(report, program, { endpoint, how, over, saves = false }) {
  const curl = createCurl(program, endpoint, how);
  const called = new Set();
  const admin = {
    ask: (rpc, message) => {
      called.add(rpc);
      return curl.json(`${ADMIN}/${rpc}`, message);
    },
    askStream: (rpc, message) => {
      called.add(rpc);
      return curl.stream(`${ADMIN}/${rpc}`, message);
    },
    askBeginning: (rpc, message, seconds) => {
      called.add(rpc);
      return curl.beginning(`${ADMIN}/${rpc}`, message, seconds);
    },
    refused: (rpc, message, reasons) =>
      curl.refused(`${ADMIN}/${rpc}`, message, undefined, reasons),
    text: curl.text,
  };
  const said = { saves };
  for (const [name, step] of STEPS) {
    await report.check(`grpcurl over ${over}: ${name}`, () => step(admin, said));
  }
  await report.check(`grpcurl over ${over}: that was all there is`, async () => {
    const description = await admin.text("describe", ADMIN);
    const rpcs = [...description.matchAll(/\brpc (\w+) \(/g)].map(([, rpc]) => rpc);
    assert.deepEqual([...called].sort(), rpcs.sort());
  });
}

const STEPS = [
  [
    "GetStatus",
    async ({ ask }, said) => {
      const status = await ask("GetStatus", {});
      assert.equal(status.addressText.length, 43);
      said.own = status.addressText;
    },
  ],
  [
    "WatchStatus",
    async ({ askBeginning }, { own }) => {
      const text = await askBeginning("WatchStatus", { interval: "0.1s" }, 3);
      assert.ok(text.split(own).length > 2, `expected several answers, got ${text.length} B`);
    },
  ],
  [
    "AddPeer, ListPeers, RemovePeer",
    async ({ ask, refused }, { own, saves }) => {
      const peer = { address_text: PEER, transport_addresses: [PLACE] };
      const added = await ask("AddPeer", peer);
      assert.equal(added.peer.addressText, PEER);
      const { peers } = await ask("ListPeers", {});
      assert.deepEqual(
        peers.map(({ addressText }) => addressText),
        [PEER],
      );
      assert.equal(peers[0].paths[0].address, PLACE);
      assert.deepEqual(await ask("RemovePeer", { address_text: PEER }), {});
      await refused("RemovePeer", { address_text: PEER }, ["NO_SUCH_ADDRESS"]);
      await refused("AddPeer", { address_text: own }, ["BAD_REQUEST"]);
      if (saves) await ask("AddPeer", { ...peer, save: true });
      else await refused("AddPeer", { ...peer, save: true }, ["UNSUPPORTED_OPTION"]);
    },
  ],
  [
    "ListNodes",
    async ({ askStream }) => {
      for (const { nodes } of await askStream("ListNodes", {})) assert.ok(nodes.length > 0);
    },
  ],
  [
    "ListNetworks",
    async ({ ask }) => {
      const { networks } = await ask("ListNetworks", {});
      assert.equal(networks.filter(({ used }) => used).length, 1);
      for (const { optionsSchema } of networks) JSON.parse(optionsSchema);
    },
  ],
  [
    "ExplainRoute",
    async ({ ask }, { own }) => {
      const way = await ask("ExplainRoute", { address_text: own });
      assert.equal(way.local, true);
    },
  ],
  [
    "Ping",
    async ({ askStream, refused }, { own }) => {
      const pings = await askStream("Ping", { address_text: own, count: 3, interval: "0.01s" });
      assert.deepEqual(
        pings.map(({ number, rtt }) => [number, rtt !== undefined]),
        [1, 2, 3].map((number) => [number, true]),
      );
      await refused("Ping", { address_text: own, count: 1001 }, ["BAD_REQUEST"]);
    },
  ],
  [
    "Trace",
    async ({ askStream }, { own }) => {
      const stops = await askStream("Trace", { address_text: own, count: 1 });
      assert.deepEqual(
        stops.map(({ role, addressText }) => [role, addressText]),
        [["TRACE_ROLE_ROUTER", own]],
      );
    },
  ],
  [
    "GetLogLevel, SetLogLevel",
    async ({ ask, refused }) => {
      const { level } = await ask("GetLogLevel", {});
      assert.deepEqual(await ask("SetLogLevel", { level: "error" }), { previous: level });
      assert.deepEqual(await ask("SetLogLevel", { level }), { previous: "error" });
      await refused("SetLogLevel", { level: "loud" }, ["BAD_REQUEST"]);
    },
  ],
];
