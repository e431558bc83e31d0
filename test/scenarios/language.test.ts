// SPDX-License-Identifier: GPL-3.0-or-later

// The language: what is wrong is said with file and line, what was observed is written anew, and
// what a scenario expects can fail.

import { describe, expect, it } from "vitest";
import {
  parseBytes,
  parseDuration,
  parseShare,
  showAsked,
  showDuration,
} from "./language/quantities.js";
import { playScenario } from "./play.js";

const HEAD = "network beaconnet seed 1\ndaemons a b c\nlink a b 10ms\nlink b c 10ms\n";
const NODES = `${HEAD}node anna at a\nnode bob at c\nstart\n`;

const failureOf = async (text: string): Promise<string> => {
  const played = await playScenario("some.scenario", text).catch((error: unknown) => ({
    failure: error,
  }));
  return played.failure instanceof Error ? played.failure.message : "none";
};

describe("a line that is wrong is named", () => {
  it.each([
    ["run 5s", "1: run: the first step is the network, and only that"],
    ["network nonet seed 1", "1: expected an algorithm: onehop, beaconnet, got nonet"],
    [`${HEAD}lnik a b`, "5: expected a verb: "],
    [`${HEAD}link a x`, "5: unknown daemon x, expected one of a, b, c"],
    [`${HEAD}link a a`, "5: a cannot have a link with itself"],
    [`${HEAD}link a c 5 ms`, "5: expected a duration like 20ms, 5s or 1h, got 5"],
    [`${HEAD}link a c loss 200%`, "5: expected a share like 2%, got 200%"],
    [`${HEAD}# well\n\ndaemons c`, "7: there is a daemon c already"],
    [`${HEAD}kill a`, "5: kill: stands after the first start"],
    [`${NODES}daemons d`, "8: daemons: stands before the first start"],
    [`${NODES}cut a c silent`, "8: a and c have no link"],
    [`${NODES}cut a b`, "8: expected how: silent, announced, got the end of the line"],
    [`${NODES}send anna carl 1 message`, "8: unknown node carl, expected one of anna, bob"],
    [`${NODES}node anna at a`, "8: anna is open at a already"],
    [`${NODES}partition a | b`, "8: c: in no group"],
    [`${NODES}hostile b drops`, "8: b: say honest b before the start"],
    [`${NODES}wait until every pair talks`, "8: expected within, got the end of the line"],
    [`${NODES}run 5s quickly`, "8: expected the end of the line, got quickly"],
    [
      "network onehop seed 1\ndaemons a b\nnat n before a port-dependent\nnat m before b port-dependent\nlink a b",
      "5: a and b are behind different NATs: neither could dial the other",
    ],
  ])("%j", async (text, expected) => {
    expect(await failureOf(text)).toContain(`some.scenario:${expected}`);
  });
});

describe("what a scenario expects can fail", () => {
  it.each([
    ["expect anna -> bob by a c", "expected anna -> bob by a c, got a b c"],
    ["expect anna -> bob has no way", "expected anna -> bob has no way, got a b c"],
    ["send anna bob 3 messages\nexpect nothing arrived", "expected that nothing arrived: 3 of 3"],
    ["stream anna bob\nrun 1s\nexpect silence below 5ms", "expected silence below 5 ms, got "],
    ["send anna bob 1 message\nexpect refused DISPLACED", "expected that DISPLACED was said"],
    ["kill b\nrun 10s\nwait until every pair talks within 1s", "not yet anna -> bob, bob -> anna"],
    ["watch no_such_counter", "unknown counter no_such_counter"],
  ])("%j", async (steps, expected) => {
    const text = `${NODES}wait until every pair talks within 5s\n${steps}\n`;
    const lines = text.trim().split("\n").length;
    expect(await failureOf(text)).toContain(`some.scenario:${lines}: `);
    expect(await failureOf(text)).toContain(expected);
  });
});

describe("a transcript", () => {
  const script = `# Why.\n\n${NODES}wait until every pair talks within 5s\nsend anna bob 5 messages\n`;

  it("is the script with observations, and playing it again gives the same", async () => {
    const { text, failure } = await playScenario("some.scenario", script);
    expect(failure).toBeUndefined();
    expect(text).not.toBe(script);
    expect(text).toMatch(/^\| \d\.\d\d s {2}every pair talks after /m);
    expect(text).toContain("anna -> bob: 5 sent, 5 arrived");
    expect(text.replace(/^\|.*\n/gm, "")).toBe(script);
    expect((await playScenario("some.scenario", text)).text).toBe(text);
  });

  it("tells seeds apart, when there is chance", async () => {
    const lossy = `${script}link a b loss 30%\nsend anna bob 200 messages\n`;
    const other = lossy.replace("seed 1", "seed 2");
    const [one, two] = [await playScenario("one", lossy), await playScenario("two", other)];
    expect(two.text.replace("seed 2", "seed 1")).not.toBe(one.text);
  });
});

describe("quantities", () => {
  it("are read", () => {
    expect(["20ms", "1.5s", "2m", "1h", "1d", "1y"].map(parseDuration)).toEqual([
      20, 1_500, 120_000, 3_600_000, 86_400_000, 31_536_000_000,
    ]);
    expect(["20", "s", "-1s", "1 s", "1w"].map(parseDuration)).toEqual(Array(5).fill(undefined));
    expect(["0%", "2.5%", "100%"].map(parseShare)).toEqual([0, 0.025, 1]);
    expect(["101%", "2", "%"].map(parseShare)).toEqual(Array(3).fill(undefined));
    expect(["100B", "16kB", "1MB", "1GB"].map(parseBytes)).toEqual([
      100,
      16_000,
      1_000_000,
      undefined,
    ]);
  });

  it("are shown", () => {
    expect([0.4, 999.4, 999.6, 1_234, 61_000].map(showDuration)).toEqual([
      "0 ms",
      "999 ms",
      "1.00 s",
      "1.23 s",
      "61.00 s",
    ]);
    expect([20, 1_500].map(showAsked)).toEqual(["20 ms", "1.5 s"]);
  });
});
