// SPDX-License-Identifier: GPL-3.0-or-later

// What an operator changes while a daemon runs: a refusal changes nothing, and a configuration that
// is read again is what counts.

import { describe, expect, it } from "vitest";
import type { Config, PeerSettings } from "../../../server/src/config/index.js";
import { silentLogger } from "../../../server/src/core/index.js";
import { createControl } from "../../../server/src/daemon/control.js";
import { parseConfig } from "../../../server/src/daemon/index.js";
import type { AdjustableLogger } from "../../../server/src/daemon/logging.js";
import { Address } from "../../../server/src/identity/index.js";
import { listAlgorithms } from "../../../server/src/network/index.js";

const addressOf = (byte: number): Address => Address.fromBytes(new Uint8Array(32).fill(byte));
const OWN = addressOf(1);
const [A, B, C] = [addressOf(2), addressOf(3), addressOf(4)];

function read(text: string): Config {
  const result = parseConfig(text, { file: "f" });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}
const peersText = (...peers: readonly (readonly [Address, ...string[]])[]): string =>
  `peers: [${peers.map(([id, ...addrs]) => `{id: ${id}, addrs: ${JSON.stringify(addrs)}}`).join(", ")}]\n`;

function createScene(text = "") {
  const links = new Set<string>();
  const done: string[] = [];
  const logger: AdjustableLogger = { ...silentLogger, level: "info" };
  const engine = {
    address: OWN,
    network: { peers: { link: (address: Address) => links.has(`${address}`) || undefined } },
    dial({ id, addrs }: PeerSettings) {
      links.add(`${id}`);
      done.push(`dial ${id.bytes[0]} ${addrs.join(" ")}`.trim());
    },
    hangUp(id: Address) {
      done.push(`hang up ${id.bytes[0]}`);
      return links.delete(`${id}`);
    },
    reaches: (place: string) => !place.startsWith("["),
  };
  const control = createControl({
    engine: engine as never,
    logger,
    config: read(text),
    configPath: undefined,
    networks: listAlgorithms(),
  });
  control.start();
  /** What was done since the last time. */
  const since = (): readonly string[] => done.splice(0);
  return { control, since, logger, links };
}

describe("a peer", () => {
  it("that is added is dialled, and let go when it is removed", async () => {
    const { control, since } = createScene();
    await control.addPeer(A, ["192.0.2.1"], false);
    await control.removePeer(A, false);
    expect(since()).toEqual(["dial 2 192.0.2.1:25632", "hang up 2"]);
    await expect(control.removePeer(A, false)).rejects.toMatchObject({ reason: "NO_SUCH_ADDRESS" });
  });

  it("that came by itself can be removed", async () => {
    const { control, since, links } = createScene();
    links.add(`${C}`);
    await control.removePeer(C, false);
    expect(since()).toEqual(["hang up 4"]);
  });

  it.each([
    ["the daemon itself", OWN, [], /this daemon itself/],
    ["a name", A, ["example.com:1"], /names are not looked up/],
    ["nowhere that a transport reaches", A, ["[2001:db8::1]:1"], /no transport .* reaches/],
    ["too many places", A, Array.from({ length: 9 }, (_, i) => `192.0.2.${i + 1}:1`), /at most 8/],
    ["one place twice", A, ["192.0.2.1:1", "192.0.2.1:1"], /once/],
  ] as const)("is refused as %s, and nothing changes", async (_, address, places, why) => {
    const { control, since } = createScene();
    const adding = control.addPeer(address, places, false);
    await expect(adding).rejects.toMatchObject({ reason: "BAD_REQUEST", message: why });
    expect(since()).toEqual([]);
  });

  it("has no more places than a configuration could give it, however they came", async () => {
    const { control, since } = createScene();
    const places = (from: number) => Array.from({ length: 5 }, (_, i) => `192.0.2.${from + i}:1`);
    await control.addPeer(A, places(1), false);
    since();
    await expect(control.addPeer(A, places(10), false)).rejects.toMatchObject({
      reason: "BAD_REQUEST",
      message: expect.stringMatching(/with those that it has.*at most 8/),
    });
    expect(since()).toEqual([]);
  });

  it("that cannot be saved is neither added nor removed", async () => {
    const { control, since } = createScene(peersText([B, "192.0.2.2:1"]));
    since();
    const unsaved = { reason: "UNSUPPORTED_OPTION" };
    await expect(control.addPeer(A, ["192.0.2.1:1"], true)).rejects.toMatchObject(unsaved);
    await expect(control.removePeer(B, true)).rejects.toMatchObject(unsaved);
    expect(since()).toEqual([]);
  });
});

describe("a configuration that is read again", () => {
  it("brings, keeps and takes peers", () => {
    const { control, since } = createScene(peersText([A, "192.0.2.1:1"], [B, "192.0.2.2:1"]));
    expect(since()).toEqual(["dial 2 192.0.2.1:1", "dial 3 192.0.2.2:1"]);
    expect(control.reload(read(peersText([B, "192.0.2.2:1"], [C])))).toEqual([]);
    expect(since()).toEqual(["hang up 2", "dial 4"]);
    control.reload(read(peersText([B, "192.0.2.2:1"], [C])));
    expect(since()).toEqual([]);
  });

  it("adds places to a link, and makes one anew that has lost some", () => {
    const { control, since } = createScene(peersText([A, "192.0.2.1:1"]));
    since();
    control.reload(read(peersText([A, "192.0.2.1:1", "192.0.2.2:1"])));
    expect(since()).toEqual(["dial 2 192.0.2.1:1 192.0.2.2:1"]);
    control.reload(read(peersText([A, "192.0.2.2:1"])));
    expect(since()).toEqual(["hang up 2", "dial 2 192.0.2.2:1"]);
  });

  it("forgets peers that were added and not saved", async () => {
    const { control, since } = createScene();
    await control.addPeer(A, [], false);
    since();
    control.reload(read(""));
    expect(since()).toEqual(["hang up 2"]);
  });

  it("says how much is logged, and names what waits for the next start", () => {
    const { control, logger } = createScene("limits: {nodes: 5}\n");
    const text =
      "log: {level: debug, format: json}\nlimits: {nodes: 6}\nnetwork: onehop\ncrypto: portable\n";
    expect(control.reload(read(text))).toEqual(["crypto", "network", "limits", "log.format"]);
    expect(logger.level).toBe("debug");
  });
});

describe("the level of the log", () => {
  it("changes, and is told", () => {
    const { control, logger } = createScene();
    control.setLogLevel("trace");
    expect([control.logLevel, logger.level]).toEqual(["trace", "trace"]);
  });
});

describe("networks", () => {
  it("are all there are, one of them used, with their options", () => {
    const { control } = createScene("network: onehop\n");
    const networks = control.networks();
    expect(networks.map(({ name, used }) => [name, used])).toEqual([
      ["onehop", true],
      ["beaconnet", false],
    ]);
    for (const { optionsSchema } of networks)
      expect(optionsSchema).toHaveProperty("type", "object");
  });
});
